import type { BookingRequest } from '../../../src/booking/schema/request';
import {
  BOOKING,
  BY_ID,
  BY_NAME,
  BY_REMOTE_ID,
  CLIENT,
  CLIENTS,
  CREATE,
  CREATED,
  day,
  LIST,
  listed,
  ok,
  OPEN_TIMES,
  page,
  PATIENT,
  PATIENTS,
  REF,
  refusal,
  SIGN_IN,
  ZONE,
} from './fixtures';
import { failureOf, oliverStage } from './setup';

const stage = oliverStage();

function book(request: BookingRequest = BY_REMOTE_ID, account = {}, timeoutMs = 5_000) {
  stage().signsIn();
  const line = request.client?.id === undefined ? CLIENTS : `${CLIENTS}/11`;
  stage().server.expect(line, ok(line === CLIENTS ? [CLIENT] : CLIENT));
  stage().server.expect(PATIENTS, ok([PATIENT]));
  return {
    and(outcome: Parameters<ReturnType<typeof stage>['server']['expect']>[1]) {
      stage().server.expect(CREATE, outcome);
      return stage()
        .provider(account)
        .book(stage().call({ timeoutMs }), { ...BOOKING, request });
    },
  };
}

const NOTE = `Annual vaccines\nref:${REF}`;
const sentBody = () => stage().sent(CREATE)[0]?.body;

test.each<[string, BookingRequest, object]>([
  ['client_id and patient_id', BY_ID, { client_id: 11, patient_id: 77 }],
  [
    'client_remote_id and patient_remote_id',
    BY_REMOTE_ID,
    { client_remote_id: 'C-1001', patient_remote_id: 'P-77' },
  ],
  [
    'first_name, last_name and phone',
    BY_NAME,
    { first_name: 'Ana', last_name: 'Reyes', phone: '+16025550123', patient_remote_id: 'P-77' },
  ],
  [
    'first_name, last_name and email',
    { ...BY_NAME, client: { firstName: 'Ana', lastName: 'Reyes', email: 'ana@example.com' } },
    { first_name: 'Ana', last_name: 'Reyes', email: 'ana@example.com', patient_remote_id: 'P-77' },
  ],
])('create names the client and patient in exactly one form: %s', async (_what, request, named) => {
  await book(request).and(ok(CREATED));
  expect(sentBody()).toEqual({ slot_id: 'slot-1', note: NOTE, ...named });
});

describe('a client whom the practice has under another name or contact', () => {
  const NAMED = { firstName: 'Ana', lastName: 'Reyes', phone: '+16025550123' };

  async function sentFor(client: BookingRequest['client'], record: object) {
    stage().signsIn();
    stage().server.expect(CLIENTS, ok([{ ...CLIENT, ...record }]));
    stage().server.expect(PATIENTS, ok([PATIENT]));
    stage().server.expect(CREATE, ok(CREATED));
    const request = { ...BY_NAME, client };
    await stage()
      .provider()
      .book(stage().call(), { ...BOOKING, request });
    return sentBody();
  }

  test.each<[string, BookingRequest['client'], object]>([
    ['typography', { ...NAMED, lastName: "O'Brien" }, { name: 'Ana O’Brien' }],
    ['accents', NAMED, { name: 'Ána Reyes' }],
    ['case', NAMED, { name: 'ANA REYES' }],
    ['an extension', { ...NAMED, phone: '602 555 0123 x5' }, { phone: '+16025550123' }],
    ['another phone beside the same email', { ...NAMED, email: 'ana@example.com' }, { phone: '6025559999' }],
  ])('is named by the id that was found: %s', async (_what, client, record) => {
    expect(await sentFor(client, record)).toEqual({
      slot_id: 'slot-1',
      note: NOTE,
      client_id: 11,
      patient_remote_id: 'P-77',
    });
  });

  test('is named by a phone as a keyboard writes it', async () => {
    expect(await sentFor({ ...NAMED, phone: 'tel:＋１６０２５５５０１２３' }, {})).toMatchObject({
      phone: '+16025550123',
    });
  });

  test('is named by an id of any length, with all of its digits', async () => {
    await sentFor(NAMED, { name: 'Ána Reyes', id: '90071992547409931' });
    expect(stage().sent(CREATE).at(-1)?.text).toContain('"client_id":90071992547409931,');
  });

  test('is named by remote id where the id is no integer', async () => {
    const record = { name: 'Ána Reyes', id: 'c-11' };
    expect(await sentFor(NAMED, record)).toMatchObject({ client_remote_id: 'C-1001' });
  });

  test('is named as the request does where there is neither', async () => {
    const record = { name: 'Ána Reyes', id: 'c-11', remote_id: null };
    expect(await sentFor(NAMED, record)).toMatchObject({ first_name: 'Ana', last_name: 'Reyes' });
  });
});

