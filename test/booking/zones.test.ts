import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import moment from 'moment-timezone';
import { slotDay, slotsInWindows } from '../../src/booking/windows';
import { zoneDataWarning } from '../../src/booking/zone-age';
import { hasRules, offsetAt, stretchesOf, ZONE_DATA_VERSION, zoneNames } from '../../src/booking/zone-data';
import { instantOf, isZone, luxonZone, zoneOnWire, zoneWord } from '../../src/booking/zones';
import { requestErrors } from '../../src/booking/schema/check-request';
import { NOW, OLIVER } from './requests';
import { slotAt } from './slots';

const names = zoneNames();
const anyZone = fc.constantFrom(...names);
const between = (from: string, to: string) => fc.integer({ min: Date.parse(from), max: Date.parse(to) });

describe('the data', () => {
  test('says what the package itself says of it', () => {
    fc.assert(
      fc.property(anyZone, between('1970-01-01', '2037-12-31'), (name, ms) => {
        expect(offsetAt(name, ms)).toBeCloseTo(0 - (moment.tz.zone(name)?.utcOffset(ms) ?? NaN), 6);
      }),
      { numRuns: 2_000 },
    );
    expect(ZONE_DATA_VERSION).toBe((moment.tz as unknown as { dataVersion: string }).dataVersion);
  });

  // A Node of this project's oldest kind has the data of 2023.
  test('agrees with this Node’s own for the years that both know', () => {
    const inBoth = names.filter((name) => IANAZone.isValidZone(name));
    expect(inBoth.length).toBeGreaterThan(500);
    fc.assert(
      fc.property(fc.constantFrom(...inBoth), between('2000-01-01', '2022-06-30'), (name, ms) => {
        expect([name, offsetAt(name, ms)]).toEqual([name, IANAZone.create(name).offset(ms)]);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    ['America/Vancouver', '2026-12-07T12:00:00Z', -420],
    ['America/Vancouver', '2026-07-07T12:00:00Z', -420],
    ['America/Edmonton', '2026-12-07T12:00:00Z', -360],
    ['America/Edmonton', '2026-07-07T12:00:00Z', -360],
    ['America/New_York', '2026-12-07T12:00:00Z', -300],
    ['Asia/Kolkata', '2026-12-07T12:00:00Z', 330],
    ['Asia/Calcutta', '2026-12-07T12:00:00Z', 330],
    ['UTC', '2026-12-07T12:00:00Z', 0],
  ])('%s at %s is %d minutes from UTC', (name, time, offset) => {
    expect(offsetAt(name, Date.parse(time))).toBe(offset);
  });

  // Some places follow the moon, which no rule of the last years tells.
  const byTheSun = ['America/New_York', 'Europe/Berlin', 'Australia/Sydney', 'Asia/Tokyo', 'America/Phoenix'];
  test('goes on after its end by the rules of its last years', () => {
    fc.assert(
      fc.property(fc.constantFrom(...byTheSun), between('2038-01-01', '2200-12-31'), (name, ms) => {
        expect([name, offsetAt(name, ms)]).toEqual([name, IANAZone.create(name).offset(ms)]);
      }),
    );
    expect(offsetAt('America/Vancouver', Date.parse('2050-01-01'))).toBe(-420);
  });

  test('stretches cover a time without gaps, each by one offset', () => {
    fc.assert(
      fc.property(
        anyZone,
        between('2000-01-01', '2199-01-01'),
        fc.integer({ min: 1, max: 400 }),
        (name, from, days) => {
          const until = from + days * 86_400_000;
          let next = from;
          for (const { fromMs, untilMs, offsetMin } of stretchesOf(name, from, until)) {
            expect(fromMs).toBe(next);
            expect([offsetAt(name, fromMs), offsetAt(name, untilMs - 1)]).toEqual([offsetMin, offsetMin]);
            next = untilMs;
          }
          expect(next).toBe(until);
        },
      ),
    );
  });

  test('has nothing for a zone that there is not', () => {
    expect(hasRules('Mars/Olympus')).toBe(false);
    expect(() => offsetAt('Mars/Olympus', 0)).toThrow(RangeError);
    expect(() => luxonZone('Mars/Olympus')).toThrow(RangeError);
  });
});

describe('Luxon with a zone of ours', () => {
  const zones = [
    'America/New_York',
    'Europe/Berlin',
    'America/Havana',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  ];
  test('reads and shows what it does with its own', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), between('2000-01-01', '2025-06-30'), (name, ms) => {
        const shown = (zone: string | ReturnType<typeof luxonZone>) => {
          const time = DateTime.fromMillis(ms, { zone, locale: 'en-US' });
          const wall = DateTime.fromISO(new Date(ms).toISOString().slice(0, 16), { zone });
          return [time.toISO(), time.toFormat('ccc d LLL yyyy, HH:mm ZZ'), time.zoneName, wall.toMillis()];
        };
        expect(shown(luxonZone(name))).toEqual(shown(name));
      }),
    );
  });

  test('a wall time in a gap is later by the gap, and of two it is the first', () => {
    const at = (wall: string) =>
      new Date(instantOf(Date.parse(`${wall}Z`), 'America/New_York')).toISOString();
    expect(at('2027-03-14T02:30')).toBe('2027-03-14T07:30:00.000Z');
    expect(at('2026-11-01T01:30')).toBe('2026-11-01T05:30:00.000Z');
    expect(at('2026-11-01T02:00')).toBe('2026-11-01T07:00:00.000Z');
    expect(at('2026-12-07T16:00')).toBe('2026-12-07T21:00:00.000Z');
  });
});

