import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  forgetServer,
  recordedAddress,
  recordServer,
  runningServer,
} from '../../../src/temporal/server/embedded-record';

/** A process id that no system gives. */
const NO_PID = 2 ** 30;

let dataDir: string;
let path: string;
let server: ChildProcess;
let serverPid: number;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'booking-saga-record-'));
  path = join(dataDir, 'temporal.pid.json');
  // Its command is all that tells it from another process.
  const idle = 'setInterval(() => undefined, 60_000); process.stdout.write("up")';
  server = spawn(process.execPath, ['-e', idle, 'start-dev', join(dataDir, 'temporal.db')]);
  await once(server, 'spawn');
  serverPid = server.pid ?? NO_PID;
});

afterAll(async () => {
  server.kill('SIGKILL');
  await once(server, 'exit');
});

function write(record: object): void {
  writeFileSync(path, JSON.stringify({ address: '127.0.0.1:1', uiPort: null, ...record }));
}

test('a server whose parent is gone is found', async () => {
  write({ pid: serverPid, parentPid: NO_PID });
  await expect(runningServer(dataDir)).resolves.toMatchObject({
    record: { pid: serverPid, address: '127.0.0.1:1' },
    process: { pid: serverPid },
  });
});

test('a server whose parent still runs is refused, naming the parent', async () => {
  write({ pid: serverPid, parentPid: process.ppid });
  await expect(runningServer(dataDir)).rejects.toThrow(
    `Process ${process.ppid} already runs a Temporal server on ${dataDir}`,
  );
  await expect(recordedAddress(dataDir)).resolves.toBe('127.0.0.1:1');
});

test('our own server is found again', async () => {
  await recordServer(dataDir, { pid: serverPid, address: '127.0.0.1:2', uiPort: 3 });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ parentPid: process.pid });
  await expect(runningServer(dataDir)).resolves.toMatchObject({
    record: { address: '127.0.0.1:2', uiPort: 3 },
  });
});

test.each([
  ['of a process that is gone', { pid: NO_PID, parentPid: NO_PID }],
  ['of a process that is no server', { pid: process.pid, parentPid: NO_PID }],
  ['without a process', { parentPid: NO_PID }],
])('a record %s is ignored', async (_name, record) => {
  write(record);
  await expect(runningServer(dataDir)).resolves.toBeNull();
  await expect(recordedAddress(dataDir)).resolves.toBeNull();
});

test('a server on other data is ignored', async () => {
  const other = mkdtempSync(join(tmpdir(), 'booking-saga-record-'));
  await recordServer(other, { pid: serverPid, address: '127.0.0.1:2', uiPort: 3 });
  await expect(runningServer(other)).resolves.toBeNull();
});

test('no record, or one that is no JSON, is no server', async () => {
  writeFileSync(path, '{');
  await expect(runningServer(dataDir)).resolves.toBeNull();
  await expect(runningServer(join(dataDir, 'missing'))).resolves.toBeNull();
});

test('a record is forgotten with its own server only', async () => {
  await recordServer(dataDir, { pid: serverPid, address: '127.0.0.1:2', uiPort: 3 });
  await forgetServer(dataDir, NO_PID);
  expect(existsSync(path)).toBe(true);
  await forgetServer(dataDir, serverPid);
  expect(existsSync(path)).toBe(false);
});
