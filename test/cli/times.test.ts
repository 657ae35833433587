import { clockText, momentText, spanText } from '../../src/cli/format/times';

describe('spanText', () => {
  it.each([
    [
      '2026-12-07T16:00:00Z',
      '2026-12-07T18:00:00Z',
      'America/Phoenix',
      'Mon 7 Dec 2026, 09:00–11:00 America/Phoenix (UTC-07:00)',
    ],
    [
      '2026-07-06T16:00:00Z',
      '2026-07-06T18:00:00Z',
      'America/New_York',
      'Mon 6 Jul 2026, 12:00–14:00 America/New_York (UTC-04:00)',
    ],
    ['2026-12-07T16:00:00Z', '2026-12-07T18:00:00Z', null, 'Mon 7 Dec 2026, 16:00–18:00 UTC'],
    ['2026-12-07T16:00:00Z', '2026-12-07T18:00:00Z', 'Mars/Olympus', 'Mon 7 Dec 2026, 16:00–18:00 UTC'],
    ['2026-12-07T16:00:00Z', null, 'America/Phoenix', 'Mon 7 Dec 2026, 09:00 America/Phoenix (UTC-07:00)'],
    // The clocks go back in the middle of it: both offsets are told.
    [
      '2026-11-01T05:00:00Z',
      '2026-11-01T07:00:00Z',
      'America/New_York',
      'Sun 1 Nov 2026, 01:00 America/New_York (UTC-04:00) – Sun 1 Nov 2026, 02:00 America/New_York (UTC-05:00)',
    ],
    [
      '2026-12-07T23:00:00Z',
      '2026-12-08T01:00:00Z',
      null,
      'Mon 7 Dec 2026, 23:00 UTC – Tue 8 Dec 2026, 01:00 UTC',
    ],
    ['some day', null, null, 'some day'],
  ])('%s to %s in %s', (startsAt, endsAt, zone, expected) => {
    expect(spanText(startsAt, endsAt, zone)).toBe(expected);
  });
});

describe('an offset of the provider that contradicts the zone', () => {
  const [startsAt, endsAt] = ['2026-12-07T16:00:00.000Z', '2026-12-07T17:00:00.000Z'];
  const offsets = { startsAt: '-06:00', endsAt: '-06:00' };

  it('tells the clock at the place', () => {
    expect(spanText(startsAt, endsAt, 'America/Phoenix', offsets)).toBe(
      'Mon 7 Dec 2026, 10:00–11:00 America/Phoenix (UTC-06:00 by the provider)',
    );
    expect(spanText(startsAt, endsAt, 'UTC', offsets)).toBe(
      'Mon 7 Dec 2026, 10:00–11:00 UTC (UTC-06:00 by the provider)',
    );
  });
  it('may be another at the end', () => {
    expect(spanText(startsAt, endsAt, 'America/Phoenix', { ...offsets, endsAt: '-07:00' })).toBe(
      'Mon 7 Dec 2026, 10:00 America/Phoenix (UTC-06:00 by the provider) – ' +
        'Mon 7 Dec 2026, 10:00 America/Phoenix (UTC-07:00 by the provider)',
    );
  });
});

it('a place’s clock is by our zone data, also where this Node has an older rule', () => {
  expect(spanText('2026-12-07T23:00:00Z', '2026-12-08T00:00:00Z', 'America/Vancouver')).toBe(
    'Mon 7 Dec 2026, 16:00–17:00 America/Vancouver (UTC-07:00)',
  );
});

describe('momentText and clockText', () => {
  it('show what is no time as it came', () => {
    expect([momentText('soon'), clockText('soon')]).toEqual(['soon', 'soon']);
  });

  it('say so when a time is not known yet', () => {
    expect(momentText(null, 'America/Phoenix')).toBe('at a time to be named');
  });

  it('are in UTC when nothing else is said', () => {
    expect(momentText('2026-12-07T16:00:00+02:00')).toBe('Mon 7 Dec 2026, 14:00 UTC');
    expect(clockText('2026-12-07T16:00:09+02:00')).toBe('14:00:09Z');
  });
});
