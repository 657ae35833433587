import { rangesOf } from '../../../src/providers/calcom/slots';
import { ok, refusal, REQUEST, SLOTS, ZONE } from './fixtures';
import { calcomStage, failureOf } from './setup';

const stage = calcomStage();

const search = (from = '2026-12-07', to = from, account = {}) =>
  stage()
    .provider(account)
    .searchSlots(stage().call(), { days: [{ from, to }], address: null, location: null, request: REQUEST });

test('slots are booked by their start, and do not expire', async () => {
  stage().server.expect(
    SLOTS,
    ok({ '2026-12-07': [{ start: '2026-12-07T10:00:00.000-05:00', end: '2026-12-07T10:30:00.000-05:00' }] }),
  );
  const { slots, complete } = await search();
  expect(complete).toBe(true);
  expect(slots).toEqual([
    {
      key: '2026-12-07T15:00:00.000Z',
      startsAt: '2026-12-07T15:00:00.000Z',
      endsAt: '2026-12-07T15:30:00.000Z',
      expiresAt: null,
      timezone: ZONE,
      price: null,
      distance: null,
      location: null,
      place: null,
    },
  ]);
  const { headers, query } = stage().sent(SLOTS);
  expect(headers['cal-api-version']).toBe('2024-09-04');
  expect(Object.fromEntries(query)).toEqual({
    eventTypeId: '101',
    start: '2026-12-07T05:00:00.000Z',
    end: '2026-12-08T04:59:59.999Z',
    timeZone: ZONE,
    format: 'range',
  });
});

test.each([{}, []])('no slots at all: %j', async (data) => {
  stage().server.expect(SLOTS, ok(data));
  expect(await search()).toEqual({ slots: [], complete: true });
});

test('a day far from UTC is asked for by its own moments', async () => {
  stage().server.expect(SLOTS, ok({}));
  await search('2026-12-07', '2026-12-07', { timezone: 'Pacific/Kiritimati' });
  expect(stage().sent(SLOTS).query.get('start')).toBe('2026-12-06T10:00:00.000Z');
});

test('today is asked for from now on, and what is over not at all', async () => {
  stage().server.expect(SLOTS, ok({}));
  await search('2026-11-20', '2026-12-01');
  expect(stage().sent(SLOTS).query.get('start')).toBe('2026-12-01T12:00:00.000Z');
  expect(await search('2026-11-20', '2026-11-30')).toEqual({ slots: [], complete: true });
});

test('a slot without an end is left out, and told to the log', async () => {
  stage().server.expect(SLOTS, ok({ '2026-12-07': [{ start: '2026-12-07T15:00:00.000Z' }] }));
  expect((await search()).slots).toEqual([]);
  expect(stage().warned).toEqual([expect.objectContaining({ field: 'slot.end' })]);
});

test('an event type that nobody knows is the request’s fault', async () => {
  stage().server.expect(SLOTS, refusal(404, 'Event type with id 101 not found.', 'NotFoundException'));
  expect(await failureOf(search())).toMatchObject({
    code: 'request_refused',
    facts: { field: 'appointmentType' },
  });
});

test('long ranges are asked for in pieces, and overlapping ones once', () => {
  const days = [
    { from: '2026-12-20', to: '2027-01-20' },
    { from: '2026-12-01', to: '2026-12-22' },
  ];
  expect(rangesOf(days, '2026-12-05')).toEqual([
    { from: '2026-12-05', to: '2026-12-22' },
    { from: '2026-12-23', to: '2027-01-20' },
  ]);
  expect(rangesOf([{ from: '2026-12-01', to: '2027-01-15' }], '2026-12-01')).toEqual([
    { from: '2026-12-01', to: '2026-12-31' },
    { from: '2027-01-01', to: '2027-01-15' },
  ]);
});

test('a search that stops at its limit of calls says so', async () => {
  for (let n = 0; n < 12; n++) stage().server.expect(SLOTS, ok({}));
  expect(await search('2026-12-02', '2028-01-01')).toEqual({ slots: [], complete: false });
});
