import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readJson } from '../../src/cli/request-file';
import { PLACED_AT_HOME } from '../booking/requests';
import { STARTED } from './views';
import { runCli } from './world';

/** Files and words of the command line: read as they were written, or refused where they are no text. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'door-'));
});
afterAll(() => rm(folder, { recursive: true }));

const TEXT = '{\n  "notes": "Müller"\n}';
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const stdin = (bytes: Buffer) => ({ stdin: Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]) });

async function written(bytes: Buffer): Promise<string> {
  const file = join(folder, 'request.json');
  await writeFile(file, bytes);
  return file;
}

test.each<[string, Buffer]>([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16 with a mark', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
  ['UTF-16 with the other mark', utf16be(`\uFEFF${TEXT}`)],
])('a file in %s is read, and so is standard input', async (_name, bytes) => {
  expect(await readJson(stdin(bytes), '-')).toEqual({ notes: 'Müller' });
  expect(await readJson(stdin(bytes), await written(bytes))).toEqual({ notes: 'Müller' });
});

test.each<[string, Buffer, RegExp]>([
  ['Windows-1252', Buffer.from(TEXT, 'latin1'), /Line 2: Byte 16 is FC.*Windows-1252.*UTF-8/],
  ['UTF-16 without a mark', Buffer.from('{"a": 1}', 'utf16le'), /Byte 2 is 00.*UTF-16/],
  ['UTF-16 without a mark, not only ASCII', Buffer.from(TEXT, 'utf16le'), /Byte 2 is 00.*UTF-16/],
  ['UTF-32', Buffer.from('fffe00007b000000', 'hex'), /UTF-32/],
])('a file in %s is refused with the byte, and nothing is started', async (_name, bytes, words) => {
  const { code, err, connected } = await runCli(['book', await written(bytes)]);
  expect([code, connected]).toEqual([2, 0]);
  expect(err).toMatch(words);
  expect(err).toContain('nothing was started');
  expect(err).not.toMatch(/ller|\uFFFD/);
});

test('a request with null and blanks in it is started', async () => {
  const request = { ...PLACED_AT_HOME, windows: [{ from: '+4d', to: '+9d', days: null }], notes: null };
  const file = await written(Buffer.from(JSON.stringify(request)));
  const start = jest.fn(() => Promise.resolve({ booking: STARTED, created: true }));
  expect((await runCli(['book', file, '--no-wait'], { bookings: { start } })).code).toBe(0);
  expect(start).toHaveBeenCalled();
});

test.each([
  [['cancel', 'b', '--reason', 'M\uFFFDller'], /Word 4 .*not UTF-8/],
  [['cancel', 'b', '--reason', 'a\uD83D'], /Word 4 .*not UTF-8/],
  [['list', '--reference', '\uFFFD'], /Word 3 .*not UTF-8/],
  [['cancel', 'b', '--reason', 'a\u0007b'], /control characters/],
  [['resolve', 'b', 'end', '--why', '\u200B '], /not be empty/],
])('%j is refused before anything is sent', async (argv, words) => {
  const { code, err, connected } = await runCli(argv);
  expect([code, connected]).toEqual([2, 0]);
  expect(err).toMatch(words);
});

test('a move to days from today goes to the booking as it was typed', async () => {
  const reschedule = jest.fn(() => Promise.resolve(STARTED));
  const { code } = await runCli(['reschedule', 'b', '--from', '+4d', '--to', '+6d'], {
    bookings: { reschedule },
  });
  expect(code).toBe(0);
  expect(reschedule).toHaveBeenCalledWith(
    'b',
    expect.objectContaining({ windows: [{ from: '+4d', to: '+6d' }] }),
  );
});
