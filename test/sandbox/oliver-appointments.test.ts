import { until } from './junction-client';
import {
  ANA,
  bookFirst,
  firstTime,
  listed,
  REMOTE,
  startOliver,
  statusOf,
  type Oliver,
} from './oliver-client';

/** Create and list, and the clinic's word (seed: create; docs/providers.md#operations-at-oliver). */

let oliver: Oliver;
beforeEach(async () => void (oliver = await startOliver()));
afterEach(() => oliver.close());

const NAMED = { first_name: 'Ana', last_name: 'Reyes' };
const PATIENT = { patient_remote_id: 'P-77' };

describe('seed, client identification and patient identification', () => {
  test.each<[form: string, people: object]>([
    ['client_id and patient_id', ANA],
    ['client_remote_id and patient_remote_id', REMOTE],
    ['client_id and patient_remote_id', { client_id: 301, ...PATIENT }],
    ['first_name, last_name and phone', { ...NAMED, phone: '(602) 555-0123', ...PATIENT }],
    ['first_name, last_name and email', { ...NAMED, email: 'ANA@example.com', ...PATIENT }],
    [
      'first_name, last_name, phone and email',
      { ...NAMED, phone: '+16025550123', email: 'ana@example.com', ...PATIENT },
    ],
    [
      'one of two of the same name, told apart by phone',
      { first_name: 'Jo', last_name: 'Lindqvist', phone: '+13125550104', patient_remote_id: 'P-92' },
    ],
  ])('books by %s', async (_form, people) => {
    const body = { slot_id: (await firstTime(oliver)).uuid, ...people };
    expect((await oliver.call('POST', '/appointments', body)).status).toBe(200);
  });

  test.each<[why: string, people: object, message: string]>([
    ['no client', PATIENT, 'Provide client_id, client_remote_id, or'],
    [
      'a client in two forms',
      { ...ANA, client_remote_id: 'C-1001' },
      'exactly one way to identify the client',
    ],
    ['a client by id and a phone', { ...ANA, phone: '1' }, 'exactly one way to identify the client'],
    ['half a name', { first_name: 'Ana', phone: '+16025550123', ...PATIENT }, 'must be given together'],
    ['a name alone', { ...NAMED, ...PATIENT }, 'need phone or email'],
    ['an unknown client', { client_id: 999, ...PATIENT }, 'Client not found'],
    ['an unknown remote client', { client_remote_id: 'C-9', ...PATIENT }, 'Client not found'],
    ['an unknown name', { ...NAMED, phone: '+19995550123', ...PATIENT }, 'Client not found'],
    ['another practice`s client', { client_id: 401, patient_remote_id: 'P-501' }, 'Client not found'],
    ['no patient', { client_id: 301 }, 'Provide patient_id or patient_remote_id'],
    ['a patient in two forms', { ...ANA, ...PATIENT }, 'exactly one way to identify the patient'],
    ['an unknown patient', { client_id: 301, patient_id: 999 }, 'Patient not found'],
    ['an unknown remote patient', { client_id: 301, patient_remote_id: 'P-9' }, 'Patient not found'],
    [
      'somebody else`s patient',
      { client_id: 301, patient_remote_id: 'P-81' },
      'does not belong to this client',
    ],
    ['a client_id that is a string', { client_id: '301', ...PATIENT }, 'client_id: '],
    ['a status that a create may not set', { ...REMOTE, status: 'DONE' }, 'status: '],
  ])('refuses %s', async (_why, people, message) => {
    const body = { slot_id: (await firstTime(oliver)).uuid, ...people };
    const answer = await oliver.call('POST', '/appointments', body);
    expect(answer).toMatchObject({ status: 400, body: { success: false } });
    expect(answer.text).toContain(message);
    expect((await oliver.state()).appointments).toEqual([]);
  });

  test('a name that fits two clients is refused', async () => {
    const twin = { first_name: 'Ana', last_name: 'Reyes', phone: '+16025550123' };
    await oliver.control('clients', twin);
    const body = { slot_id: (await firstTime(oliver)).uuid, ...twin, ...PATIENT };
    const answer = await oliver.call('POST', '/appointments', body);
    expect(answer).toMatchObject({ status: 400, body: { message: 'More than one client matches' } });
  });
});

