import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  act,
  book,
  bookingBody,
  day,
  FAR_VISIT,
  freeStart,
  KEY,
  LAB_VISIT,
  list,
  ON_REQUEST,
  read,
  refusal,
  slots,
  startCalcom,
  type Calcom,
} from './calcom-client';
import { until } from './junction-client';

/** Slots, keys, versions, pace and misbehaviour of the Cal.com sandbox. */

let calcom: Calcom;
beforeEach(async () => void (calcom = await startCalcom()));
afterEach(() => calcom.close());

describe('slots', () => {
  test('are times on weekdays between eight and six on the schedule’s clocks', async () => {
    const days = await slots(calcom, { timeZone: 'America/New_York', format: 'range' });
    const all = Object.values(days).flat();
    expect(all.length).toBeGreaterThan(150);
    for (const [date, of] of Object.entries(days)) {
      expect([0, 6]).not.toContain(new Date(`${date}T12:00:00Z`).getUTCDay());
      for (const { start, end } of of) {
        expect(start).toMatch(new RegExp(`^${date}T(0[89]|1[0-7]):[03]0:00\\.000-0[45]:00$`));
        expect(Date.parse(end ?? '') - Date.parse(start)).toBe(30 * 60_000);
      }
    }
  });

  test('come in UTC, by days of UTC, and without an end, unless something else is asked for', async () => {
    const days = await slots(calcom);
    for (const [date, of] of Object.entries(days))
      for (const { start, end } of of) {
        expect(start).toMatch(new RegExp(`^${date}T\\d\\d:[03]0:00\\.000Z$`));
        expect(end).toBeUndefined();
      }
  });

  test('of a place far ahead of UTC are on other days there', async () => {
    const far = { eventTypeId: String(FAR_VISIT) };
    const inUtc = await slots(calcom, far);
    const there = await slots(calcom, { ...far, timeZone: 'Pacific/Kiritimati' });
    const starts = (days: typeof inUtc): number[] =>
      Object.values(days).flatMap((of) => of.map(({ start }) => Date.parse(start)));
    expect(starts(there)).toEqual(starts(inUtc));
    expect(Object.keys(there)).not.toEqual(Object.keys(inUtc));
    expect(Object.values(there).flat()[0]?.start).toMatch(/\+14:00$/);
  });

  test('are those of the asked span: a date means its day in UTC', async () => {
    const one = await slots(calcom, { start: day(3), end: day(3) });
    expect(Object.keys(one).filter((date) => date !== day(3))).toEqual([]);
    const start = `${day(1)}T00:00:00Z`;
    const first = await freeStart(calcom);
    const exact = await slots(calcom, { start, end: first });
    expect(Object.values(exact).flat()).toEqual([{ start: first }]);
    const backwards = await calcom.call(
      'GET',
      `/v2/slots?eventTypeId=${LAB_VISIT}&start=${day(5)}&end=${day(3)}`,
    );
    expect(backwards).toMatchObject(refusal(400, /^Invalid time range given/));
  });

  test('are none where nothing is free, not soon, and without what is booked', async () => {
    await calcom.control('slots', { empty: 1 });
    expect(await slots(calcom)).toEqual({});
    const { start, uid } = await book(calcom);
    expect(await freeStart(calcom)).not.toBe(start);
    const moving = await slots(calcom, { bookingUidToReschedule: uid });
    expect(Object.values(moving).flat()[0]?.start).toBe(start);
    await calcom.control(`event-types/${LAB_VISIT}`, { noticeMinutes: 60 * 24 * 30 });
    expect(await slots(calcom)).toEqual({});
  });

  test('are refused for what is not asked for so', async () => {
    const ask = (query: string) => calcom.call('GET', `/v2/slots?${query}`);
    const span = `start=${day(1)}&end=${day(2)}`;
    expect(await ask(span)).toMatchObject(refusal(400, /eventTypeId property is wrong/));
    expect(await ask(`${span}&eventTypeId=${LAB_VISIT}&zone=UTC`)).toMatchObject(
      refusal(400, /should not exist/),
    );
    expect(await ask(`${span}&eventTypeId=77`)).toMatchObject(refusal(404, /^Event type with id 77/));
  });
});

