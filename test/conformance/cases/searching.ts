import { DateTime } from 'luxon';
import { isZone } from '../../../src/booking/windows';
import { test } from '../case';
import { dayFromNow } from '../days';
import { final, refusal, searched, type Cases } from '../desk';

/** Searching: only what can be booked, wholly inside the windows, in the wall time of the place. */
export const searchCases: Cases = (desk) => {
  test('slots lie wholly inside the windows, each with a key of its own and a zone', async () => {
    const { subject } = desk();
    const days = { from: dayFromNow(3), to: dayFromNow(6) };
    const slots = await searched(desk(), subject.request({ windows: [{ ...days, hours: '08:15-11:45' }] }));
    expect(slots.length).toBeGreaterThan(3);
    expect(new Set(slots.map(({ key }) => key)).size).toBe(slots.length);
    for (const { key, startsAt, endsAt, timezone } of slots) {
      expect(key).toMatch(/\S/);
      const zone = timezone ?? subject.timezone ?? '';
      expect(isZone(zone)).toBe(true);
      const [start, end] = [startsAt, endsAt].map((time) => DateTime.fromISO(time, { zone }));
      expect(startsAt).toMatch(UTC);
      expect(endsAt).toMatch(UTC);
      expect([days.from <= (start?.toISODate() ?? ''), (end?.toISODate() ?? '') <= days.to]).toEqual([
        true,
        true,
      ]);
      expect(start?.toFormat('HH:mm') ?? '').toMatch(/^(08:(1[5-9]|[2-5]\d)|09|10|11)/);
      expect((end?.toFormat('HH:mm') ?? '') <= '11:45').toBe(true);
    }
  });

  test('windows are searched to their last day, however much one call of the provider covers', async () => {
    // Eight hours of one weekday: no more slots than one search carries, and more than one, as some cannot be booked online.
    const windows = [
      { from: dayFromNow(2), to: dayFromNow(40), days: ['wed' as const], hours: '07:00-15:00' },
    ];
    const wednesdays = Array.from({ length: 39 }, (_, n) => dayFromNow(n + 2)).filter(
      (day) => new Date(day).getUTCDay() === 3,
    );
    const slots = await searched(desk(), desk().subject.request({ windows }), null, 10_000);
    expect(slots.filter(({ key }) => !key)).toEqual([]);
    const days = slots.map(({ startsAt }) => startsAt.slice(0, 10)).sort();
    expect([days[0] ?? '', days.at(-1) ?? '']).toEqual([wednesdays[0], wednesdays.at(-1)]);
  });

  test('no more slots come back than were asked for, and none twice', async () => {
    const some = await searched(desk(), desk().subject.request(), null, 3);
    expect(some).toHaveLength(3);
  });

  test('windows without slots are an empty answer and no failure', async () => {
    const windows = [{ from: dayFromNow(3), to: dayFromNow(5), hours: '02:00-03:00' }];
    expect(await searched(desk(), desk().subject.request({ windows }))).toEqual([]);
  });

  test('every way to name the place or the people finds slots, and one of them can be booked', async () => {
    for (const { request } of desk().subject.ways) {
      const trial = await desk().open(request);
      const { id } = await trial.held();
      expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { id } });
    }
    expect((await desk().hand.live()).appointments).toBe(desk().subject.ways.length);
  });

  test('what cannot be served is refused for what it is, and not tried again', async () => {
    const { hopeless } = desk().subject;
    expect(hopeless.length).toBeGreaterThan(0);
    for (const { what, request, code } of hopeless) {
      const seen = await refusal(searched(desk(), request));
      expect({ what, ...seen }).toEqual({ what, ...final(code) });
    }
  });
};

const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;
