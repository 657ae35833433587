import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localApiKey } from '../../src/run/api-key';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'booking-saga-key-'));
});

afterEach(() => rmSync(dataDir, { recursive: true }));

test('a key is made once, for its owner only, and used again', () => {
  const made = localApiKey({ dataDir });
  expect(made.secret).toMatch(/^bsk_[\w-]{32}$/);
  expect(statSync(made.path).mode & 0o777).toBe(0o600);
  expect(localApiKey({ dataDir })).toEqual(made);
});

test('two data directories have two keys', () => {
  const other = localApiKey({ dataDir: join(dataDir, 'other') });
  expect(localApiKey({ dataDir }).secret).not.toBe(other.secret);
});

test.each([
  ['an empty file', ''],
  ['a short key', 'short'],
  ['words', 'this is not a key at all'],
])('%s is refused by name', (_what, text) => {
  writeFileSync(join(dataDir, 'api.key'), text);
  expect(() => localApiKey({ dataDir })).toThrow(`${join(dataDir, 'api.key')}: must hold a key`);
});