test.each(['REQUESTED', 'ACCEPTED', 'CONFIRMED'] as const)(
  'status %s is sent only because the request asks for it',
  async (status) => {
    await book({ ...BY_REMOTE_ID, status }).and(ok({ ...CREATED, status }));
    expect(sentBody()).toMatchObject({ status });
  },
);

test('the reference goes in the note without notes of the caller too', async () => {
  await book({ ...BY_REMOTE_ID, notes: undefined }).and(ok(CREATED));
  expect(sentBody()).toMatchObject({ note: `ref:${REF}` });
});

test('the answer: an integer id as a string, booking_date the start, no ref', async () => {
  const booked = await book().and(ok({ ...CREATED, remote_id: 4711 }));
  expect(booked).toEqual({
    id: '123',
    orderId: null,
    provider: 'oliver',
    providerId: null,
    externalId: '4711',
    type: 'veterinary',
    status: 'REQUESTED',
    eventStatus: null,
    phase: 'pending',
    startsAt: '2026-12-07T22:00:00.000Z',
    endsAt: '2026-12-07T22:20:00.000Z',
    timezone: ZONE,
    address: null,
    location: null,
    place: null,
    canReschedule: null,
    ref: null,
    reason: null,
  });
});

test('the seed’s bare minimum, an id and nothing else, is an appointment of unknown phase', async () => {
  const booked = await book().and(ok({ id: 123 }));
  expect(booked).toMatchObject({ id: '123', phase: 'unknown', startsAt: null });
});

test('an unknown client is never sent to create', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([]));
  const failure = await failureOf(
    stage()
      .provider()
      .book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID }),
  );
  expect(failure.code).toBe('client_not_found');
});

test('what cannot be read before the create leaves it unsent: its start is in no doubt', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, { status: 502 });
  const bookIt = () =>
    stage()
      .provider()
      .book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID });
  expect(await failureOf(bookIt())).toMatchObject({ code: 'provider_unavailable', facts: { sent: 'no' } });
  stage().server.expect(SIGN_IN, { status: 502 });
  expect(await failureOf(bookIt())).toMatchObject({ code: 'provider_unavailable', facts: { sent: 'no' } });
});

const NO_REMOTE = { remote_client_id: null, remote_patient_id: null };
const BAD_REQUEST = refusal(400, 'Something is wrong');
const START = '2026-12-07T22:00:00Z';

describe('a 400 in Oliver’s own form', () => {
  /** The failure of a create that was refused, after which the list shows these rows. */
  function refused(
    rows: unknown[],
    before: readonly string[] = [],
    outcome: object = BAD_REQUEST,
    openTimes?: object,
  ) {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(CREATE, outcome);
    stage().server.expect(LIST, page(rows));
    if (openTimes) stage().server.expect(OPEN_TIMES, openTimes);
    return failureOf(
      stage()
        .provider()
        .book(stage().call(), { ...BOOKING, before, request: BY_REMOTE_ID }),
    );
  }

  test.each<[string, unknown, object]>([
    ['something new of the party at that start', listed({ booking_date: START }), BAD_REQUEST],
    ['the same in another zone', listed({ booking_date: '2026-12-07T16:00:00-06:00' }), BAD_REQUEST],
    ['something new of the party without a start', listed({ booking_date: null }), BAD_REQUEST],
    [
      'something new under nearly that name',
      listed({ booking_date: START, client_first_name: 'Ána', ...NO_REMOTE }),
      BAD_REQUEST,
    ],
    [
      'something new, though the words say taken',
      listed({ booking_date: START }),
      refusal(400, 'This time is no longer available'),
    ],
    [
      'something new, though the words name the patient',
      listed({ booking_date: START }),
      refusal(400, 'Patient not found'),
    ],
  ])('is unknown where the list shows %s', async (_what, row, outcome) => {
    const { code, facts } = await refused([row], ['1'], outcome);
    expect([code, facts.isRefusal]).toEqual(['outcome_unknown', undefined]);
  });

  test.each<[string, unknown]>([
    ['what was there before', listed({ id: '1', booking_date: START })],
    ['another start', listed({ booking_date: '2026-12-07T22:20:00Z' })],
    ['another patient', listed({ booking_date: START, remote_patient_id: 'P-78' })],
    ['one that is deleted', listed({ booking_date: START, status: 'DELETED' })],
  ])('had no effect where the list shows %s', async (_what, row) => {
    const noneLeft = ok([day('12/08/2026')]);
    expect((await refused([row], ['1'], BAD_REQUEST, noneLeft)).code).toBe('slot_gone');
  });

  test('is unknown where the list cannot be read after it', async () => {
    const answer = book().and(BAD_REQUEST);
    stage().server.expect(LIST, 'reset');
    expect((await failureOf(answer)).code).toBe('outcome_unknown');
  });

  test('for a slot that is no longer on offer: slot_gone, with what was said', async () => {
    const answer = book().and(BAD_REQUEST);
    stage().server.expect(LIST, page([]));
    stage().server.expect(OPEN_TIMES, ok([day('12/07/2026', 'another'), day('12/08/2026')]));
    const { code, facts } = await failureOf(answer);
    expect(code).toBe('slot_gone');
    expect(facts.said).toContain('Something is wrong');
  });

  test('for a slot that is still on offer is a bad request', async () => {
    const answer = book().and(BAD_REQUEST);
    stage().server.expect(LIST, page([]));
    stage().server.expect(OPEN_TIMES, ok([day('12/07/2026', 'slot-1'), day('12/08/2026')]));
    const { code, facts } = await failureOf(answer);
    expect(code).toBe('request_refused');
    expect(facts.said).toContain('Something is wrong');
  });

  test('of a request without windows is looked for on the slot’s own day', async () => {
    const slot = { key: 'slot-1', startsAt: '2026-12-08T04:00:00Z', endsAt: '2026-12-08T04:20:00Z' };
    const answer = book({ ...BY_REMOTE_ID, windows: undefined, slot }).and(BAD_REQUEST);
    stage().server.expect(LIST, page([]));
    stage().server.expect(OPEN_TIMES, ok([day('12/07/2026')]));
    expect((await failureOf(answer)).code).toBe('slot_gone');
    expect(stage().sent(OPEN_TIMES)[0]?.body).toMatchObject({ search_from_date: '2026-12-07T06:00:00.000Z' });
  });

  test('had no effect, whether or not open times can be read: they only decide its wording', async () => {
    const answer = book().and(BAD_REQUEST);
    stage().server.expect(LIST, page([]));
    stage().server.expect(OPEN_TIMES, 'reset');
    expect((await failureOf(answer)).code).toBe('slot_gone');
  });

  test.each<[string, string, string | undefined]>([
    ['Client not found', 'client_not_found', 'client'],
    ['Could not find patient for client', 'patient_not_found', 'patient'],
    ['This time is no longer available', 'slot_gone', undefined],
  ])('that says %p needs no open times', async (message, code, field) => {
    const failure = await refused([], [], refusal(400, message));
    expect([failure.code, failure.facts.field]).toEqual([code, field]);
  });
});