describe('a zone in settings and requests', () => {
  test.each([
    ...[
      'America/New_York',
      'America/Argentina/Buenos_Aires',
      'Asia/Kolkata',
      'Asia/Calcutta',
      'Europe/Kyiv',
      'UTC',
    ],
    ...[
      'US/Eastern',
      'Canada/Pacific',
      'Brazil/East',
      'Etc/UTC',
      'Antarctica/McMurdo',
      'Arctic/Longyearbyen',
    ],
  ])('may be %s', (name) => {
    expect(isZone(name)).toBe(true);
  });
  test.each([
    ...[
      'AST',
      'BST',
      'IST',
      'CST',
      'EST',
      'MST',
      'PST',
      'HST',
      'JST',
      'PST8PDT',
      'EST5EDT',
      'CET',
      'GMT',
      'GMT0',
    ],
    ...[
      'GMT+0',
      'Zulu',
      'UCT',
      'Universal',
      'Greenwich',
      'Japan',
      'Cuba',
      'GB',
      'NZ',
      'Etc/GMT+5',
      'Etc/GMT',
      'Etc/Zulu',
    ],
    ...[
      'localtime',
      'local',
      'system',
      'posixrules',
      'Factory',
      'posix/America/Phoenix',
      'right/America/Phoenix',
    ],
    ...['SystemV/PST8PDT', 'america/phoenix', 'AMERICA/PHOENIX', 'America/phoenix'],
    ...[
      'America/New York',
      'America',
      'America/',
      '/',
      'utc',
      'Utc',
      'Z',
      '+05:00',
      '-07:00',
      'UTC+5',
      '',
      'Mars/Olympus',
    ],
    ...['constructor', '__proto__'],
  ])('may not be %p', (name) => {
    expect(isZone(name)).toBe(false);
    expect(requestErrors({ ...OLIVER, timezone: name }, { now: NOW })).toMatchObject([{ field: 'timezone' }]);
  });

  test.each([' America/Phoenix', 'America/Phoenix '])(
    '%p is one in a request alone, which is trimmed',
    (name) => {
      expect(isZone(name)).toBe(false);
      expect(requestErrors({ ...OLIVER, timezone: name }, { now: NOW })).toEqual([]);
    },
  );

  test('is every such name of the data, and no name of this machine alone', () => {
    expect(names.filter(isZone).length).toBeGreaterThan(450);
    expect(Intl.supportedValuesOf('timeZone').filter((name) => name.includes('/') && !isZone(name))).toEqual(
      [],
    );
  });
  test('is refused with what is right', () => {
    const [error] = requestErrors({ ...OLIVER, timezone: 'america/phoenix' }, { now: NOW });
    expect(error?.hint).toMatch(/Area\/City.*exact spelling.*America\/New_York.*UTC/);
    expect(error?.hint).not.toContain('phoenix');
  });
});

