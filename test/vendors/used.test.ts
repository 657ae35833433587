import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { prefixOf, VENDOR_NAMES, type VendorName } from '../../src/booking/vendors';
import { capabilitiesOf, loadConfig } from '../../src/config';
import { vendorAt } from '../../src/vendors';

/** Which vendors a process uses: those with accounts. It pays for no other. */

const ROOT = resolve(__dirname, '../..');
const [FIRST, ...OTHERS] = VENDOR_NAMES;

/** Settings that name an account at a vendor, with the credentials of its sandbox at another address. */
function naming(vendor: VendorName): Record<string, string> {
  const account = { ...vendorAt(vendor).sandbox.account, baseUrl: 'https://api.example.com' };
  return { [`${prefixOf(vendor)}_ACCOUNTS`]: JSON.stringify({ default: account }) };
}

test('without accounts anywhere, all sandboxes are used', () => {
  const { accounts, usesSandbox } = loadConfig({});
  expect(Object.values(usesSandbox)).toEqual(VENDOR_NAMES.map(() => true));
  for (const vendor of VENDOR_NAMES) expect(Object.keys(accounts[vendor])).toContain('default');
});

test.each(VENDOR_NAMES)(
  'once accounts are named at %s, no sandbox is used, and no other vendor',
  (vendor) => {
    const { accounts, usesSandbox, webhookSecrets } = loadConfig(naming(vendor));
    expect(Object.values(usesSandbox)).not.toContain(true);
    expect(VENDOR_NAMES.filter((one) => Object.keys(accounts[one]).length > 0)).toEqual([vendor]);
    expect(Object.values(webhookSecrets).flat()).toEqual([]);
  },
);

test('settings of a vendor that is not used have no effect, and are told', () => {
  const config = loadConfig({ ...naming('junction'), OLIVER_CAPABILITIES: '{}', OLIVER_LOOK_BACK_DAYS: '3' });
  expect(capabilitiesOf(config, 'oliver', 'default')).toBeNull();
  expect(config.warnings.filter((text) => text.includes('OLIVER'))).toEqual([
    'OLIVER_LOOK_BACK_DAYS: has no effect, because no setting names an account at Oliver',
    'OLIVER_CAPABILITIES: has no effect, because no setting names an account at Oliver',
  ]);
  expect(() => loadConfig({ ...naming('junction'), OLIVER_CAPABILITIES: 'x' })).toThrow(
    /OLIVER_CAPABILITIES/,
  );
});

test('settings of a single account beside accounts that have their own are told', () => {
  const env = {
    JUNCTION_ACCOUNTS: '{"a":{"apiKey":"sk_us_x","baseUrl":"https://x.example"}}',
    JUNCTION_TIMEZONE: 'America/Phoenix',
    JUNCTION_CAPABILITIES: '{"feeWindowMs":1}',
  };
  const why = 'has no effect, because the accounts of JUNCTION_ACCOUNTS have their own';
  expect(loadConfig(env).warnings).toEqual([`JUNCTION_TIMEZONE: ${why}`, `JUNCTION_CAPABILITIES: ${why}`]);
  const single = { JUNCTION_API_KEY: 'sk_us_x', JUNCTION_BASE_URL: 'https://x.example' };
  expect(loadConfig({ ...env, ...single }).warnings).toEqual([]);
});

/** The project's files that a worker with these settings has loaded once its adapters are there. */
function loadedWith(env: Record<string, string>): string[] {
  const script = `
    require('tsx/cjs');
    require('./src/run/workers');
    require('./src/run/stack');
    require('./src/api/listen');
    const { loadConfig } = require('./src/config');
    const { createProviders } = require('./src/providers');
    createProviders(loadConfig(${JSON.stringify(env)}), { warn() {} });
    console.log(JSON.stringify(Object.keys(require.cache)));
  `;
  const out = execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
  return (JSON.parse(out) as string[]).map((path) => path.replace(`${ROOT}/`, ''));
}

/** What each vendor says of itself, which every process knows. */
const KNOWN_OF_ALL = /\/(?:facts|accounts|vendor)\.ts$/;

test('the code of a vendor without accounts is not loaded, nor any sandbox or receiver before it is needed', () => {
  const loaded = loadedWith(naming(FIRST ?? 'junction')).filter((file) => !KNOWN_OF_ALL.test(file));
  expect(loaded).toContain(`src/providers/${FIRST}/index.ts`);
  const foreign = new RegExp(`^src/providers/(?:${OTHERS.join('|')})/|^src/sandbox/`);
  expect(loaded.filter((file) => foreign.test(file))).toEqual([]);
}, 60_000);
