import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../src/temporal/server/embedded-process';

test('npm run temporal says where everything is, and Ctrl-C stops all of it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'booking-saga-cli-'));
  const cli = spawn(
    process.execPath,
    ['--require', 'tsx/cjs', join(__dirname, '../../src/run/temporal.ts')],
    {
      env: { ...process.env, BOOKING_DATA_DIR: dataDir, ...freePorts(), ...KEYS },
      // A group of its own, as a terminal gives it: Ctrl-C goes to the whole group.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  for await (const chunk of cli.stdout) {
    said += String(chunk);
    if (said.includes('Ctrl-C')) break;
  }
  const { pid, address }: { pid: number; address: string } = JSON.parse(
    readFileSync(join(dataDir, 'temporal.pid.json'), 'utf8'),
  );
  expect(said).toContain(`TEMPORAL_ADDRESS=${address}`);
  expect(said).toMatch(/Temporal UI +http:\/\/127\.0\.0\.1:\d+\n/);
  expect(said).toMatch(/Codec server +http:\/\/127\.0\.0\.1:\d+\n/);
  expect(isRunning(pid)).toBe(true);
  process.kill(-(cli.pid ?? Number.NaN), 'SIGINT');
  expect(await once(cli, 'exit')).toEqual([0, null]);
  expect(isRunning(pid)).toBe(false);
}, 60_000);

const KEYS = {
  BOOKING_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
  BOOKING_ID_KEY: Buffer.alloc(32, 2).toString('base64'),
};

function freePorts(): Record<string, string> {
  return { BOOKING_TEMPORAL_PORT: '0', BOOKING_TEMPORAL_UI_PORT: '0', BOOKING_CODEC_PORT: '0' };
}
