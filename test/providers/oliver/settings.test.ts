import { loadConfig } from '../../../src/config';

const REAL = {
  OLIVER_BASE_URL: 'https://partner-api.getoliver.com',
  OLIVER_USERNAME: 'partner',
  OLIVER_PASSWORD: 'secret',
  OLIVER_PRACTICES: 'practice-1=1@America/Chicago, practice-2=b7@America/New_York',
};

test('without Oliver settings the sandbox is used, as default and as practice-1', () => {
  const { accounts, usesSandbox } = loadConfig({ OLIVER_SANDBOX_PORT: '4321' });
  const sandbox = {
    baseUrl: 'http://127.0.0.1:4321',
    username: 'sandbox',
    password: 'sandbox',
    locationId: '1',
    timezone: 'America/Chicago',
  };
  expect(usesSandbox.oliver).toBe(true);
  expect(accounts.oliver).toMatchObject({ default: sandbox, 'practice-1': sandbox });
  expect(loadConfig({}).accounts.oliver.default?.baseUrl).toBe('http://127.0.0.1:4020');
});

test('one account for each practice, all with the same sign-in', () => {
  const { accounts, usesSandbox } = loadConfig(REAL);
  const shared = { baseUrl: REAL.OLIVER_BASE_URL, username: 'partner', password: 'secret', capabilities: {} };
  expect(Object.values(usesSandbox)).not.toContain(true);
  expect(accounts.oliver).toEqual({
    'practice-1': { ...shared, locationId: '1', timezone: 'America/Chicago' },
    'practice-2': { ...shared, locationId: 'b7', timezone: 'America/New_York' },
  });
});

test('accounts with a sign-in of their own are all there are, or come on top of the practices', () => {
  const other = {
    baseUrl: 'https://partner-api.example.com',
    username: 'other',
    password: 'word',
    locationId: '7',
    timezone: 'America/Denver',
  };
  const OLIVER_ACCOUNTS = JSON.stringify({ downtown: other });
  const alone = loadConfig({ OLIVER_ACCOUNTS });
  expect(Object.values(alone.usesSandbox)).not.toContain(true);
  expect(alone.accounts.oliver).toEqual({ downtown: { ...other, capabilities: {} } });
  const both = loadConfig({ ...REAL, OLIVER_ACCOUNTS }).accounts.oliver;
  expect(Object.keys(both)).toEqual(['practice-1', 'practice-2', 'downtown']);
});

test('what counts for every practice counts for the sandbox too', () => {
  const { accounts } = loadConfig({
    OLIVER_CAPABILITIES: '{"acceptedSettles":false}',
    OLIVER_LIST_MAX_AGE_MS: '0',
    OLIVER_LOOK_BACK_DAYS: '30',
  });
  expect(accounts.oliver.default).toMatchObject({
    capabilities: { acceptedSettles: false },
    listMaxAgeMs: 0,
    lookBackDays: 30,
  });
});

test.each<[string, Record<string, string>, string]>([
  ['no password', { ...REAL, OLIVER_PASSWORD: '' }, 'OLIVER_PASSWORD'],
  ['practices alone', { OLIVER_PRACTICES: REAL.OLIVER_PRACTICES }, 'OLIVER_BASE_URL'],
  ['no URL', { ...REAL, OLIVER_BASE_URL: 'getoliver' }, 'OLIVER_BASE_URL'],
  ['a practice without a zone', { ...REAL, OLIVER_PRACTICES: 'a=1' }, 'OLIVER_PRACTICES'],
  ['a zone that is none', { ...REAL, OLIVER_PRACTICES: 'a=1@America/Nowhere' }, 'OLIVER_PRACTICES'],
  [
    'an account without a zone',
    { OLIVER_ACCOUNTS: '{"a":{"baseUrl":"https://a.example.com","password":"secret"}}' },
    'OLIVER_ACCOUNTS',
  ],
  ['an account twice', { ...REAL, OLIVER_PRACTICES: 'a=1@UTC,a=2@UTC' }, 'OLIVER_PRACTICES'],
  ['an age that is no number', { OLIVER_LIST_MAX_AGE_MS: 'soon' }, 'OLIVER_LIST_MAX_AGE_MS'],
  ['no days to look back', { OLIVER_LOOK_BACK_DAYS: '0' }, 'OLIVER_LOOK_BACK_DAYS'],
])('%s is refused by the setting’s name, and no value is told', (_what, env, name) => {
  expect(() => loadConfig(env)).toThrow(new RegExp(`^${name}: `));
  expect(() => loadConfig(env)).not.toThrow(/secret|partner/);
});
