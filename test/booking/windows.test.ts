import fc from 'fast-check';
import { Failure } from '../../src/booking/failures';
import type { SlotWindow } from '../../src/booking/schema/request';
import {
  addDays,
  daysAround,
  daysOf,
  isZone,
  localDay,
  slotsInWindows,
  windowEnd,
} from '../../src/booking/windows';
import { slotAt } from './slots';

type Case = [name: string, startsAt: string, minutes: number, window: SlotWindow, inside: boolean];

const day = (date: string, hours?: string): SlotWindow => ({ from: date, to: date, hours });

function isInside(startsAt: string, minutes: number, window: SlotWindow, zone: string): boolean {
  return slotsInWindows([slotAt(startsAt, minutes, { timezone: zone })], [window], null).length === 1;
}

describe('a slot lies wholly inside', () => {
  // 7 December 2026 is a Monday; New York is at UTC-5.
  const MONDAY = day('2026-12-07', '07:00-11:00');
  test.each<Case>([
    ['from the first minute', '2026-12-07T12:00:00Z', 60, MONDAY, true],
    ['to the last minute', '2026-12-07T15:00:00Z', 60, MONDAY, true],
    ['all of it', '2026-12-07T12:00:00Z', 240, MONDAY, true],
    ['a minute too early', '2026-12-07T11:59:00Z', 60, MONDAY, false],
    ['a minute too long', '2026-12-07T15:01:00Z', 60, MONDAY, false],
    ['around it', '2026-12-07T11:00:00Z', 480, MONDAY, false],
    ['another day', '2026-12-08T12:00:00Z', 60, MONDAY, false],
    ['the place’s Sunday, though Monday in UTC', '2026-12-07T03:00:00Z', 60, day('2026-12-07'), false],
    ['the place’s Monday, though Tuesday in UTC', '2026-12-08T03:00:00Z', 60, day('2026-12-07'), true],
    ['until midnight', '2026-12-08T04:00:00Z', 60, day('2026-12-07'), true],
    ['until midnight, by 24:00', '2026-12-08T04:00:00Z', 60, day('2026-12-07', '22:00-24:00'), true],
    [
      'over midnight, from a wanted day to an unwanted one',
      '2026-12-08T04:30:00Z',
      60,
      day('2026-12-07'),
      false,
    ],
    [
      'a wanted weekday',
      '2026-12-10T13:00:00Z',
      60,
      { from: '2026-12-07', to: '2026-12-11', days: ['mon', 'thu'] },
      true,
    ],
    [
      'an unwanted weekday',
      '2026-12-09T13:00:00Z',
      60,
      { from: '2026-12-07', to: '2026-12-11', days: ['mon', 'thu'] },
      false,
    ],
    ['no time at all', '2026-12-07T13:00:00Z', 0, MONDAY, false],
    ['backwards', '2026-12-07T13:00:00Z', -60, MONDAY, false],
  ])('%s', (_name, startsAt, minutes, window, inside) => {
    expect(isInside(startsAt, minutes, window, 'America/New_York')).toBe(inside);
  });

  test('any of several windows will do, and the order stays', () => {
    const slots = [
      slotAt('2026-12-09T13:00:00Z'),
      slotAt('2026-12-08T13:00:00Z'),
      slotAt('2026-12-07T13:00:00Z'),
    ];
    const wanted = slotsInWindows(slots, [day('2026-12-07'), day('2026-12-09')], null);
    expect(wanted).toEqual([slots[0], slots[2]]);
  });
});

