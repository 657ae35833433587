import { DateTime } from 'luxon';
import { test } from '../case';
import { dayFromNow } from '../days';
import { searched, type Cases } from '../desk';

/** A place so far from UTC that its mornings are on another day there. */
export const farCases: Cases = (desk) => {
  test('days are days at the place, however far it is from UTC: their mornings are found', async () => {
    const { subject, hand } = desk();
    const zone = await hand.goFar();
    expect(Math.abs(DateTime.now().setZone(zone).offset)).toBeGreaterThanOrEqual(10 * 60);
    const [first, last] = twoWednesdays();
    const windows = [{ from: first, to: last, days: ['wed' as const], hours: '06:30-12:00' }];
    const slots = await searched(desk(), subject.request({ windows }));
    const starts = slots.map(({ startsAt }) => DateTime.fromISO(startsAt, { zone }));
    const days = starts.map((start) => start.toISODate()).sort();
    expect([days[0], days.at(-1)]).toEqual([first, last]);
    expect(starts.filter(({ hour }) => hour < 6 || hour >= 12)).toEqual([]);
  });
};

/** A Wednesday some days from now, and the next one: days on which everybody works. */
function twoWednesdays(): [string, string] {
  const isWednesday = (day: string): boolean => new Date(day).getUTCDay() === 3;
  const ahead = Array.from({ length: 7 }, (_, n) => n + 3).find((n) => isWednesday(dayFromNow(n))) ?? 3;
  return [dayFromNow(ahead), dayFromNow(ahead + 7)];
}
