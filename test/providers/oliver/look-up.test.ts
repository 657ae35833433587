import type { BookingRequest } from '../../../src/booking/schema/request';
import type { Sighting, AppointmentPhase } from '../../../src/booking/model';
import { BY_REMOTE_ID, CLIENT, CLIENTS, LIST, listed, ok, page, PATIENT, PATIENTS } from './fixtures';
import { failureOf, oliverStage, whereOf } from './setup';

const stage = oliverStage();
const START = '2026-12-07T22:00:00Z';

function look(
  rows: unknown[],
  {
    account = {},
    startsAt = START,
    request = BY_REMOTE_ID,
    patient = PATIENT,
    client = CLIENT,
    ownIds = [],
  }: {
    account?: object;
    startsAt?: string | null;
    request?: BookingRequest;
    patient?: object;
    client?: object;
    ownIds?: readonly string[];
  } = {},
): Promise<Sighting> {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([client]));
  stage().server.expect(PATIENTS, ok([patient]));
  stage().server.expect(LIST, page(rows));
  return stage()
    .provider(account)
    .lookUp(stage().call(), whereOf(request, startsAt, ownIds));
}

const idsOf = ({ live, ended }: Sighting) => [...live, ...ended].map(({ id }) => id);

test.each<[string, AppointmentPhase]>([
  ['REQUESTED', 'pending'],
  ['ACCEPTED', 'confirmed'],
  ['CONFIRMED', 'confirmed'],
  ['IN_PROGRESS', 'in_progress'],
  ['DONE', 'completed'],
  ['BRAND_NEW', 'unknown'],
])('%s is live and means %s', async (status, phase) => {
  const { order, live, ended } = await look([listed({ status })]);
  expect([order, ended]).toEqual([null, []]);
  expect(live).toMatchObject([{ status, phase, ref: null }]);
});

const many = (count: number, more: object) =>
  Array.from({ length: count }, (_, n) => listed({ id: String(n), remote_id: null, ...more }));

test('more live ones of one patient around one time than there can be are for a person', async () => {
  expect((await failureOf(look(many(51, {})))).code).toBe('unexpected_answer');
});

test('of ended ones fifty are shown, the booking’s own first', async () => {
  const { ended } = await look(many(90, { status: 'DELETED' }), { ownIds: ['89'] });
  expect(ended).toHaveLength(50);
  expect(ended[0]?.id).toBe('89');
});

test.each(['DELETED', 'DECLINED'])('%s is a refusal', async (status) => {
  const { live, ended } = await look([listed({ status })]);
  expect(live).toEqual([]);
  expect(ended).toMatchObject([{ status, phase: 'cancelled' }]);
});

test('where ACCEPTED does not settle, it holds the slot', async () => {
  const { live } = await look([listed({ status: 'ACCEPTED' })], {
    account: { capabilities: { acceptedSettles: false } },
  });
  expect(live).toMatchObject([{ phase: 'reserved' }]);
});

test('a status that this build does not know is told to the log once', async () => {
  await look([listed({ status: 'BRAND_NEW' }), listed({ id: '124', status: 'BRAND_NEW' })]);
  expect(stage().warned).toEqual([{ field: 'appointment.status', value: 'BRAND_NEW' }]);
});

const NO_REMOTE = { remote_client_id: null, remote_patient_id: null };

test.each<[string, object]>([
  ['remote ids', listed()],
  ['remote ids, the names changed', listed({ client_last_name: 'Soto', patient_name: 'Rexy' })],
  ['names where it has no remote ids', listed(NO_REMOTE)],
  ['names in another case', listed({ ...NO_REMOTE, client_first_name: 'ANA', patient_name: ' rex ' })],
  [
    'names in another typography',
    listed({ ...NO_REMOTE, client_first_name: 'Ana\u200b', patient_name: 'Ｒex' }),
  ],
  ['the client alone', listed({ remote_patient_id: null, patient_name: null })],
  [
    'the patient’s remote id alone',
    listed({ remote_client_id: null, client_first_name: null, client_last_name: null }),
  ],
])('a row that names them by %s is theirs', async (_what, row) => {
  expect(idsOf(await look([row]))).toEqual(['123']);
});

test.each<[string, object]>([
  ['another client', listed({ remote_client_id: 'C-2' })],
  ['another client of the same name', listed({ remote_client_id: 'C-2', remote_patient_id: null })],
  ['another patient of the client', listed({ remote_patient_id: 'P-78' })],
  ['another client by name', listed({ ...NO_REMOTE, client_last_name: 'Soto' })],
  ['another patient by name', listed({ ...NO_REMOTE, patient_name: 'Bella' })],
  [
    'a patient of that name, of nobody',
    listed({ ...NO_REMOTE, client_first_name: null, client_last_name: null }),
  ],
  ['nobody', { id: '123', status: 'ACCEPTED', booking_date: START }],
])('a row that names %s never leaves the adapter', async (_what, row) => {
  expect(idsOf(await look([row]))).toEqual([]);
});

