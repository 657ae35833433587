import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './junction-client';
import {
  ask,
  bookFirst,
  CORE,
  firstTime,
  listed,
  openDays,
  REMOTE,
  SIGN_IN,
  startOliver,
  statusOf,
  tokenSchema,
  USER,
  type Oliver,
} from './oliver-client';

/** Faults, oddities, and restarts. */

describe('faults', () => {
  let oliver: Oliver;
  beforeEach(async () => void (oliver = await startOliver()));
  afterEach(() => oliver.close());

  const spoil = (rule: object): Promise<unknown> =>
    oliver.control('faults', { method: 'POST', path: `${CORE}/appointments`, ...rule });
  const book = async (): Promise<number> => {
    const body = { slot_id: (await firstTime(oliver)).uuid, ...REMOTE };
    return (await oliver.call('POST', '/appointments', body)).status;
  };

  test('`before`: the create has no effect', async () => {
    await spoil({ when: 'before', answer: { status: 503 } });
    expect(await book()).toBe(503);
    expect((await oliver.state()).appointments).toEqual([]);
    expect(await book()).toBe(200);
  });

  test('`after`: it took effect, its answer is lost', async () => {
    await spoil({ when: 'after', answer: 'reset' });
    await expect(book()).rejects.toThrow('fetch failed');
    expect((await listed(oliver)).content).toMatchObject([
      { remote_client_id: 'C-1001', status: 'ACCEPTED' },
    ]);
  });

  test('`late`: it takes effect after its answer', async () => {
    await spoil({ when: 'late', delayMs: 60, answer: { status: 500 } });
    expect(await book()).toBe(500);
    await until(
      () => listed(oliver),
      ({ total_count: count }) => count === 1,
    );
  });

  test('`late`: it takes effect also when its token has expired by then', async () => {
    await oliver.close();
    oliver = await startOliver({ tokenLifetimeMs: 2_000, timeScale: 1 });
    await spoil({ when: 'late', delayMs: 2_500, answer: { status: 500 } });
    expect(await book()).toBe(500);
    await until(
      () => oliver.state(),
      ({ live }) => live.appointments.length === 1,
    );
  });

  test('the calls are on record, controls are not', async () => {
    await book();
    const { calls } = await oliver.state();
    expect(calls.slice(-2)).toMatchObject([
      { method: 'POST', path: `${CORE}/open_times`, status: 200 },
      { method: 'POST', path: `${CORE}/appointments`, status: 200 },
    ]);
    expect(calls.filter(({ path }) => path.startsWith('/_sandbox'))).toEqual([]);
  });

  test('reset forgets appointments, tasks, calls and fault rules', async () => {
    await bookFirst(oliver);
    await spoil({ answer: { status: 503 } });
    await ask(oliver, { title: 'x' });
    await oliver.control('reset', {});
    const { appointments, staffTasks, live, calls } = await oliver.state();
    expect({ appointments, staffTasks, live, calls }).toEqual({
      appointments: [],
      staffTasks: [],
      live: { appointments: [], orders: [] },
      calls: [],
    });
    expect(await (await fetch(`${oliver.url}/_sandbox/faults`)).json()).toEqual([]);
  });

  test.each([
    ['clinic', { accept: 'maybe' }],
    ['quirks', { moonrise: true }],
    ['slots', { snatch: -1 }],
    ['account', { secondCreate: 'perhaps' }],
  ])('the control %s refuses what it does not know', async (control, body) => {
    await expect(oliver.control(control, body)).rejects.toThrow('was refused');
  });
});

