import { existsSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ConfigError } from '../../src/config';
import { loadKeys, makeKeys } from '../../src/temporal/keys';

function freshDir(): string {
  return join(mkdtempSync(join(tmpdir(), 'booking-saga-keys-')), 'data');
}

const none = { encryptionKeys: [], idKey: null };

function made(dataDir: string): ReturnType<typeof loadKeys> {
  makeKeys({ dataDir, ...none });
  return loadKeys({ dataDir, ...none });
}

test('whoever makes no keys and finds none is told which settings to give, and leaves no file', () => {
  const dataDir = freshDir();
  expect(() => loadKeys({ dataDir, ...none })).toThrow(ConfigError);
  expect(() => loadKeys({ dataDir, ...none })).toThrow(
    /^BOOKING_ENCRYPTION_KEYS: .*BOOKING_ID_KEY.*BOOKING_DATA_DIR/,
  );
  expect(existsSync(dataDir)).toBe(false);
  const encryptionKeys = [{ id: 'k', key: Buffer.alloc(32, 3) }];
  expect(() => loadKeys({ dataDir, encryptionKeys, idKey: null })).toThrow(/^BOOKING_ID_KEY: /);
});

test('keys are made once, for their owner only, and kept', () => {
  const dataDir = freshDir();
  const keys = made(dataDir);
  expect(keys.encryptionKeys).toHaveLength(1);
  expect(keys.idKey.equals(keys.encryptionKeys[0]?.key ?? Buffer.alloc(0))).toBe(false);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(readdirSync(dataDir).sort()).toEqual(['encryption.key', 'id.key']);
  for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
  expect(made(dataDir)).toEqual(keys);
});

test('a made key has its own id, so that another machine is told of a wrong key', () => {
  const ids = [freshDir(), freshDir()].map((dataDir) => made(dataDir).encryptionKeys[0]?.id);
  expect(ids[0]).toMatch(/^file-[0-9a-f]{12}$/);
  expect(ids[0]).not.toBe(ids[1]);
});

test('keys that are set are taken, and no file is made', () => {
  const dataDir = freshDir();
  const encryptionKeys = [{ id: 'k', key: Buffer.alloc(32, 3) }];
  const idKey = Buffer.alloc(32, 4);
  makeKeys({ dataDir, encryptionKeys, idKey });
  expect(loadKeys({ dataDir, encryptionKeys, idKey })).toEqual({ encryptionKeys, idKey });
  expect(() => statSync(dataDir)).toThrow(/ENOENT/);
});

test('a key file that holds no key is refused by its name', () => {
  const dataDir = freshDir();
  made(dataDir);
  writeFileSync(join(dataDir, 'id.key'), 'too short');
  expect(() => loadKeys({ dataDir, ...none })).toThrow(ConfigError);
  expect(() => loadKeys({ dataDir, ...none })).toThrow(/id\.key: must hold 32 bytes/);
});

test('processes that start at once get the same keys', async () => {
  const dataDir = freshDir();
  const script = `
    require('tsx/cjs');
    const { loadKeys, makeKeys } = require(${JSON.stringify(require.resolve('../../src/temporal/keys'))});
    const settings = { dataDir: ${JSON.stringify(dataDir)}, encryptionKeys: [], idKey: null };
    makeKeys(settings);
    const keys = loadKeys(settings);
    require('node:worker_threads').parentPort.postMessage(keys.encryptionKeys[0].id + keys.idKey.toString('hex'));
  `;
  const seen = await Promise.all([1, 2, 3, 4].map(() => answerOf(script)));
  expect(new Set(seen).size).toBe(1);
  expect(readdirSync(dataDir).sort()).toEqual(['encryption.key', 'id.key']);
});

function answerOf(script: string): Promise<string> {
  return new Promise((done, failed) => {
    const thread = new Worker(script, { eval: true });
    thread.once('message', done);
    thread.once('error', failed);
  });
}
