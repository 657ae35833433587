import fc from 'fast-check';
import type { SlotWindow } from '../../src/booking/schema/request';
import { localDay, slotsInWindows, windowEnd } from '../../src/booking/windows';
import { firstInstant, lastInstant } from '../../src/booking/zones';
import { slotAt } from './slots';

const NEW_YORK = 'America/New_York';
const day = (date: string, hours?: string): SlotWindow => ({ from: date, to: date, hours });

function isWanted(startsAt: string, minutes: number, windows: SlotWindow[], timezone = NEW_YORK): boolean {
  return slotsInWindows([slotAt(startsAt, minutes, { timezone })], windows, null).length === 1;
}

describe('a slot from 23:30 to 00:30', () => {
  // From Monday, 7 December 2026, to Tuesday in New York.
  const SLOT = ['2026-12-08T04:30:00Z', 60] as const;
  const MON = '2026-12-07';
  const TUE = '2026-12-08';
  const range = (more: Partial<SlotWindow> = {}): SlotWindow => ({ from: MON, to: TUE, ...more });
  test.each<[name: string, windows: SlotWindow[], wanted: boolean]>([
    ['two days of one window', [range()], true],
    ['two weekdays of one window', [range({ days: ['mon', 'tue'] })], true],
    ['two windows', [day(TUE), day(MON)], true],
    ['windows of weekdays', [range({ days: ['mon'] }), range({ days: ['tue'] })], true],
    ['hours until 24:00 and a whole day', [day(MON, '20:00-24:00'), day(TUE)], true],
    ['hours until 24:00 and from 00:00', [day(MON, '20:00-24:00'), day(TUE, '00:00-06:00')], true],
    ['hours of all day', [range({ hours: '00:00-24:00' })], true],
    ['the first day only', [day(MON)], false],
    ['the second day only', [day(TUE)], false],
    ['one weekday of the range', [range({ days: ['mon'] })], false],
    ['hours that end before midnight', [day(MON, '20:00-23:59'), day(TUE)], false],
    ['hours that begin after it', [day(MON), day(TUE, '00:01-06:00')], false],
    ['hours that end too early the next day', [day(MON), day(TUE, '00:00-00:29')], false],
    ['days with one between', [day(MON), day('2026-12-09')], false],
  ])('%s: %#', (_name, windows, wanted) => {
    expect(isWanted(...SLOT, windows)).toBe(wanted);
  });

  test('two windows of one day do not join within it', () => {
    const windows = [day(MON, '07:00-09:00'), day(MON, '09:00-11:00')];
    expect(isWanted('2026-12-07T13:30:00Z', 60, windows)).toBe(false);
  });

  test('a slot over two midnights needs three days', () => {
    const three = { from: MON, to: '2026-12-09' };
    expect(isWanted('2026-12-08T04:30:00Z', 25 * 60, [three])).toBe(true);
    expect(isWanted('2026-12-08T04:30:00Z', 25 * 60, [day(MON), day('2026-12-09')])).toBe(false);
  });
});