describe('a row that names them only nearly', () => {
  test.each<[string, object]>([
    ['the client', listed({ ...NO_REMOTE, client_first_name: 'Ána' })],
    ['the patient', listed({ remote_patient_id: null, patient_name: 'Réx' })],
    [
      'the patient alone',
      listed({
        remote_client_id: null,
        client_first_name: null,
        client_last_name: null,
        remote_patient_id: 'P-9',
        patient_name: 'Réx',
      }),
    ],
  ])('is shown at that start, and is not said to be theirs: %s', async (_who, row) => {
    const patient = { id: '77', client_id: '11', name: 'Rex' };
    const { live } = await look([row], { patient, request: { ...BY_REMOTE_ID, patient: { id: 77 } } });
    expect(live).toMatchObject([{ id: '123', isNearMatch: true }]);
  });

  test.each<[string, object, boolean]>([
    ['at another start', { booking_date: '2026-12-08T22:00:00Z' }, false],
    ['without a start', { booking_date: null }, true],
    ['under another client’s remote id', { remote_client_id: 'C-2' }, false],
  ])('%s: shown %#', async (_what, change, isShown) => {
    const row = listed({ ...NO_REMOTE, client_first_name: 'Ána', ...change });
    expect(idsOf(await look([row]))).toEqual(isShown ? ['123'] : []);
  });

  test.each<[string, object, readonly string[]]>([
    ['the patient’s remote id', { remote_client_id: null }, []],
    ['an answer that gave its id', NO_REMOTE, ['123']],
  ])('is theirs by %s', async (_what, change, ownIds) => {
    const { live } = await look([listed({ client_first_name: 'Ána', ...change })], { ownIds });
    expect(live).toHaveLength(1);
    expect(live[0]).not.toHaveProperty('isNearMatch');
  });
});

test('a patient whose name the practice does not tell is matched by remote id', async () => {
  const patient = { id: '77', client_id: '11' };
  expect(
    idsOf(await look([listed(), listed({ id: '124', remote_patient_id: 'P-78' })], { patient })),
  ).toEqual(['123']);
});

test('remote ids may come as numbers', async () => {
  const request = { ...BY_REMOTE_ID, client: { remoteId: '1001' }, patient: { remoteId: '77' } };
  const seen = await look([listed({ remote_client_id: 1001, remote_patient_id: 77 })], {
    request,
    client: { ...CLIENT, remote_id: 1001 },
    patient: { ...PATIENT, remote_id: 77 },
  });
  expect(idsOf(seen)).toEqual(['123']);
});

test.each<[string, string | null, boolean]>([
  ['at the start', START, true],
  ['moved by days', '2026-12-10T15:00:00Z', true],
  ['weeks away', '2027-01-07T22:00:00Z', false],
  ['without a start', null, true],
])('a row %s is around it: %p', async (_what, booking_date, isSeen) => {
  expect(idsOf(await look([listed({ booking_date })]))).toEqual(isSeen ? ['123'] : []);
});

test('without a start to look around, all of theirs is seen', async () => {
  expect(idsOf(await look([listed({ booking_date: '2027-06-07T22:00:00Z' })], { startsAt: null }))).toEqual([
    '123',
  ]);
});

describe('an appointment that the booking knows as its own', () => {
  test.each<[string, Record<string, unknown>]>([
    ['weeks away', { booking_date: '2027-01-07T22:00:00Z' }],
    ['under another client’s name', { remote_client_id: 'C-9', client_last_name: 'Soto' }],
  ])('is shown %s', async (_what, change) => {
    expect(idsOf(await look([listed(change)], { ownIds: ['123'] }))).toEqual(['123']);
  });

  test('is shown when it was deleted', async () => {
    const { live, ended } = await look([listed({ status: 'DELETED' })], { ownIds: ['123'] });
    expect([live.length, ended.length]).toEqual([0, 1]);
  });

  test('that the list does not hold is simply not shown: what that means is not decided here', async () => {
    expect(idsOf(await look([listed({ id: '124' })], { ownIds: ['123'] }))).toEqual(['124']);
  });
});

test('number ids, missing fields and entries that are none do not cost the answer', async () => {
  const rows = [null, 'x', {}, { ...listed({ id: 5 }), end_date: 7, referral_source: {} }];
  expect(idsOf(await look(rows))).toEqual(['5']);
});

test('a row without an id is told apart all the same, and noticed', async () => {
  const seen = await look([listed({ id: null }), listed({ id: null, created_at: '2026-12-01T13:00:00Z' })]);
  expect(new Set(idsOf(seen)).size).toBe(2);
  expect(stage().warned).toEqual([{ field: 'appointment.id', value: 'missing' }]);
});

test('a client who is gone by now is for a person: nothing is ended for it', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, ok([]));
  const { code, facts } = await failureOf(stage().provider().lookUp(stage().call(), whereOf()));
  expect([code, facts.field]).toEqual(['unexpected_answer', 'client.remoteId']);
});