test('a create answers with every field of the seed`s response', async () => {
  const body = { slot_id: (await firstTime(oliver)).uuid, ...REMOTE, note: 'ref:b1/book/1' };
  const answer = await oliver.call('POST', '/appointments', body);
  expect(answer).toMatchObject({
    status: 200,
    body: {
      success: true,
      message: 'Appointment created successfully',
      data: {
        id: expect.any(Number) as unknown,
        remote_id: null,
        remote_client_id: 'C-1001',
        remote_patient_id: 'P-77',
        status: 'ACCEPTED',
        booking_date: expect.stringMatching(/Z$/) as unknown,
        end_date: expect.stringMatching(/Z$/) as unknown,
        created_at: expect.stringMatching(/Z$/) as unknown,
        updated_at: expect.stringMatching(/Z$/) as unknown,
        referral_source: null,
        referral_campaign: null,
        referral_medium: null,
        client_first_name: 'Ana',
        client_last_name: 'Reyes',
        client_email: 'ana@example.com',
        client_phone: '+16025550123',
        client_type: 'RETURNING',
        patient_name: 'Biscuit',
      },
    },
  });
});

describe('seed, status override and auto-accept', () => {
  test.each(['REQUESTED', 'ACCEPTED', 'CONFIRMED'])('a create sets %s', async (status) => {
    expect((await bookFirst(oliver, { status })).status).toBe(status);
  });

  test('without it the clinic`s setting decides', async () => {
    expect((await bookFirst(oliver)).status).toBe('ACCEPTED');
    await oliver.control('clinic', { accept: 'leave' });
    expect((await bookFirst(oliver)).status).toBe('REQUESTED');
  });

  test.each([
    ['accept', 'ACCEPTED', true],
    ['confirm', 'CONFIRMED', true],
    ['decline', 'DECLINED', false],
    ['delete', 'DELETED', false],
  ])('a clinic that is set to %s moves it to %s', async (accept, status, live) => {
    await oliver.control('clinic', { accept, afterMs: 30 });
    const made = await bookFirst(oliver);
    expect(made.status).toBe('REQUESTED');
    await until(
      () => statusOf(oliver, made.id),
      (seen) => seen === status,
    );
    expect((await oliver.state()).live.appointments).toEqual(live ? [String(made.id)] : []);
  });

  test('without a time the clinic`s word takes a sandbox minute', async () => {
    await oliver.control('clinic', { accept: 'confirm' });
    const { id } = await bookFirst(oliver);
    await until(
      () => statusOf(oliver, id),
      (seen) => seen === 'CONFIRMED',
    );
  });

  test('a clinic`s late word takes nothing back: a confirmed appointment is not declined', async () => {
    await oliver.control('clinic', { accept: 'decline', afterMs: 20 });
    const confirmed = await bookFirst(oliver, { status: 'CONFIRMED' });
    const requested = await bookFirst(oliver);
    await until(
      () => statusOf(oliver, requested.id),
      (seen) => seen === 'DECLINED',
    );
    expect(await statusOf(oliver, confirmed.id)).toBe('CONFIRMED');
  });

  test('one practice`s ways are not the other`s', async () => {
    await oliver.control('clinic', { practice: '2', accept: 'leave' });
    expect((await bookFirst(oliver)).status).toBe('ACCEPTED');
  });
});