describe('a call', () => {
  test('without its version is another API’s', async () => {
    const headers = { 'cal-api-version': undefined };
    expect(await calcom.call('GET', '/v2/bookings', undefined, headers)).toMatchObject(
      refusal(404, /^Cannot GET/),
    );
    expect(
      await calcom.call('GET', '/v2/slots', undefined, { 'cal-api-version': '2024-08-13' }),
    ).toMatchObject(refusal(404, /^Cannot GET/));
    expect(await calcom.call('POST', '/v2/bookings', {}, headers)).toMatchObject(
      refusal(404, /^Cannot POST/),
    );
  });

  test('with a bad key is refused, even where none is needed; without one it is not', async () => {
    const { uid } = await book(calcom);
    for (const key of ['no_such_key', KEY]) {
      await calcom.control('keys', { revoked: [KEY] });
      const headers = { authorization: `Bearer ${key}` };
      for (const path of ['/v2/bookings', `/v2/bookings/${uid}`])
        expect(await calcom.call('GET', path, undefined, headers)).toMatchObject(
          refusal(401, /Invalid API Key/),
        );
    }
    const open = await calcom.call('GET', `/v2/bookings/${uid}`, undefined, { authorization: undefined });
    expect(open.status).toBe(200);
  });

  test('more than a minute allows is refused without effect, and nothing says in how many seconds but a header', async () => {
    // A minute of this one is long enough for three calls of a busy machine.
    const slow = await startCalcom({ timeScale: 1 / 20 });
    await slow.control('pace', { callsAMinute: 2 });
    const body = {
      start: '2031-01-01T16:00:00Z',
      eventTypeId: LAB_VISIT,
      attendee: { name: 'A', email: 'a@example.com', timeZone: 'UTC' },
    };
    const first = await slow.call('GET', '/v2/bookings');
    expect(first.headers.get('x-ratelimit-limit-default')).toBe('2');
    expect(first.headers.get('x-ratelimit-remaining-default')).toBe('1');
    await slow.call('GET', '/v2/bookings');
    const third = await slow.call('POST', '/v2/bookings', body);
    expect(third).toMatchObject(refusal(429, /Too many requests/));
    expect(third.headers.get('x-ratelimit-remaining-default')).toBe('0');
    expect(Number(third.headers.get('x-ratelimit-reset-default'))).toBeGreaterThan(0);
    expect(third.headers.get('retry-after')).toBeNull();
    expect((await slow.state()).bookings).toEqual([]);
    const later = await until(
      () => slow.call('POST', '/v2/bookings', body),
      ({ status }) => status !== 429,
    );
    expect(later.status).toBe(201);
    await slow.close();
  });
});