describe('quirks', () => {
  let oliver: Oliver;
  beforeEach(async () => void (oliver = await startOliver()));
  afterEach(() => oliver.close());

  const created = async (): Promise<unknown> => {
    const body = { slot_id: (await firstTime(oliver)).uuid, ...REMOTE };
    return (await oliver.call('POST', '/appointments', body)).body;
  };
  const entries = async (): Promise<unknown> => {
    const path = '/appointments?updated_at_start=2020-01-01T00:00:00Z';
    return (await oliver.call('GET', path)).body;
  };
  const isText: unknown = expect.any(String);
  const isNumber: unknown = expect.any(Number);
  const none = (...fields: string[]): unknown =>
    expect.not.objectContaining(
      Object.fromEntries(fields.map((field) => [field, expect.anything() as unknown])),
    );

  test.each<[quirk: string, created: unknown, entry: unknown]>([
    ['unknownStatus', { status: 'AWAITING_MOONRISE' }, { status: 'AWAITING_MOONRISE' }],
    ['swappedIds', { id: isText }, { id: isNumber }],
    ['missingOptional', none('end_date'), none('end_date')],
    ['missingOptional', none('client_email'), none('client_email')],
    ['bareCreate', none('status'), { status: 'ACCEPTED' }],
    ['missingRemoteIds', none('remote_client_id'), none('remote_client_id')],
    ['missingRemoteIds', none('remote_patient_id'), none('remote_patient_id')],
    ['nullOptional', { remote_id: null }, { remote_id: null, referral_source: null }],
  ])('%s', async (quirk, wantedCreated, wantedEntry) => {
    await oliver.control('quirks', { [quirk]: true });
    expect(await created()).toMatchObject({ success: true, data: wantedCreated });
    expect(await entries()).toMatchObject({ data: { content: [wantedEntry] } });
  });

  test('without any, none of that', async () => {
    const kept = { end_date: isText, client_email: isText, remote_client_id: 'C-1001', status: 'ACCEPTED' };
    expect(await created()).toMatchObject({ data: { ...kept, id: isNumber } });
    expect(await entries()).toMatchObject({ data: { content: [{ ...kept, id: isText }] } });
  });

  test('schemaTimes', async () => {
    await oliver.control('quirks', { schemaTimes: true });
    const [day] = await openDays(oliver, 'sick', new Date('2031-10-31T05:00:00Z'));
    expect(day?.date).toBe('2031-10-31');
    expect(day?.times[0]).toMatchObject({ start: '08:00:00-05:00', end: '08:20:00-05:00' });
  });

  test('patientRemoteIds, swappedIds of people', async () => {
    await oliver.control('quirks', { patientRemoteIds: true, swappedIds: true });
    const answer = await oliver.call('GET', '/patients?client_id=301');
    expect(answer.body).toMatchObject({ data: [{ id: 701, client_id: 301, remote_id: 'P-77' }, {}] });
  });
});

describe('restarts', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  test('keep appointments, slots, people, tokens and what was planned', async () => {
    const before = await startOliver({ dataDir });
    await before.control('clinic', { accept: 'confirm', afterMs: 100, completesTasks: false });
    const { uuid } = await firstTime(before);
    const { id } = await bookFirst(before, { note: 'ref:b1/book/1' });
    const task = await ask(before, { title: `Cancel appointment ${id}` });
    const { data } = tokenSchema.parse((await before.bare('POST', SIGN_IN, USER)).body);
    await before.close();

    const after = await startOliver({ dataDir });
    const authorization = `Bearer ${data.token}`;
    expect((await after.call('GET', '/clients', undefined, { authorization })).status).toBe(200);
    await until(
      () => statusOf(after, id),
      (seen) => seen === 'CONFIRMED',
    );
    expect((await after.call('POST', '/appointments', { slot_id: uuid, ...REMOTE })).status).toBe(400);
    await after.control(`staff_tasks/${task.id}`, { status: 'completed' });
    expect(await after.state()).toMatchObject({
      appointments: [{ id: String(id), status: 'DELETED', note: 'ref:b1/book/1' }],
    });
    await after.close();
  });

  test('a file that holds something else is refused, not overwritten', async () => {
    writeFileSync(join(dataDir, 'oliver-sandbox.json'), '{"version": 7}');
    await expect(startOliver({ dataDir })).rejects.toThrow('delete it to start afresh');
  });
});