describe('the list', () => {
  test('shows remote ids, names and a string id; never the note nor Oliver`s ids of client and patient', async () => {
    const { id } = await bookFirst(oliver, { note: 'ref:b1/book/1' });
    const [entry] = (await listed(oliver)).content;
    expect(entry).toMatchObject({
      id: String(id),
      remote_client_id: 'C-1001',
      remote_patient_id: 'P-77',
      client_first_name: 'Ana',
      patient_name: 'Biscuit',
    });
    expect(entry).not.toHaveProperty('note');
    expect(entry).not.toHaveProperty('client_id');
    expect(entry).not.toHaveProperty('patient_id');
    expect((await oliver.state()).appointments).toMatchObject([{ id: String(id), note: 'ref:b1/book/1' }]);
  });

  test('of people without remote ids shows names alone', async () => {
    await bookFirst(oliver, {
      client_remote_id: undefined,
      patient_remote_id: undefined,
      client_id: 305,
      patient_id: 707,
    });
    const [entry] = (await listed(oliver)).content;
    expect(entry).toMatchObject({ client_first_name: 'Dana', patient_name: 'Clover' });
    expect(Object.keys(entry ?? {}).filter((field) => field.startsWith('remote_'))).toEqual([]);
  });

  test('is cut by when an appointment last changed, both ends included', async () => {
    const first = await bookFirst(oliver);
    const [entry] = (await listed(oliver)).content;
    const at = entry?.updated_at ?? '';
    const justAfter = new Date(Date.parse(at) + 1).toISOString();
    const ids = async (query: Record<string, string>): Promise<string[]> =>
      (await listed(oliver, query)).content.map(({ id }) => id);
    expect(await ids({ updated_at_start: at, updated_at_end: at })).toEqual([String(first.id)]);
    expect(await ids({ updated_at_start: justAfter })).toEqual([]);
    await oliver.control(`appointments/${first.id}`, { status: 'CONFIRMED' });
    expect(await ids({ updated_at_end: at })).toEqual([]);
    expect(await ids({})).toEqual([String(first.id)]);
  });

  test('comes in pages from 0, of 100 at most', async () => {
    const made = [await bookFirst(oliver), await bookFirst(oliver), await bookFirst(oliver)];
    const first = await listed(oliver, { per_page: '2' });
    const second = await listed(oliver, { per_page: '2', page: '1' });
    expect(first).toMatchObject({ page: 0, per_page: 2, total_pages: 2, total_count: 3 });
    expect([...first.content, ...second.content].map(({ id }) => id)).toEqual(
      made.map(({ id }) => String(id)),
    );
    expect((await listed(oliver, { per_page: '2', page: '2' })).content).toEqual([]);
    expect((await listed(oliver)).per_page).toBe(50);
  });

  test.each(['', '?updated_at_start=yesterday', '?updated_at_start=2026-01-01T00:00:00Z&per_page=101'])(
    'refuses the query "%s"',
    async (query) => {
      expect((await oliver.call('GET', `/appointments${query}`)).status).toBe(400);
    },
  );

  test('of one practice holds nothing of the other', async () => {
    await bookFirst(oliver);
    const path = '/appointments?updated_at_start=2020-01-01T00:00:00Z';
    const other = await oliver.call('GET', path, undefined, { 'x-client-id': '2' });
    expect(other).toMatchObject({ status: 200, body: { data: { total_count: 0, content: [] } } });
  });
});

test('there is no get, cancel or reschedule', async () => {
  const { id } = await bookFirst(oliver);
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
    expect([method, (await oliver.call(method, `/appointments/${id}`)).status]).toEqual([method, 404]);
});

test('the desk makes an appointment that no create made, and moves one to another time', async () => {
  const time = { start_at: '2031-10-31T09:00:00-05:00', end_at: '2031-10-31T09:20:00-05:00' };
  await oliver.control('appointments', { client_id: '301', patient_id: '701', ...time });
  const [entry] = (await listed(oliver)).content;
  expect(entry).toMatchObject({ status: 'ACCEPTED', booking_date: '2031-10-31T14:00:00.000Z' });
  await oliver.control(`appointments/${entry?.id}`, { start_at: '2031-10-31T10:00:00-05:00' });
  expect((await listed(oliver)).content).toMatchObject([{ booking_date: '2031-10-31T15:00:00.000Z' }]);
});

test('a visit takes place when its time comes', async () => {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const visit = { client_id: '301', patient_id: '701', start_at: at(50), end_at: at(300) };
  await oliver.control('appointments', visit);
  const status = async (): Promise<string | undefined> => (await oliver.state()).appointments[0]?.status;
  await until(status, (seen) => seen === 'IN_PROGRESS');
  await until(status, (seen) => seen === 'DONE');
  expect((await oliver.state()).live.appointments).toEqual([]);
});

test('a visit that was moved does not take place at its old time', async () => {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const people = { client_id: '301', patient_id: '701', end_at: at(60_000) };
  await oliver.control('appointments', { ...people, start_at: at(200) });
  const [moved] = (await oliver.state()).appointments;
  await oliver.control(`appointments/${moved?.id}`, { start_at: at(50_000) });
  await oliver.control('appointments', { ...people, start_at: at(250) });
  await until(
    async () => (await oliver.state()).appointments,
    ([, later]) => later?.status === 'IN_PROGRESS',
  );
  expect((await oliver.state()).appointments[0]?.status).toBe('ACCEPTED');
});
