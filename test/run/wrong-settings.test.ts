import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnv } from '../../src/config';

/** Each program that this project has, with a wrong setting: it is named, and nothing starts. */

jest.setTimeout(60_000);

const home = mkdtempSync(join(tmpdir(), 'booking-saga-wrong-'));
const dataDir = join(home, 'data');
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function ran(
  program: string,
  settings: Record<string, string>,
): Promise<{ code: number | null; said: string }> {
  const [name = '', ...args] = program.split(' ');
  const folder = name === 'booking' ? 'cli' : 'run';
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', `src/${folder}/${name}.ts`, ...args], {
    env: childEnv({ BOOKING_DATA_DIR: dataDir, ...settings }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  await once(child, 'close');
  return { code: child.exitCode, said };
}

const WRONG: Record<string, string>[] = [
  { JUNCTION_API_KEY: 'sk_us_made_up', JUNCTION_BASE_URL: 'api.us.junction.com:443' },
  { TEMPORAL_ADDRESS: 'http://temporal.example.com' },
];

test.each(['start', 'worker', 'api', 'sandbox', 'temporal', 'booking list'])(
  'npm run %s',
  async (program) => {
    for (const settings of WRONG) {
      const name = Object.keys(settings).at(-1) ?? '';
      const { code, said } = await ran(program, settings);
      expect(said).toMatch(new RegExp(`^${name}: must be [^\n]+\n$`));
      expect(said).not.toMatch(/made_up|us\.junction|http:\/\/temporal/);
      expect(code).toBe(2);
    }
    expect(existsSync(dataDir)).toBe(false);
  },
);
