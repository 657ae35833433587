import { accounts, SANDBOX } from '../../../src/providers/calcom/accounts';

const SANDBOX_URL = 'http://127.0.0.1:4030';
const single = (env: Record<string, string>) =>
  accounts.single(env, { sandboxUrl: SANDBOX_URL, capabilities: {} });

test('without settings the account is the sandbox’s', () => {
  expect(single({})).toEqual({ default: { ...SANDBOX.account, baseUrl: SANDBOX_URL, capabilities: {} } });
});

test('a key is for Cal.com itself, unless another address is given', () => {
  const env = { CALCOM_API_KEY: 'cal_live_1', CALCOM_TIMEZONE: 'Europe/Oslo' };
  expect(single(env).default).toMatchObject({ baseUrl: 'https://api.cal.com', timezone: 'Europe/Oslo' });
  const own = single({ ...env, CALCOM_BASE_URL: 'https://cal.example.com/' });
  expect(own.default?.baseUrl).toBe('https://cal.example.com');
});

test.each([
  [{ CALCOM_API_KEY: 'cal_live_1' }, /CALCOM_TIMEZONE/],
  [{ CALCOM_API_KEY: 'cal_live_1', CALCOM_TIMEZONE: 'Oslo' }, /CALCOM_TIMEZONE/],
  [{ CALCOM_API_KEY: '"cal_live_1"', CALCOM_TIMEZONE: 'Europe/Oslo' }, /CALCOM_API_KEY/],
  [{ CALCOM_BASE_URL: 'https://api.cal.com' }, /CALCOM_API_KEY/],
  [{ CALCOM_BASE_URL: 'nowhere' }, /CALCOM_BASE_URL/],
])('%j is refused', (env, message) => {
  expect(() => single(env)).toThrow(message);
});

test('what looks like a slip is told', () => {
  const account = {
    apiKey: 'sk_1',
    baseUrl: 'http://api.cal.com/v2',
    timezone: 'Europe/Oslo',
    capabilities: {},
  };
  expect(accounts.warnings({ default: account })).toHaveLength(3);
  const own = { ...account, baseUrl: 'http://cal.example.com/api' };
  expect(accounts.warnings({ default: own })).toEqual([]);
});
