import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { until } from './stack-process';

let child: ChildProcessByStdio<null, Readable, null>;
let said: string;

beforeEach(async () => {
  child = spawn(process.execPath, ['--require', 'tsx/cjs', 'test/run/fixtures/stubborn.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => said.includes('ready'), Boolean);
});

afterEach(() => child.kill('SIGKILL'));

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s asks to stop, and does not end the process',
  async (signal) => {
    child.kill(signal);
    await until(() => said.includes('told'), Boolean);
    expect(child.exitCode).toBeNull();
  },
);

test('echoes of one Ctrl-C count as one; a later one ends the process', async () => {
  const ended = once(child, 'exit');
  const from = Date.now();
  await until(
    () => {
      child.kill('SIGINT');
      return child.exitCode;
    },
    (code) => code !== null,
  );
  expect(await ended).toEqual([130, null]);
  expect(Date.now() - from).toBeGreaterThan(1_000);
});