describe('when the clocks change in New York', () => {
  // 14 March 2027: 02:00 EST (07:00Z) becomes 03:00 EDT. 1 November 2026: 02:00 EDT (06:00Z) becomes 01:00 EST.
  const SPRING = '2027-03-14';
  const AUTUMN = '2026-11-01';
  test.each<Case>([
    [
      '07:00 of the spring day is an hour earlier in UTC',
      `${SPRING}T11:00:00Z`,
      60,
      day(SPRING, '07:00-08:00'),
      true,
    ],
    [
      'and no longer where it was the day before',
      `${SPRING}T12:00:00Z`,
      60,
      day(SPRING, '07:00-08:00'),
      false,
    ],
    [
      '07:00 of the autumn day is an hour later in UTC',
      `${AUTUMN}T12:00:00Z`,
      60,
      day(AUTUMN, '07:00-08:00'),
      true,
    ],
    [
      'and no longer where it was the day before',
      `${AUTUMN}T11:00:00Z`,
      60,
      day(AUTUMN, '07:00-08:00'),
      false,
    ],
    [
      'hours that begin in the gap begin after it',
      `${SPRING}T07:00:00Z`,
      30,
      day(SPRING, '02:30-05:00'),
      true,
    ],
    ['hours that end in the gap end before it', `${SPRING}T06:30:00Z`, 30, day(SPRING, '01:00-02:30'), false],
    [
      'across the gap, when both sides are wanted',
      `${SPRING}T06:45:00Z`,
      30,
      day(SPRING, '01:00-04:00'),
      true,
    ],
    ['the first 01:15', `${AUTUMN}T05:15:00Z`, 15, day(AUTUMN, '01:00-02:00'), true],
    ['the second 01:15', `${AUTUMN}T06:15:00Z`, 15, day(AUTUMN, '01:00-02:00'), true],
    ['the second 01:00 is not after 01:30', `${AUTUMN}T06:00:00Z`, 30, day(AUTUMN, '01:30-04:00'), false],
    [
      'from the first 01:45 to the second 01:15, the clock showing 01:59 between',
      `${AUTUMN}T05:45:00Z`,
      30,
      day(AUTUMN, '01:00-01:50'),
      false,
    ],
    ['the same when those hours are wanted', `${AUTUMN}T05:45:00Z`, 30, day(AUTUMN, '00:00-03:00'), true],
    ['all of a day of 25 hours', `${AUTUMN}T04:00:00Z`, 25 * 60, day(AUTUMN), true],
    ['a minute more', `${AUTUMN}T04:00:00Z`, 25 * 60 + 1, day(AUTUMN), false],
    ['the first hour of that day', `${AUTUMN}T04:00:00Z`, 60, day(AUTUMN, '00:00-01:00'), true],
  ])('%s', (_name, startsAt, minutes, window, inside) => {
    expect(isInside(startsAt, minutes, window, 'America/New_York')).toBe(inside);
  });
});

test('Phoenix keeps its clocks: 07:00 is 14:00 in UTC all year', () => {
  for (const date of ['2027-03-13', '2027-03-14', '2027-03-15', '2026-11-01', '2026-12-07', '2027-07-01']) {
    expect(isInside(`${date}T14:00:00Z`, 60, day(date, '07:00-08:00'), 'America/Phoenix')).toBe(true);
    expect(isInside(`${date}T13:59:00Z`, 60, day(date, '07:00-08:00'), 'America/Phoenix')).toBe(false);
  }
});

describe('the zone', () => {
  const slot = slotAt('2026-12-07T12:00:00Z', 60);
  const window = day('2026-12-07', '07:00-08:00');

  test('is the slot’s own before any other', () => {
    expect(slotsInWindows([slot], [window], 'Europe/Berlin')).toHaveLength(1);
  });
  test('is the fallback where the slot has none, or none that is known', () => {
    for (const timezone of [null, 'Mars/Olympus']) {
      expect(slotsInWindows([{ ...slot, timezone }], [window], 'America/New_York')).toHaveLength(1);
      expect(slotsInWindows([{ ...slot, timezone }], [window], 'Europe/Berlin')).toHaveLength(0);
    }
  });
  test('is asked for where nobody knows it', () => {
    const choose = (): unknown => slotsInWindows([{ ...slot, timezone: null }], [window], null);
    expect(choose).toThrow(Failure);
    expect(choose).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        facts: expect.objectContaining({ field: 'timezone' }) as unknown,
      }),
    );
  });
  test.each([
    ['America/New_York', true],
    ['UTC', true],
    ['+05:00', false],
    ['Mars/Olympus', false],
    ['', false],
  ])('%p: %s', (name, known) => {
    expect(isZone(name)).toBe(known);
  });
});

