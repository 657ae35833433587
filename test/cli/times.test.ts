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
