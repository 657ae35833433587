import { childEnv, ConfigError, loadConfig, SANDBOX } from '../../src/config';

const ACCOUNT = { apiKey: 'sk_us_other', baseUrl: 'https://api.example.com' };

test.each<[string, Record<string, string>, boolean]>([
  ['nothing is set', {}, true],
  ['only capabilities are set', { JUNCTION_CAPABILITIES: '{"callTimeoutMs":900}' }, true],
  ['a key is set', { JUNCTION_API_KEY: 'k', JUNCTION_BASE_URL: ACCOUNT.baseUrl }, false],
  ['an address is set', { JUNCTION_BASE_URL: ACCOUNT.baseUrl }, false],
  ['accounts are set', { JUNCTION_ACCOUNTS: JSON.stringify({ practice: ACCOUNT }) }, false],
])('whether the Junction sandbox is used when %s', (_when, env, used) => {
  const { usesSandbox, junctionWebhookSecrets } = loadConfig(env);
  expect(usesSandbox.junction).toBe(used);
  expect(junctionWebhookSecrets).toEqual(used ? [SANDBOX.webhookSecret] : []);
});

test('without settings the default account is the sandbox on this machine', () => {
  const { junction } = loadConfig({ JUNCTION_SANDBOX_PORT: '4711' });
  expect(junction).toEqual({
    default: { apiKey: SANDBOX.junctionKey, baseUrl: 'http://127.0.0.1:4711', capabilities: {} },
  });
});

test('named accounts are all there are', () => {
  const { junction } = loadConfig({
    JUNCTION_ACCOUNTS: JSON.stringify({ practice: ACCOUNT }),
    JUNCTION_CAPABILITIES: '{"reservedSettles": true}', // the account `default` has them, where there is one
  });
  expect(Object.keys(junction)).toEqual(['practice']);
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
  [{ JUNCTION_API_KEY: 'k', JUNCTION_BASE_URL: 'junction' }, 'JUNCTION_BASE_URL: must be a URL'],
  [
    { JUNCTION_API_KEY: 'k', JUNCTION_BASE_URL: 'http://127.0.0.1:1', JUNCTION_TIMEZONE: 'Phoenix' },
    'JUNCTION_TIMEZONE: must be an IANA zone like America/Phoenix',
  ],
  [{ BOOKING_ALLOW_PLAINTEXT: 'true' }, 'BOOKING_ALLOW_PLAINTEXT: must be 0 or 1'],
])('%p is wrong, and named', (env, message) => {
  expect(() => loadConfig(env)).toThrow(new ConfigError(message));
});
