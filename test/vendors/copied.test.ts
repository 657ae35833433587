import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Does what docs/adding-a-provider.md begins with, in a copy of the project: what comes of it works. */

const ROOT = resolve(__dirname, '../..');
const GUIDE = readFileSync(join(ROOT, 'docs/adding-a-provider.md'), 'utf8');
const NEEDED = [
  'src',
  'activities',
  'workflows',
  'examples',
  'test',
  'tsconfig.json',
  'tsconfig.build.json',
  'package.json',
];

let copy = '';

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'booking-saga-copied-'));
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...NEEDED],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  for (const file of listed.split('\n').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(ROOT, file), join(copy, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const [, commands = ''] = /<!-- tried: copy -->\n\n```sh\n(.*?)```/s.exec(GUIDE) ?? [];
  expect(commands).toContain('src/vendors.ts');
  execFileSync('bash', ['-euc', commands], { cwd: copy });
}, 60_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

const run = (...args: string[]): string =>
  execFileSync(process.execPath, args, { cwd: copy, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('the copied vendor compiles', () => {
  const tsc = require.resolve('typescript/bin/tsc');
  expect(() => run(tsc, '--noEmit', '-p', 'tsconfig.build.json')).not.toThrow();
}, 180_000);

/** Starts its sandbox, points its adapter there, and searches for the slots of its example. */
const SEARCH = `
  require('tsx/cjs');
  const { readFileSync } = require('node:fs');
  const { parseRequest } = require('./src/booking/schema/check-request');
  const { PROVIDERS, queueOf } = require('./src/booking/vendors');
  const { loadConfig } = require('./src/config');
  const { createProviders, providerFor } = require('./src/providers');
  const { vendorAt } = require('./src/vendors');
  async function main() {
    const { start, account } = vendorAt('acme').sandbox;
    const sandbox = await start({ port: 0, dataDir: null, webhookUrl: null });
    const request = parseRequest(JSON.parse(readFileSync('examples/acme.json', 'utf8')), { now: new Date() });
    const own = JSON.stringify({ [request.account]: { ...account, baseUrl: sandbox.url } });
    const providers = createProviders(loadConfig({ ACME_ACCOUNTS: own }), { warn() {} });
    const call = { account: request.account, timeoutMs: 10_000, signal: new AbortController().signal };
    const [{ from, to }] = request.windows;
    const query = { days: [{ from, to }], address: null, location: null, request };
    const { slots } = await providerFor(providers, 'acme').searchSlots(call, query);
    await sandbox.close();
    console.log(JSON.stringify({ providers: PROVIDERS, queue: queueOf('acme'), slots: slots.length }));
  }
  main();
`;

test('it has a queue, settings, an example, and an adapter that finds slots at its sandbox', () => {
  const found: unknown = JSON.parse(run('-e', SEARCH));
  expect(found).toMatchObject({
    providers: expect.arrayContaining(['acme']),
    queue: 'bookings-acme',
    slots: expect.any(Number),
  });
  expect(Reflect.get(Object(found), 'slots')).toBeGreaterThan(0);
}, 60_000);
