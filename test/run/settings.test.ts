import { capabilitiesOf, childEnv, ConfigError, loadConfig } from '../../src/config';
import { SANDBOX } from '../../src/providers/junction/accounts';

const ACCOUNT = { apiKey: 'sk_us_other', baseUrl: 'https://api.example.com' };

test.each<[string, Record<string, string>, boolean]>([
  ['nothing is set', {}, true],
  ['only capabilities are set', { JUNCTION_CAPABILITIES: '{"callTimeoutMs":900}' }, true],
  ['a key is set', { JUNCTION_API_KEY: 'k', JUNCTION_BASE_URL: ACCOUNT.baseUrl }, false],
  ['an address is set', { JUNCTION_BASE_URL: ACCOUNT.baseUrl }, false],
  ['accounts are set', { JUNCTION_ACCOUNTS: JSON.stringify({ practice: ACCOUNT }) }, false],
])('whether the Junction sandbox is used when %s', (_when, env, used) => {
  const { usesSandbox, webhookSecrets } = loadConfig(env);
  expect(usesSandbox.junction).toBe(used);
  expect(webhookSecrets.junction).toEqual(used ? [SANDBOX.webhookSecret] : []);
});

test('without settings the default account is the sandbox on this machine', () => {
  const { accounts } = loadConfig({ JUNCTION_SANDBOX_PORT: '4711' });
  expect(accounts.junction).toEqual({
    default: { ...SANDBOX.account, baseUrl: 'http://127.0.0.1:4711', capabilities: {} },
  });
});

test('named accounts are all there are', () => {
  const { accounts } = loadConfig({
    JUNCTION_ACCOUNTS: JSON.stringify({ practice: ACCOUNT }),
    JUNCTION_CAPABILITIES: '{"reservedSettles": true}', // the account `default` has them, where there is one
  });
  expect(Object.keys(accounts.junction)).toEqual(['practice']);
});

test("a child gets its own settings and none of its parent's", () => {
  const parent = {
    PATH: '/bin',
    PORT: '1',
    TEMPORAL_API_KEY: 'x',
    JUNCTION_API_KEY: 'y',
    BOOKING_LIMITS: '{}',
  };
  expect(childEnv({ PORT: '2' }, parent)).toEqual({ PATH: '/bin', PORT: '2' });
});

test('a build id is a plain name, and none unless set', () => {
  expect(loadConfig({}).buildId).toBeNull();
  expect(loadConfig({ BOOKING_BUILD_ID: '1.4.0-3f7aba5' }).buildId).toBe('1.4.0-3f7aba5');
  const wrong = () => loadConfig({ BOOKING_BUILD_ID: 'a b' });
  expect(wrong).toThrow(
    new ConfigError('BOOKING_BUILD_ID: may hold letters, digits and ._- only, 128 at most'),
  );
});

test.each([
  [
    { JUNCTION_API_KEY: 'k', JUNCTION_BASE_URL: 'junction' },
    /^JUNCTION_BASE_URL: must be a URL that begins with http/,
  ],
  [
    { JUNCTION_API_KEY: 'k', JUNCTION_BASE_URL: 'http://127.0.0.1:4010', JUNCTION_TIMEZONE: 'Phoenix' },
    'JUNCTION_TIMEZONE: must be an IANA zone like America/Phoenix',
  ],
  [{ BOOKING_ALLOW_PLAINTEXT: 'true' }, 'BOOKING_ALLOW_PLAINTEXT: must be 0 or 1'],
])('%p is wrong, and named', (env, message) => {
  expect(() => loadConfig(env)).toThrow(ConfigError);
  expect(() => loadConfig(env)).toThrow(message);
});

const limit = (name: string, value: number) => ({ BOOKING_LIMITS: JSON.stringify({ [name]: value }) });
const capability = (name: string, value: number) => ({
  JUNCTION_CAPABILITIES: JSON.stringify({ [name]: value }),
});
const DAY_MS = 86_400_000;

test.each<[Record<string, string>, Record<string, string>]>([
  ...['settleWithinMs', 'confirmTimeoutMs', 'patienceMs', 'readyTimeoutMs', 'finalWordMs'].map(
    (name): [Record<string, string>, Record<string, string>] => [
      limit(name, 400 * DAY_MS),
      limit(name, 400 * DAY_MS + 1),
    ],
  ),
  [limit('maxSlotAttempts', 50), limit('maxSlotAttempts', 51)],
  [limit('maxSlotsKept', 50), limit('maxSlotsKept', 51)],
  [limit('maxRebookings', 50), limit('maxRebookings', 51)],
  [limit('maxHistoryEvents', 10_000), limit('maxHistoryEvents', 10_001)],
  [limit('lookUps', 3), limit('lookUps', 2)],
  [limit('lookUps', 50), limit('lookUps', 51)],
  [limit('pollFirstMs', 300_000), limit('pollFirstMs', 300_001)],
  [capability('lateCommitWindowMs', 400 * DAY_MS), capability('lateCommitWindowMs', 9e15)],
  [capability('feeWindowMs', 0), capability('feeWindowMs', -1)],
  [capability('callTimeoutMs', 600_000), capability('callTimeoutMs', 600_001)],
  [{ BOOKING_SWEEP_MINUTES: '1440' }, { BOOKING_SWEEP_MINUTES: '1441' }],
  [{ OLIVER_LIST_MAX_AGE_MS: '3600000' }, { OLIVER_LIST_MAX_AGE_MS: '3600001' }],
  [{ OLIVER_LOOK_BACK_DAYS: '400' }, { OLIVER_LOOK_BACK_DAYS: '401' }],
])('%p is taken, and %p refused by name', (taken, refused) => {
  const [name = ''] = Object.keys(refused);
  expect(() => loadConfig(taken)).not.toThrow();
  expect(() => loadConfig(refused)).toThrow(new RegExp(`^${name}: .*\\d|^${name}: pollFirstMs`));
});

test.each<Record<string, string>>([
  { JUNCTION_ACCOUNTS: `{"__proto__":${JSON.stringify(ACCOUNT)}}` },
  { JUNCTION_ACCOUNTS: `{"\\u005f_proto__":${JSON.stringify(ACCOUNT)}}` },
  { OLIVER_ACCOUNTS: '{"__proto__":{}}' },
  {
    OLIVER_BASE_URL: ACCOUNT.baseUrl,
    OLIVER_USERNAME: 'u',
    OLIVER_PASSWORD: 'p',
    OLIVER_PRACTICES: '__proto__=1@UTC',
  },
])('no account is named __proto__: %p', (env) => {
  expect(() => loadConfig(env)).toThrow(ConfigError);
});

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
  'the account %s is unknown unless it is set',
  (name) => {
    const config = loadConfig({});
    expect(capabilitiesOf(config, 'junction-psc', name)).toBeNull();
    expect(capabilitiesOf(config, 'oliver', name)).toBeNull();
  },
);

test('the lifetime of book keys counts only where the book call takes one', () => {
  const capabilities = { bookKeyLifetimeMs: 1_209_600_000 };
  const config = loadConfig({
    JUNCTION_ACCOUNTS: JSON.stringify({ practice: { ...ACCOUNT, capabilities } }),
  });
  expect(capabilitiesOf(config, 'junction-psc', 'practice')).toMatchObject(capabilities);
  expect(capabilitiesOf(config, 'junction-phlebotomy', 'practice')).toMatchObject({ bookKeyLifetimeMs: 0 });
});
