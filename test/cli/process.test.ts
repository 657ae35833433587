import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../src/temporal/server/embedded';
import { runCli } from './world';

/**
 * The real program: how it ends is all that scripts see of it. As a process of its own where that ends by itself; what
 * else it says and ends with is the same in this one.
 */

// One waits for a connection that does not come.
jest.setTimeout(60_000);

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

const dataDir = mkdtempSync(join(tmpdir(), 'booking-cli-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** In a process of its own. */
async function booking(
  argv: readonly string[],
  settings: Record<string, string> = {},
  stdin = '',
): Promise<Ended> {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', resolve('src/cli/booking.ts'), ...argv], {
    env: { PATH: process.env.PATH, HOME: dataDir, BOOKING_DATA_DIR: dataDir, ...settings },
  });
  const ended: Ended = { code: null, out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (ended.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (ended.err += chunk.toString()));
  child.stdin.end(stdin);
  await once(child, 'close');
  return { ...ended, code: child.exitCode };
}

describe('npm run booking', () => {
  it('refuses a file that is no JSON with exit code 2, its place, and no stack trace', async () => {
    const { code, out, err } = await booking(['book', '-'], {}, '{"provider": }');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(
      'standard input is not valid JSON; nothing was started.\nLine 1, column 14: expected a value',
    );
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('refuses a request that is not valid with exit code 2, as JSON for programs', async () => {
    const { code, out } = await runCli(['book', '-', '--json'], { stdin: '{"provider": "nobody"}' });
    expect(code).toBe(2);
    const { error } = JSON.parse(out) as { error: { code: string; fields: { field: string }[] } };
    expect(error.code).toBe('invalid_request');
    expect(error.fields.map(({ field }) => field)).toEqual(['provider', 'windows']);
  });

  it('exits 2 for wrong usage and wrong settings', async () => {
    expect((await runCli(['frobnicate'])).code).toBe(2);
    const { code, err } = await runCli(['list'], { settings: { PORT: 'no' } });
    expect([code, err]).toEqual([2, 'PORT: must be a port, 0 to 65535\n']);
  });

  it('exits 5 when there is no Temporal here, and says what to do', async () => {
    const { code, err } = await runCli(['list'], { settings: { BOOKING_DATA_DIR: dataDir } });
    expect([code, err]).toEqual([
      5,
      'Temporal cannot be reached. No Temporal found: run npm start or set TEMPORAL_ADDRESS.\n',
    ]);
  });

  it('exits 5 when the Temporal that is set does not answer', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const without = { BOOKING_DATA_DIR: dataDir, TEMPORAL_ADDRESS: address };
    const withoutKeys = await runCli(['list'], { settings: without });
    expect([withoutKeys.code, withoutKeys.err]).toEqual([
      2,
      expect.stringMatching(/^BOOKING_ENCRYPTION_KEYS: /),
    ]);
    const { code, err } = await booking(['list'], {
      TEMPORAL_ADDRESS: address,
      BOOKING_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
      BOOKING_ID_KEY: Buffer.alloc(32, 2).toString('base64'),
    });
    expect(code).toBe(5);
    expect(err).toContain(`${address} does not answer`);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