describe('misbehaviour', () => {
  test('a lost answer took effect, a late one does so later', async () => {
    const path = '/v2/bookings';
    await calcom.control('faults', [
      { method: 'POST', path, when: 'after', answer: { status: 504 } },
      { method: 'POST', path, when: 'late', delayMs: 1_500, answer: { status: 504 } },
    ]);
    const [first, second] = [
      await bookingBody(calcom),
      await bookingBody(calcom, { start: await freeStart(calcom, 4) }),
    ];
    expect((await calcom.call('POST', path, first)).status).toBe(504);
    expect((await list(calcom)).data).toHaveLength(1);
    expect((await calcom.call('POST', path, second)).status).toBe(504);
    expect((await list(calcom)).data).toHaveLength(1);
    await until(
      () => list(calcom),
      ({ data }) => data.length === 2,
    );
  });

  test('a copy that lags answers a create with 500, and shows it later', async () => {
    await calcom.control('copy', { lagMs: 400 });
    const answer = await calcom.call('POST', '/v2/bookings', await bookingBody(calcom));
    expect(answer).toMatchObject({ status: 500, body: { statusCode: 500 } });
    expect((await list(calcom)).data).toEqual([]);
    const { data } = await until(
      () => list(calcom),
      (page) => page.data.length > 0,
    );
    expect(data).toMatchObject([{ status: 'accepted' }]);
  });

  test('a copy that lags shows what was, and lets a second move through', async () => {
    const old = await book(calcom);
    await calcom.control('copy', { lagMs: 400 });
    await until(
      () => calcom.call('GET', `/v2/bookings/${old.uid}`),
      ({ status }) => status === 200,
    );
    const starts = [await freeStart(calcom, 2), await freeStart(calcom, 6)];
    for (const start of starts)
      expect((await calcom.call('POST', `/v2/bookings/${old.uid}/reschedule`, { start })).status).toBe(500);
    expect((await read(calcom, old.uid)).status).toBe('accepted');
    expect((await calcom.state()).live.appointments).toHaveLength(2);
    await until(
      () => read(calcom, old.uid),
      ({ status }) => status === 'cancelled',
    );
  });

  test('what is made while new bookings are not listed is answered, and read by nobody', async () => {
    await calcom.control('copy', { listsNew: false });
    const { uid } = await book(calcom);
    expect((await calcom.call('GET', `/v2/bookings/${uid}`)).status).toBe(404);
    expect((await calcom.call('GET', '/v2/bookings')).body).toMatchObject({ data: [] });
    await calcom.control('copy', { listsNew: true });
    expect((await calcom.call('GET', `/v2/bookings/${uid}`)).status).toBe(404);
    await calcom.control(`bookings/${uid}`, { listed: true });
    expect((await read(calcom, uid)).uid).toBe(uid);
  });

  test.each<[quirk: string, seen: Record<string, unknown>]>([
    ['unknownStatus', { status: 'awaiting_moonrise' }],
    ['missingMetadata', { metadata: undefined }],
    ['missingOptional', { metadata: undefined, icsUid: undefined }],
    ['nullOptional', { rescheduledToUid: null, metadata: { a: 'b' } }],
    ['spaceTimes', { start: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:/) as unknown }],
  ])('the quirk %s', async (quirk, seen) => {
    const { uid } = await book(calcom, { metadata: { a: 'b' } });
    await calcom.control('quirks', { [quirk]: true });
    const booking = await read(calcom, uid);
    expect(Object.fromEntries(Object.keys(seen).map((field) => [field, booking[field]]))).toEqual(seen);
  });

  test('odd slots and days, a booking that comes as a list, and a slot across midnight', async () => {
    const { uid } = await book(calcom);
    await calcom.control('quirks', { oddSlots: true, oddDays: true, recurring: true, midnightSlots: true });
    const query = `eventTypeId=${LAB_VISIT}&start=${day(1)}&end=${day(9)}&timeZone=America/New_York`;
    const { text } = await calcom.call('GET', `/v2/slots?${query}`);
    expect(text).toContain('"closed"');
    expect(text).toContain('"soon"');
    const late = /"start":"([^"]*T23:45:00[^"]*)"/.exec(text)?.[1] ?? '';
    await calcom.control('quirks', { recurring: false });
    await book(calcom, { start: new Date(late).toISOString() });
    await calcom.control('quirks', { recurring: true });
    expect((await calcom.call('GET', `/v2/bookings/${uid}`)).body).toMatchObject({ data: [{ uid }] });
  });

  test('a restart keeps bookings, settings and what is planned', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'calcom-sandbox-'));
    const before = await startCalcom({ dataDir });
    await before.control('host', { acts: 'confirm', afterMs: 1_500 });
    const { uid } = await book(before, { eventTypeId: ON_REQUEST });
    const kept = await book(before, { metadata: { ref: 'x' }, start: await freeStart(before, 4) });
    await act(before, kept.uid, 'cancel', { cancellationReason: 'x' });
    const seen = await read(before, kept.uid);
    await before.close();

    const after = await startCalcom({ dataDir });
    expect(await read(after, kept.uid)).toEqual(seen);
    const confirmed = await until(
      () => read(after, uid),
      ({ status }) => status !== 'pending',
    );
    expect(confirmed.status).toBe('accepted');
    await after.control('reset', {});
    expect((await after.state()).bookings).toEqual([]);
    await after.close();
    rmSync(dataDir, { recursive: true });
  });
});