describe('daysOf', () => {
  test.each<[name: string, windows: SlotWindow[], days: [string, string][]]>([
    ['nothing', [], []],
    ['one', [day('2026-12-07')], [['2026-12-07', '2026-12-07']]],
    [
      'overlapping',
      [
        { from: '2026-12-09', to: '2026-12-12' },
        { from: '2026-12-07', to: '2026-12-10' },
      ],
      [['2026-12-07', '2026-12-12']],
    ],
    ['touching', [day('2026-12-08'), day('2026-12-07')], [['2026-12-07', '2026-12-08']]],
    [
      'one inside another',
      [{ from: '2026-12-01', to: '2026-12-31' }, day('2026-12-07')],
      [['2026-12-01', '2026-12-31']],
    ],
    [
      'apart',
      [day('2026-12-09'), day('2026-12-07')],
      [
        ['2026-12-07', '2026-12-07'],
        ['2026-12-09', '2026-12-09'],
      ],
    ],
    ['over a year’s end', [day('2027-01-01'), day('2026-12-31')], [['2026-12-31', '2027-01-01']]],
    [
      'cut down to the wanted weekdays',
      [{ from: '2026-12-05', to: '2026-12-13', days: ['wed', 'mon'] }],
      [['2026-12-07', '2026-12-09']],
    ],
    ['no wanted weekday in it', [{ from: '2026-12-07', to: '2026-12-08', days: ['sun'] }], []],
  ])('%s', (_name, windows, days) => {
    expect(daysOf(windows)).toEqual(days.map(([from, to]) => ({ from, to })));
  });

  test('covers every slot that a window takes, in ranges that lie apart', () => {
    const windows = fc.array(
      fc
        .record({ start: fc.integer({ min: 0, max: 60 }), length: fc.integer({ min: 0, max: 12 }) })
        .map(({ start, length }) => ({
          from: localDay(new Date(Date.UTC(2026, 11, 1 + start)), 'UTC'),
          to: localDay(new Date(Date.UTC(2026, 11, 1 + start + length)), 'UTC'),
        })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(windows, fc.integer({ min: 0, max: 24 * 75 }), (some, hour) => {
        const slot = slotAt(new Date(Date.UTC(2026, 11, 1, hour)).toISOString());
        const ranges = daysOf(some);
        if (slotsInWindows([slot], some, null).length > 0) {
          const local = localDay(new Date(slot.startsAt), 'America/New_York');
          expect(ranges.some(({ from, to }) => from <= local && local <= to)).toBe(true);
        }
        expect(daysOf(ranges)).toEqual(ranges);
      }),
    );
  });
});

test.each<[window: SlotWindow, zone: string, end: string | null]>([
  [day('2026-12-07', '07:00-11:00'), 'America/New_York', '2026-12-07T16:00:00.000Z'],
  [day('2026-12-07'), 'America/New_York', '2026-12-08T05:00:00.000Z'],
  [day('2026-10-31'), 'America/New_York', '2026-11-01T04:00:00.000Z'],
  [day('2026-11-01'), 'America/New_York', '2026-11-02T05:00:00.000Z'],
  [{ from: '2026-12-07', to: '2026-12-13', days: ['tue'] }, 'UTC', '2026-12-09T00:00:00.000Z'],
  [{ from: '2026-12-07', to: '2026-12-07', days: ['tue'] }, 'UTC', null],
])('windowEnd %#', (window, zone, end) => {
  expect(windowEnd(window, zone)?.toISOString() ?? null).toBe(end);
});

test.each([
  ['17:00 in Phoenix, the next day in UTC', '2026-12-08T00:00:00Z', 'America/Phoenix'],
  ['the first hour at +14', '2026-12-07T10:30:00Z', 'Pacific/Kiritimati'],
  ['the last hour at -11', '2026-12-08T10:30:00Z', 'Pacific/Pago_Pago'],
  ['the last hour at -12', '2026-12-08T11:30:00Z', 'Etc/GMT+12'],
  ['the hour that the clocks repeat', '2026-11-01T05:30:00Z', 'America/New_York'],
  ['the last day of a year', '2027-01-01T02:00:00Z', 'America/New_York'],
])('the days around %s hold its day there', (_when, instant, zone) => {
  const { from, to } = daysAround(new Date(instant));
  const day = localDay(new Date(instant), zone);
  expect(from <= day && day <= to).toBe(true);
  expect(addDays(from, 2)).toBe(to);
});