test.each<[string, object, string, boolean | undefined]>([
  ['409 that says taken', refusal(409, 'Slot already taken'), 'outcome_unknown', true],
  [
    '200 with success: false',
    { body: { success: false, message: 'No such client' } },
    'outcome_unknown',
    true,
  ],
  ['403', refusal(403, 'Forbidden'), 'credentials_rejected', undefined],
  ['422', refusal(422, 'note is too long'), 'outcome_unknown', true],
  ['429', { ...refusal(429, 'Slow down'), headers: { 'retry-after': '7' } }, 'rate_limited', undefined],
  ['429 of a gateway', { status: 429, headers: { 'retry-after': '7' } }, 'outcome_unknown', undefined],
  ['503', refusal(503, 'Busy'), 'outcome_unknown', undefined],
  ['404 without words', refusal(404, 'Nothing here'), 'outcome_unknown', true],
  ['plain text', { status: 418, body: 'teapot' }, 'outcome_unknown', undefined],
])('create answers %s', async (_what, outcome, code, isRefusal) => {
  const failure = await failureOf(book().and(outcome));
  expect([failure.code, failure.facts.isRefusal]).toEqual([code, isRefusal]);
  if (code === 'rate_limited' && 'headers' in outcome) expect(failure.facts.retryAfterMs).toBe(7_000);
});

test.each<[string, Parameters<ReturnType<typeof stage>['server']['expect']>[1]]>([
  ['500', refusal(500, 'Internal Server Error')],
  ['502', { status: 502, body: '<html>' }],
  ['a reset', 'reset'],
  ['half an answer', 'half'],
  ['garbage', { body: 'not json' }],
  ['success without an id', ok({ status: 'ACCEPTED' })],
  ['no data', { body: { success: true } }],
])('create answers %s: outcome_unknown', async (_what, outcome) => {
  expect((await failureOf(book().and(outcome))).code).toBe('outcome_unknown');
});

test('create answers nothing: outcome_unknown', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(OPEN_TIMES, ok([]));
  await provider.searchSlots(stage().call(), {
    days: [{ from: '2026-12-07', to: '2026-12-07' }],
    address: null,
    location: null,
    request: BY_REMOTE_ID,
  });
  stage().server.expect(CREATE, 'silence');
  const failure = await failureOf(
    provider.book(stage().call({ timeoutMs: 200 }), { ...BOOKING, request: BY_REMOTE_ID }),
  );
  expect(failure.code).toBe('outcome_unknown');
});
