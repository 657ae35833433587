import fc from 'fast-check';
import { ageOn } from '../../src/booking/age';
import type { Slot } from '../../src/booking/model';
import { chooseSlots, type Preference, rankSlots, type SlotChoice } from '../../src/booking/rank';
import { NOW } from './requests';
import { slotAt } from './slots';

const PREFERENCES: Preference[] = ['earliest', 'closest', 'cheapest'];
const keysOf = (slots: Slot[]): string[] => slots.map((slot) => slot.key);

describe('rankSlots', () => {
  const A = slotAt('2026-12-07T13:00:00Z', 60, { key: 'a', distance: 9, price: null });
  const B = slotAt('2026-12-08T13:00:00Z', 60, { key: 'b', distance: null, price: 5 });
  const C = slotAt('2026-12-09T13:00:00Z', 60, { key: 'c', distance: 2, price: 5 });
  const D = slotAt('2026-12-09T13:00:00Z', 60, { key: 'd', distance: 2, price: 0 });

  test.each<[Preference, string[]]>([
    ['earliest', ['a', 'b', 'c', 'd']],
    ['closest', ['c', 'd', 'a', 'b']],
    ['cheapest', ['d', 'b', 'c', 'a']],
  ])('%s', (preference, keys) => {
    expect(keysOf(rankSlots([D, C, B, A], preference))).toEqual(keys);
  });

  const few = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null });
  const slots = fc
    .uniqueArray(
      fc.record({
        key: fc.string({ maxLength: 3 }),
        hour: fc.integer({ min: 0, max: 3 }),
        price: few,
        distance: few,
      }),
      { selector: (slot) => slot.key, maxLength: 12 },
    )
    .map((all) =>
      all.map(({ key, hour, ...more }) => slotAt(`2026-12-07T1${hour}:00:00Z`, 60, { key, ...more })),
    );

  test.each(PREFERENCES)(
    '%s: the order that slots come in does not matter, and none is lost',
    (preference) => {
      const shuffled = slots.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      );
      fc.assert(
        fc.property(shuffled, ([some, others]) => {
          const ranked = rankSlots(some, preference);
          expect(rankSlots(others, preference)).toEqual(ranked);
          expect(keysOf(ranked).sort()).toEqual(keysOf(some).sort());
        }),
      );
    },
  );

  test.each<[Preference, (slot: Slot) => number | null]>([
    ['earliest', (slot) => Date.parse(slot.startsAt)],
    ['closest', (slot) => slot.distance],
    ['cheapest', (slot) => slot.price],
  ])('%s: no slot comes after a worse one, and what is not known comes last', (preference, value) => {
    fc.assert(
      fc.property(slots, (some) => {
        const values = rankSlots(some, preference).map((slot) => value(slot) ?? Infinity);
        expect(values).toEqual([...values].sort((a, b) => (a === b ? 0 : a - b)));
      }),
    );
  });

  test('leaves its input as it was', () => {
    const given = Object.freeze([D, A]);
    expect(keysOf(rankSlots(given, 'earliest'))).toEqual(['a', 'd']);
  });
});

describe('chooseSlots', () => {
  const choice = (slots: Slot[], more: Partial<SlotChoice> = {}): SlotChoice => ({
    slots,
    request: { windows: [{ from: '2026-11-20', to: '2026-12-31' }], preference: 'earliest' },
    now: NOW,
    leadTimeMs: 0,
    minAgeYears: null,
    dob: null,
    timezone: null,
    max: 10,
    ...more,
  });
  const FIRST = slotAt('2026-12-07T13:00:00Z', 60, { key: 'first' });
  const SECOND = slotAt('2026-12-08T13:00:00Z', 60, { key: 'second' });

  test('best first, at most so many', () => {
    expect(keysOf(chooseSlots(choice([SECOND, FIRST])))).toEqual(['first', 'second']);
    expect(keysOf(chooseSlots(choice([SECOND, FIRST], { max: 1 })))).toEqual(['first']);
  });

  test('not what was tried, nor what lies outside the windows', () => {
    expect(keysOf(chooseSlots(choice([SECOND, FIRST], { exclude: ['first'] })))).toEqual(['second']);
    const request = { windows: [{ from: '2026-12-08', to: '2026-12-08' }], preference: 'earliest' as const };
    expect(keysOf(chooseSlots(choice([SECOND, FIRST], { request })))).toEqual(['second']);
  });

  test.each<[name: string, startsAt: string, leadTimeMs: number, chosen: boolean]>([
    ['started', '2026-11-21T11:59:00Z', 0, false],
    ['starting now', '2026-11-21T12:00:00Z', 0, false],
    ['starting soon', '2026-11-21T12:01:00Z', 0, true],
    ['too soon', '2026-11-21T13:59:59Z', 7_200_000, false],
    ['just in time', '2026-11-21T14:00:00Z', 7_200_000, true],
  ])('%s', (_name, startsAt, leadTimeMs, chosen) => {
    expect(chooseSlots(choice([slotAt(startsAt)], { leadTimeMs }))).toHaveLength(chosen ? 1 : 0);
  });

  test.each([
    ['2026-11-21T12:00:00Z', 0],
    ['2026-11-21T12:00:01Z', 1],
    [null, 1],
  ])('a key that expires at %s', (expiresAt, count) => {
    expect(chooseSlots(choice([{ ...FIRST, expiresAt }]))).toHaveLength(count);
  });

  test('one slot, by its key or, when that was renewed, by its times, and no other', () => {
    const slot = {
      key: 'second',
      startsAt: '2026-12-08T08:00:00-05:00',
      endsAt: '2026-12-08T09:00:00-05:00',
    };
    const chosenOf = (slots: Slot[]): string[] =>
      keysOf(chooseSlots(choice(slots, { request: { slot, preference: 'earliest' } })));
    const renewed = { ...SECOND, key: 'renewed' };
    const elsewhere = { ...SECOND, key: 'elsewhere' };
    expect(chosenOf([FIRST, elsewhere, SECOND])).toEqual(['second']);
    expect(chosenOf([FIRST, renewed])).toEqual(['renewed']);
    expect(chosenOf([FIRST, renewed, elsewhere])).toEqual([]);
    expect(chosenOf([FIRST, { ...renewed, endsAt: '2026-12-08T13:30:00Z' }])).toEqual([]);
  });

  test('the request’s zone goes before the account’s', () => {
    const bare = { ...FIRST, timezone: null };
    const windows = [{ from: '2026-12-07', to: '2026-12-07', hours: '08:00-09:00' }];
    const request = { windows, preference: 'earliest' as const, timezone: 'America/New_York' };
    expect(chooseSlots(choice([bare], { request, timezone: 'Europe/Berlin' }))).toHaveLength(1);
  });

  test('the patient must be old enough on the visit’s day at the place', () => {
    // 03:00Z on the 8th is still the 7th in New York.
    const evening = slotAt('2026-12-08T03:00:00Z', 30);
    const adults = (dob: string | null): Slot[] => chooseSlots(choice([evening], { minAgeYears: 18, dob }));
    expect(adults('2008-12-07')).toHaveLength(1);
    expect(adults('2008-12-08')).toHaveLength(0);
    expect(adults(null)).toHaveLength(1);
  });
});

test.each([
  ['2008-12-07', '2026-12-06', 17],
  ['2008-12-07', '2026-12-07', 18],
  ['2008-02-29', '2026-02-28', 17],
  ['2008-02-29', '2026-03-01', 18],
  ['2026-12-07', '2026-12-07', 0],
])('born on %s, aged on %s: %i', (dob, day, age) => {
  expect(ageOn(dob, day)).toBe(age);
});