describe('a zone that a provider sends', () => {
  test.each([
    ['America/Phoenix', 'America/Phoenix'],
    [' america/phoenix ', 'America/Phoenix'],
    ['AMERICA/NEW_YORK', 'America/New_York'],
    ['America/New York', 'America/New_York'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
    ['US/Pacific', 'US/Pacific'],
    ['EST5EDT', 'EST5EDT'],
    ['pst8pdt', 'PST8PDT'],
    ['Japan', 'Japan'],
    ['utc', 'UTC'],
    ['Zulu', 'Zulu'],
  ])('%p is %s', (given, zone) => {
    expect(zoneOnWire(given)).toBe(zone);
    expect(hasRules(zone)).toBe(true);
  });
  test.each([
    ...[
      'AST',
      'BST',
      'IST',
      'CST',
      'EST',
      'MST',
      'HST',
      'GMT',
      'CET',
      'Etc/GMT+5',
      'GMT+5',
      'localtime',
      'Eastern',
    ],
    ...['', '  ', '-07:00', 'Mars/Olympus', 'constructor', null, undefined],
  ])('%p may be several, or none', (given) => {
    expect(zoneOnWire(given)).toBeNull();
  });
  test.each([
    ['mst', 'MST'],
    [' PDT ', 'PDT'],
    ['AEST', 'AEST'],
    ['etc/gmt+5', 'Etc/GMT+5'],
    ['america/new york', 'America/New_York'],
  ])('%p is the zone data’s word %s', (given, word) => {
    expect(zoneWord(given)).toBe(word);
  });
  test.each(['Ana', 'Ana_Reyes', '-07', '+03', 'constructor', '', null, undefined])(
    '%p is no word of the zone data',
    (given) => {
      expect(zoneWord(given)).toBeNull();
    },
  );
  test('that may be several leaves it to the request’s or account’s', () => {
    const slot = slotAt('2026-12-07T12:00:00Z', 60, { timezone: 'BST' });
    const window = { from: '2026-12-07', to: '2026-12-07', hours: '07:00-08:00' };
    expect(slotsInWindows([slot], [window], 'America/New_York')).toHaveLength(1);
  });
});

describe('a slot whose offset contradicts its zone', () => {
  const window = { from: '2026-12-07', to: '2026-12-07', hours: '16:00-17:00' };
  const wanted = (startsAt: string, offsets?: { startsAt: string; endsAt: string }) =>
    slotsInWindows([slotAt(startsAt, 60, { timezone: 'America/Phoenix', offsets })], [window], null).length;
  test('is at the wall time that the provider wrote', () => {
    const offsets = { startsAt: '-06:00', endsAt: '-06:00' };
    expect(wanted('2026-12-07T22:00:00Z', offsets)).toBe(1);
    expect(wanted('2026-12-07T23:00:00Z', offsets)).toBe(0);
    expect(wanted('2026-12-07T23:00:00Z')).toBe(1);
  });
  test('is on the day that the provider wrote', () => {
    const slot = slotAt('2026-12-08T05:30:00Z', 60, { timezone: 'America/Phoenix' });
    const offsets = { startsAt: '-05:00', endsAt: '-05:00' };
    expect([slotDay(slot, null), slotDay({ ...slot, offsets }, null)]).toEqual(['2026-12-07', '2026-12-08']);
  });
  test('must be inside by both clocks where start and end were written by two', () => {
    expect(wanted('2026-12-07T22:00:00Z', { startsAt: '-06:00', endsAt: '-07:00' })).toBe(0);
    const wide = { ...window, hours: '15:00-17:00' };
    const slot = slotAt('2026-12-07T22:00:00Z', 60, {
      timezone: 'America/Phoenix',
      offsets: { startsAt: '-06:00', endsAt: '-07:00' },
    });
    expect(slotsInWindows([slot], [wide], null)).toHaveLength(1);
  });
});

test('a 16:00 wish in British Columbia and Alberta is 16:00 there since 2026', () => {
  const window = { from: '2026-12-07', to: '2026-12-07', hours: '16:00-17:00' };
  for (const [timezone, startsAt] of [
    ['America/Vancouver', '2026-12-07T23:00:00Z'],
    ['America/Edmonton', '2026-12-07T22:00:00Z'],
  ] as const) {
    expect(slotsInWindows([slotAt(startsAt, 60, { timezone })], [window], null)).toHaveLength(1);
  }
});

test.each([
  ['2026f', '2026-12-31T00:00:00Z', false],
  ['2026f', '2027-06-30T00:00:00Z', false],
  ['2026f', '2027-07-01T00:00:00Z', true],
  ['2024a', '2026-01-01T00:00:00Z', true],
  ['2026aa', '2027-01-01T00:00:00Z', false],
  ['unknown', '2026-01-01T00:00:00Z', true],
])('data of %s is old at %s: %p', (version, now, isOld) => {
  expect(zoneDataWarning(new Date(now), version) !== null).toBe(isOld);
});

test('the zone of the machine has no part in it', () => {
  const script = `
    const { utc } = require('./src/providers/junction/times');
    const oliver = require('./src/providers/oliver/times');
    const { localDay, windowEnd } = require('./src/booking/windows');
    const { momentText } = require('./src/cli/format/times');
    process.stdout.write(JSON.stringify([
      utc('2026-12-07 16:00:00'), utc('2026-12-07'), utc('2026-12-07T16:00:00-07'),
      oliver.utc('2026-12-07 16:00', 'America/Chicago'), oliver.startOfDay('2026-12-07', 'America/Chicago'),
      localDay(new Date('2026-12-07T16:00:00Z'), 'America/Vancouver'),
      windowEnd({ from: '2026-12-07', to: '2026-12-07', hours: '16:00-17:00' }, 'America/Vancouver'),
      momentText('2026-12-07T16:00:00Z'),
    ]));`;
  const root = join(__dirname, '../..');
  const under = (TZ: string) =>
    execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
      cwd: root,
      env: { ...process.env, TZ },
      encoding: 'utf8',
    });
  const tokyo = under('Asia/Tokyo');
  expect(JSON.parse(tokyo)).toEqual([
    '2026-12-07T16:00:00.000Z',
    '2026-12-07T00:00:00.000Z',
    '2026-12-07T23:00:00.000Z',
    '2026-12-07T22:00:00.000Z',
    Date.parse('2026-12-07T06:00:00Z'),
    '2026-12-07',
    '2026-12-08T00:00:00.000Z',
    'Mon 7 Dec 2026, 16:00 UTC',
  ]);
  expect(under('America/St_Johns')).toBe(tokyo);
});