describe('a day is midnight to midnight at its place', () => {
  // Days that the clocks make longer or shorter, some at midnight itself; when they begin and end.
  test.each([
    ['25 hours', NEW_YORK, '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ['23 hours', NEW_YORK, '2027-03-14', '2027-03-14T05:00:00Z', '2027-03-15T04:00:00Z'],
    [
      'without its midnight',
      'America/Sao_Paulo',
      '2018-11-04',
      '2018-11-04T03:00:00Z',
      '2018-11-05T02:00:00Z',
    ],
    ['before that', 'America/Sao_Paulo', '2018-11-03', '2018-11-03T03:00:00Z', '2018-11-04T03:00:00Z'],
    ['with 23:00 twice', 'America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00:00Z', '2018-02-18T03:00:00Z'],
    ['with midnight twice', 'America/Havana', '2024-11-03', '2024-11-03T04:00:00Z', '2024-11-04T05:00:00Z'],
    ['before that', 'America/Havana', '2024-11-02', '2024-11-02T04:00:00Z', '2024-11-03T04:00:00Z'],
    ['without its midnight', 'America/Havana', '2026-03-08', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z'],
    ['without its midnight', 'Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z'],
    ['with 23:00 twice', 'Africa/Cairo', '2026-10-29', '2026-10-28T21:00:00Z', '2026-10-29T22:00:00Z'],
    ['without its midnight', 'Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00Z', '2026-03-29T21:00:00Z'],
    [
      'without its midnight',
      'America/Asuncion',
      '2023-10-01',
      '2023-10-01T04:00:00Z',
      '2023-10-02T03:00:00Z',
    ],
    [
      'before a day that never was',
      'Pacific/Apia',
      '2011-12-29',
      '2011-12-29T10:00:00Z',
      '2011-12-30T10:00:00Z',
    ],
    ['after it', 'Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z'],
  ])('%s: %s, %s', (_what, zone, date, begins, ends) => {
    const wall = Date.parse(date);
    expect(new Date(firstInstant(wall, zone)).toISOString()).toBe(new Date(begins).toISOString());
    expect(windowEnd(day(date), zone)?.toISOString()).toBe(new Date(ends).toISOString());
    const minutes = (Date.parse(ends) - Date.parse(begins)) / 60_000;
    const all = (startsAt: number, length: number) =>
      isWanted(new Date(startsAt).toISOString(), length, [day(date)], zone);
    expect(all(Date.parse(begins), minutes)).toBe(true);
    expect(all(Date.parse(begins), minutes + 1)).toBe(false);
    expect(all(Date.parse(begins) - 60_000, minutes + 1)).toBe(false);
    expect(all(Date.parse(ends) - 60_000, 1)).toBe(true);
    expect(all(Date.parse(ends), 1)).toBe(false);
  });

  test('a day that never was has no moment', () => {
    const wall = Date.parse('2011-12-30');
    expect(firstInstant(wall, 'Pacific/Apia')).toBe(lastInstant(wall + 86_400_000, 'Pacific/Apia'));
  });

  test('over the day that never was the days beside it join', () => {
    const overIt = (windows: SlotWindow[]) => isWanted('2011-12-30T09:30:00Z', 60, windows, 'Pacific/Apia');
    expect(overIt([day('2011-12-29'), day('2011-12-31')])).toBe(true);
    expect(overIt([day('2011-12-29')])).toBe(false);
  });

  test('over the change at midnight both days are needed, and hours until 24:00 end at it', () => {
    const over = (minutes: number, windows: SlotWindow[]) =>
      isWanted('2018-11-04T02:30:00Z', minutes, windows, 'America/Sao_Paulo');
    expect(over(60, [{ from: '2018-11-03', to: '2018-11-04' }])).toBe(true);
    expect(over(60, [day('2018-11-03')])).toBe(false);
    expect(over(30, [day('2018-11-03')])).toBe(true);
    expect(over(30, [day('2018-11-03', '20:00-24:00')])).toBe(true);
  });

  test('what a window takes of whole days is what the clock shows, minute by minute', () => {
    const zones = fc.constantFrom(
      NEW_YORK,
      'America/Havana',
      'Africa/Cairo',
      'Australia/Lord_Howe',
      'Asia/Beirut',
    );
    const starts = fc.constantFrom(
      '2026-03-07',
      '2026-04-03',
      '2026-04-23',
      '2026-10-03',
      '2026-10-29',
      '2024-11-02',
      '2026-10-31',
    );
    const wantedDays = fc.subarray([0, 1, 2, 3]);
    fc.assert(
      fc.property(
        zones,
        starts,
        wantedDays,
        fc.integer({ min: -60, max: 4 * 96 }),
        fc.integer({ min: 1, max: 120 }),
        (zone, start, wanted, quarter, quarters) => {
          const days = wanted.map((n) => localDay(new Date(Date.parse(start) + n * 86_400_000), 'UTC'));
          const startMs = Date.parse(start) + quarter * 900_000;
          const shown = Array.from({ length: quarters * 15 }, (_, n) =>
            localDay(new Date(startMs + n * 60_000), zone),
          );
          expect(
            isWanted(
              new Date(startMs).toISOString(),
              quarters * 15,
              days.map((one) => day(one)),
              zone,
            ),
          ).toBe(shown.every((one) => days.includes(one)));
        },
      ),
    );
  });
});
