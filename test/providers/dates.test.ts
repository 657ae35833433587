import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { httpDate, retryAfterMs } from '../../src/providers/http-date';

/** When the headers are read. */
const NOW = Date.UTC(2026, 9, 21, 7, 28);

test.each<[string, number]>([
  ['Sun, 06 Nov 1994 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
  ['Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
  ['Sun Nov  6 08:49:37 1994', Date.UTC(1994, 10, 6, 8, 49, 37)],
  ['Wed Oct 21 07:28:30 2026', Date.UTC(2026, 9, 21, 7, 28, 30)],
  ['Wednesday, 21-Oct-26 07:28:30 GMT', Date.UTC(2026, 9, 21, 7, 28, 30)],
  ['Wed, 21 Oct 2026 07:28:30 GMT', Date.UTC(2026, 9, 21, 7, 28, 30)],
  ['Thu, 29 Feb 2024 23:59:59 GMT', Date.UTC(2024, 1, 29, 23, 59, 59)],
  ['Tue, 30 Jun 2015 23:59:60 GMT', Date.UTC(2015, 6, 1)],
  ['Mon, 01 Jan 0001 00:00:00 GMT', Date.parse('0001-01-01T00:00:00Z')],
  // A year of two digits is at most 50 years ahead.
  ['Wednesday, 21-Oct-76 07:28:30 GMT', Date.UTC(2076, 9, 21, 7, 28, 30)],
  ['Friday, 21-Oct-77 07:28:30 GMT', Date.UTC(1977, 9, 21, 7, 28, 30)],
  ['Saturday, 21-Oct-00 07:28:30 GMT', Date.UTC(2000, 9, 21, 7, 28, 30)],
])('%p is an HTTP date', (text, expected) => {
  expect(httpDate(text, NOW)).toBe(expected);
});

test.each([
  '',
  '0',
  '2026-10-21',
  '2026-10-21T07:28:30Z',
  'Wed, 21 Oct 2026 07:28:30',
  'Wed, 21 Oct 2026 07:28:30 UTC',
  'Wed, 21 Oct 2026 07:28:30 +0000',
  'Wed, 21 Oct 2026 07:28:30 EST',
  'Wed, 21 Oct 26 07:28:30 GMT',
  'Wed, 21-Oct-2026 07:28:30 GMT',
  'Wed, 31 Feb 2026 07:28:30 GMT',
  'Wed, 00 Oct 2026 07:28:30 GMT',
  'Wed, 21 Oct 2026 24:00:00 GMT',
  'Wed, 21 Oct 2026 07:60:00 GMT',
  'Xyz, 21 Oct 2026 07:28:30 GMT',
  'Wed, 21 Okt 2026 07:28:30 GMT',
  'Oct 21, 2026 07:28:30',
  '10/21/2026 07:28:30',
  ' Wed, 21 Oct 2026 07:28:30 GMT',
  'Wed, 21 Oct 2026 07:28:30 GMT, Wed, 21 Oct 2026 07:28:30 GMT',
])('%p is none', (text) => {
  expect(httpDate(text, NOW)).toBeNull();
});

test.each<[string | null, number | undefined]>([
  ['30', 30_000],
  [' 0 ', undefined],
  ['00120', 120_000],
  ['30.5', 30_500],
  ['0.0001', 1],
  ['-30', undefined],
  ['+30', undefined],
  ['1e3', undefined],
  ['30s', undefined],
  ['0x10', undefined],
  ['30, 60', 60_000],
  ['30, soon', undefined],
  ['999999999', 3_600_000],
  ['9'.repeat(400), 3_600_000],
  ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
  ['Wednesday, 21-Oct-26 07:28:30 GMT', 30_000],
  ['Wed Oct 21 07:28:30 2026', 30_000],
  ['Wed, 21 Oct 2026 07:27:00 GMT', undefined],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
  ['2026-10-21T07:28:30Z', undefined],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After %p is %p ms', (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});

test.each(['America/Phoenix', 'Asia/Kolkata', 'UTC'])('all forms are in GMT where TZ is %s', async (zone) => {
  const forms = [
    'Wed, 21 Oct 2026 07:28:30 GMT',
    'Wednesday, 21-Oct-26 07:28:30 GMT',
    'Wed Oct 21 07:28:30 2026',
  ];
  const script = `
    const { httpDate } = require('./src/providers/http-date');
    const read = ${JSON.stringify(forms)}.map((form) => httpDate(form, ${NOW}) - ${NOW});
    console.log(JSON.stringify([...read, new Date(2026, 0, 1).getTimezoneOffset()]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', 'tsx/cjs', '-e', script], {
    env: { ...process.env, TZ: zone },
  });
  const offsets: Record<string, number> = { 'America/Phoenix': 420, 'Asia/Kolkata': -330, UTC: 0 };
  expect(JSON.parse(stdout)).toEqual([30_000, 30_000, 30_000, (offsets[zone] ?? 0) + 0]);
});
