import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../src/config';

/** Settings that used to start well and could not work. Each is named, told what is right, and never quoted. */

type Env = Record<string, string>;

const KEY = 'sk_us_made_up';
const URL_OF = 'https://api.example.com';
const SECRET = 'a-secret-of-the-desk';
const KEY_32 = Buffer.alloc(32, 7).toString('base64');

const junction = (env: Env): Env => ({ JUNCTION_API_KEY: KEY, JUNCTION_BASE_URL: URL_OF, ...env });
const oliver = (env: Env): Env => ({
  OLIVER_BASE_URL: URL_OF,
  OLIVER_USERNAME: 'partner',
  OLIVER_PASSWORD: 'made up',
  OLIVER_PRACTICES: 'a=1@America/Chicago',
  ...env,
});
const junctionAccount = (fields: object): Env => ({
  JUNCTION_ACCOUNTS: JSON.stringify({ a: { apiKey: KEY, baseUrl: URL_OF, ...fields } }),
});
const oliverAccount = (fields: object): Env => ({
  OLIVER_ACCOUNTS: JSON.stringify({
    a: {
      baseUrl: URL_OF,
      username: 'partner',
      password: 'made up',
      locationId: '1',
      timezone: 'America/Chicago',
      ...fields,
    },
  }),
});

const dir = mkdtempSync(join(tmpdir(), 'booking-saga-settings-'));
const file = join(dir, 'file');
writeFileSync(file, 'no certificate');

/** Where an address of an HTTP service stands: the setting's name, and an environment with that address. */
const ADDRESSES: [name: string, env: (address: string) => Env][] = [
  ['JUNCTION_BASE_URL', (address) => junction({ JUNCTION_BASE_URL: address })],
  ['JUNCTION_BASE_URL', (address) => ({ JUNCTION_BASE_URL: address })],
  ['JUNCTION_ACCOUNTS', (baseUrl) => junctionAccount({ baseUrl })],
  ['OLIVER_BASE_URL', (address) => oliver({ OLIVER_BASE_URL: address })],
  ['OLIVER_ACCOUNTS', (baseUrl) => oliverAccount({ baseUrl })],
  ['JUNCTION_SANDBOX_WEBHOOK_URL', (address) => ({ JUNCTION_SANDBOX_WEBHOOK_URL: address })],
];

const WRONG_ADDRESSES: [address: string, right: RegExp][] = [
  ['api.us.junction.com', /http:\/\/ or https:\/\//],
  ['api.us.junction.com:443', /http:\/\/ or https:\/\//],
  ['localhost:4010', /http:\/\/ or https:\/\//],
  ['//api.example.com', /http:\/\/ or https:\/\//],
  ['ftp://api.example.com', /http:\/\/ or https:\/\//],
  ['file:///etc/passwd', /http:\/\/ or https:\/\//],
  ['http:api.example.com', /http:\/\/ or https:\/\//],
  ['https:/api.example.com', /http:\/\/ or https:\/\//],
  ['https:\\\\api.example.com', /backslashes/],
  ['https://api.exa mple.com', /blanks/],
  ['https://api.example.com/a\tb', /blanks/],
  ['https://"api.example.com"', /quotes/],
  ['https://user:word@api.example.com', /credentials/],
  ['https://user@api.example.com', /credentials/],
  ['https://@api.example.com', /credentials/],
  ['https://api.example.com?team=7', /no query/],
  ['https://api.example.com/?', /no query/],
  ['https://api.example.com/#top', /no fragment/],
  ['https://', /host/],
  ['https:///v3', /host/],
  ['https://:8443', /host/],
  ['https://api.example.com:99999', /port/],
  ['https://api.example.com:port', /port/],
  ['https://api.example.com:0', /port that fetch refuses/],
  ['http://api.example.com:6000', /port that fetch refuses/],
  ['http://127.0.0.1:10080', /port that fetch refuses/],
  ['https://api..example.com', /host/],
  ['https://.example.com', /host/],
  ['https://-api.example.com', /host/],
  ['https://api.example.com,api2.example.com', /host/],
  ['https://*.example.com', /host/],
  [`https://${'a'.repeat(64)}.example.com`, /host/],
  ['https://300.1.1.1', /host/],
  ['https://1.2.3', /host/],
  ['https://0x7f.1', /host/],
  ['https://2130706433', /host/],
  ['https://\uff11\uff12\uff17.0.0.1', /host/],
  ['https://api\u2013x.example.com', /host/],
  ['https://api.example\u3002com', /host/],
  ['https://api\u00ad.example.com', /host/],
  ['https://api\u200b.example.com', /host/],
  ['https://api\ufe0f.example.com', /host/],
  ['https://\u0301api.example.com', /host/],
  ['https://m\u00fcnchen-.example', /host/],
  ['https://\u{1f600}.example', /host/],
  ['https://%61pi.example.com', /host/],
  ['https://api.example.com/\u200b', /ASCII/],
  ['https://api.example.com/v3\ufeff/x', /blanks/],
  ['https://api.example.com/\u00e9', /ASCII/],
  ['https://api.example.com/a\u2013b', /ASCII/],
  ['https://api.example.com/%zz', /escapes/],
  ['https://api.example.com/a%2', /escapes/],
  ['https://api.example.com/../v3', /steps/],
  ['https://api.example.com/v3/.', /steps/],
  ['https://api.example.com/%2E%2e/v3', /steps/],
  ['http://::1:4010', /brackets/],
  ['http://2001:db8::1', /brackets/],
  ['http://[::1', /host/],
  ['http://[::g]:4010', /host/],
];

describe.each(ADDRESSES)('%s', (name, env) => {
  test.each(WRONG_ADDRESSES)('does not take %j', (address, right) => {
    const load = () => loadConfig(env(address));
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(new RegExp(`^${name}: `));
    expect(load).toThrow(right);
    expect(load).not.toThrow(/api2|team|user|word|passwd|8443/);
  });

  test.each([
    'https://api.example.com',
    'HTTPS://API.example.com:8443',
    'http://[::1]:4010',
    'http://[2001:db8::1]/prefix',
    'http://127.0.0.1:4010/',
    'http://sandbox:4010',
    'http://junction_stand-in:4010',
    'https://gateway.example.com./junction/eu/',
    'https://xn--mnchen-3ya.example',
    'https://münchen.example',
    'https://mu\u0308nchen.example:8443/v3',
    'https://\u0430\u043f\u0438.example',
    'https://\u4f8b\u3048.example',
    'https://\u0939\u093f\u0928\u094d\u0926\u0940.example',
    'http://http/a%20b/..c/',
    'http://127.0.0.1.:4010',
  ])('takes %s', (address) => {
    expect(() => loadConfig(env(` ${address}\r\n`))).not.toThrow();
  });
});

test('blanks around an address and slashes at its end are taken away', () => {
  const { accounts } = loadConfig(junction({ JUNCTION_BASE_URL: '  https://a.example/b// \r' }));
  expect(accounts.junction.default?.baseUrl).toBe('https://a.example/b');
  expect(loadConfig(junctionAccount({ baseUrl: ' https://a.example/ ' })).accounts.junction.a?.baseUrl).toBe(
    'https://a.example',
  );
});

/** What goes into a header: the setting's name, and an environment with that text. */
const HEADERS: [name: string, env: (text: string) => Env][] = [
  ['JUNCTION_API_KEY', (text) => junction({ JUNCTION_API_KEY: text })],
  ['JUNCTION_ACCOUNTS', (apiKey) => junctionAccount({ apiKey })],
  ['OLIVER_ACCOUNTS', (locationId) => oliverAccount({ locationId })],
];

describe.each(HEADERS)('what goes into a header: %s', (name, env) => {
  test.each([
    ['an en dash', 'sk_us\u2013made_up', 'character 6 '],
    ['curly quotes', '\u201csk_us\u201d', 'character 1 '],
    ['letters that are not Latin', 'sk_\u0431', 'character 4 '],
    ['a character of two units, counted as one', 'sk\u{1f600}', 'character 3 '],
    ['a line feed inside', 'sk\nus', 'character 3 '],
    ['a carriage return at the end', 'sk_us\r', 'character 6 '],
    ['a control character', 'sk\u0001us', 'character 3 '],
    ['a control character of Latin-1', 'sk\u0085us', 'character 3 '],
    ['a tab', 'sk\tus', 'character 3 '],
    ['a no-break space', 'sk\u00a0us', 'character 3 '],
    ['a space of no width', 'sk_us\u200b', 'character 6 '],
    ['a blank at the end', 'sk_us ', 'a blank'],
    ['a blank at the beginning', ' sk_us', 'a blank'],
    ['nothing but blanks', '  ', 'blank'],
  ])('%s', (_what, text, told) => {
    const load = () => loadConfig(env(text));
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(new RegExp(`^${name}: `));
    expect(load).toThrow(told);
    expect(load).not.toThrow(/sk_|made_up/);
  });

  test('all of Latin-1 that can be seen is taken', () => {
    expect(() => loadConfig(env('a b~!\u00e9\u00ff'))).not.toThrow();
  });
});

/** Keys that a file or a template left as it was. */
const LEFTOVERS: [what: string, key: string, right: RegExp][] = [
  ['double quotes', '"sk_us_made_up_key"', /quotes/],
  ['single quotes', "'sk_us_made_up_key'", /quotes/],
  ['backticks', '`sk_us_made_up_key`', /quotes/],
  ['one quote', 'sk_us_made_up_key"', /quotes/],
  ["a shell's variable in braces", '${JUNCTION_KEY_MADE_UP}', /variable/],
  ['a variable behind a beginning', 'sk_us_${JUNCTION_KEY_MADE_UP}', /variable/],
  ["a shell's variable", '$JUNCTION_KEY_MADE_UP', /variable/],
  ["Kubernetes' variable", '$(JUNCTION_KEY_MADE_UP)', /variable/],
  ["Helm's", '{{.Values.key.made_up}}', /variable/],
  ["Windows'", '%JUNCTION_KEY_MADE_UP%', /variable/],
  ['a placeholder', '<your-made_up-key-here>', /placeholder/],
];

const CREDENTIALS: [name: string, env: (text: string) => Env][] = [
  ['JUNCTION_API_KEY', (text) => junction({ JUNCTION_API_KEY: text })],
  ['JUNCTION_ACCOUNTS', (apiKey) => junctionAccount({ apiKey })],
  ['BOOKING_API_KEYS', (secret) => ({ BOOKING_API_KEYS: `desk:${secret}` })],
  ['BOOKING_API_KEYS', (secret) => ({ BOOKING_API_KEYS: secret })],
  ['TEMPORAL_API_KEY', (text) => ({ TEMPORAL_ADDRESS: 'a:1', TEMPORAL_API_KEY: text })],
];

describe.each(CREDENTIALS)('a credential that was left as in its file: %s', (name, env) => {
  test.each(LEFTOVERS)('%s', (_what, key, right) => {
    const load = () => loadConfig(env(key));
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(new RegExp(`^${name}: `));
    expect(load).toThrow(right);
    expect(load).not.toThrow(/made_up/i);
  });

  test.each(['Nm$9x{a}%b(c)<d>-e"f\'g', '$2b$10$abcdefghijklmnop', 'Bearer-of-good-news'])(
    'takes %s',
    (key) => {
      expect(() => loadConfig(env(key))).not.toThrow();
    },
  );
});

test.each(['Bearer sk_us_made_up', 'bearer  sk_us_made_up', 'Basic bWFkZTp1cA=='])(
  'a key with the scheme of its header is refused: %s',
  (key) => {
    expect(() => loadConfig(junction({ JUNCTION_API_KEY: key }))).toThrow(/^JUNCTION_API_KEY: .*scheme/);
  },
);

test('quotes around the whole list of secrets are refused', () => {
  expect(() => loadConfig({ BOOKING_API_KEYS: `"${SECRET},desk:${SECRET}2"` })).toThrow(
    /^BOOKING_API_KEYS: /,
  );
  expect(() => loadConfig({ BOOKING_API_KEYS: `desk:${SECRET},${SECRET}2'` })).toThrow(/^BOOKING_API_KEYS: /);
});

const WRONG: [what: string, env: Env, named: string, right?: RegExp][] = [
  // Blank, not UTF-8, given twice.
  ['a blank key is not "no key"', junction({ JUNCTION_API_KEY: ' \t' }), 'JUNCTION_API_KEY', /blank/],
  ['a blank list', { JUNCTION_ACCOUNTS: '  ' }, 'JUNCTION_ACCOUNTS', /blank/],
  ['a blank number', { PORT: ' ' }, 'PORT', /blank/],
  ['not UTF-8', junction({ JUNCTION_API_KEY: 'sk\ufffdus' }), 'JUNCTION_API_KEY', /UTF-8/],
  ['not UTF-8 in JSON', { OLIVER_ACCOUNTS: '{"a\ufffd":{}}' }, 'OLIVER_ACCOUNTS', /UTF-8/],
  [
    'an account twice',
    { JUNCTION_ACCOUNTS: `{"a":{"apiKey":"1","baseUrl":"${URL_OF}"},"a":{}}` },
    'JUNCTION_ACCOUNTS',
    /twice/,
  ],
  ['a field twice', { BOOKING_LIMITS: '{"lookUps":3,"lookUps":4}' }, 'BOOKING_LIMITS', /lookUps twice/],
  [
    'an account in single settings and in JSON',
    { ...junction({}), JUNCTION_ACCOUNTS: JSON.stringify({ default: { apiKey: KEY, baseUrl: URL_OF } }) },
    'JUNCTION_ACCOUNTS',
    /default/,
  ],
  ['a practice in both', { ...oliver({}), ...oliverAccount({}) }, 'OLIVER_ACCOUNTS', /names a,/],
  ['no account at all', { JUNCTION_ACCOUNTS: '{}' }, 'JUNCTION_ACCOUNTS', /name an account/],
  ['a list for an object', { OLIVER_ACCOUNTS: '[]' }, 'OLIVER_ACCOUNTS'],
  ['curly quotes in JSON', { BOOKING_LIMITS: '{\u201clookUps\u201d:3}' }, 'BOOKING_LIMITS', /JSON/],
  // Fields of accounts.
  ['an unknown field', junctionAccount({ apikey: 'sk' }), 'JUNCTION_ACCOUNTS', /apikey/],
  [
    'an unknown capability',
    { JUNCTION_CAPABILITIES: '{"reserved":true}' },
    'JUNCTION_CAPABILITIES',
    /reserved/,
  ],
  [
    'capabilities that are wrong beside accounts',
    { ...oliverAccount({}), OLIVER_CAPABILITIES: '{"x":1}' },
    'OLIVER_CAPABILITIES',
  ],
  ['a zone that is none, at the stand-in', { JUNCTION_TIMEZONE: 'Phoenix' }, 'JUNCTION_TIMEZONE', /IANA/],
  ['a zone of the JSON', junctionAccount({ timezone: 'Phoenix' }), 'JUNCTION_ACCOUNTS', /a\.timezone .*IANA/],
  [
    'a reason with a line feed',
    junction({ JUNCTION_CANCELLATION_REASON: 'a\nb' }),
    'JUNCTION_CANCELLATION_REASON',
    /character 2/,
  ],
  [
    'half a pair',
    { JUNCTION_ACCOUNTS: `{"a":{"apiKey":"k","baseUrl":"${URL_OF}","cancellationReason":"x\\ud83d"}}` },
    'JUNCTION_ACCOUNTS',
    /character 2/,
  ],
  ['a user with a line feed', oliver({ OLIVER_USERNAME: 'partner\n' }), 'OLIVER_USERNAME', /character 8/],
  ['a user with a blank', oliver({ OLIVER_USERNAME: 'partner ' }), 'OLIVER_USERNAME', /blank/],
  [
    'a password with a carriage return',
    oliver({ OLIVER_PASSWORD: 'made up\r' }),
    'OLIVER_PASSWORD',
    /character 8/,
  ],
  ['a blank password', oliverAccount({ password: '  ' }), 'OLIVER_ACCOUNTS', /a\.password .*blank/],
  [
    'a location with a dash',
    oliver({ OLIVER_PRACTICES: 'a=1\u20132@UTC' }),
    'OLIVER_PRACTICES',
    /character 2/,
  ],
  [
    "the stand-in's key at Junction",
    { JUNCTION_BASE_URL: 'https://api.us.junction.com' },
    'JUNCTION_API_KEY',
    /needed/,
  ],
  // Keys and secrets.
  [
    'a bearer secret with a blank',
    { BOOKING_API_KEYS: 'desk:a secret of the desk' },
    'BOOKING_API_KEYS',
    /character 2 /,
  ],
  ['a bearer secret with a dash', { BOOKING_API_KEYS: `${SECRET}\u2013` }, 'BOOKING_API_KEYS', /bearer/],
  [
    'a bearer secret with an umlaut',
    { BOOKING_API_KEYS: `desk:${SECRET}\u00fc` },
    'BOOKING_API_KEYS',
    /bearer/,
  ],
  [
    'a bearer secret of two callers',
    { BOOKING_API_KEYS: `a:${SECRET},b:${SECRET}` },
    'BOOKING_API_KEYS',
    /twice/,
  ],
  [
    'a key with a dash in its base64',
    { BOOKING_ENCRYPTION_KEYS: `a:${KEY_32}\u2013` },
    'BOOKING_ENCRYPTION_KEYS',
    /base64/,
  ],
  [
    'an id of two keys',
    { BOOKING_ENCRYPTION_KEYS: `a:${KEY_32},a:${KEY_32}` },
    'BOOKING_ENCRYPTION_KEYS',
    /twice/,
  ],
  [
    'a key with a blank inside',
    { BOOKING_ID_KEY: `${KEY_32.slice(0, 9)} ${KEY_32.slice(9)}` },
    'BOOKING_ID_KEY',
    /base64/,
  ],
  [
    'a webhook secret that is none',
    { JUNCTION_WEBHOOK_SECRET: 'whsec_\u2013' },
    'JUNCTION_WEBHOOK_SECRET',
    /whsec_/,
  ],
  ['an empty webhook secret', { JUNCTION_WEBHOOK_SECRET: 'whsec_' }, 'JUNCTION_WEBHOOK_SECRET', /whsec_/],
  // Numbers, words, hosts.
  ['a port in hex', { PORT: '0x50' }, 'PORT', /65535/],
  ['a port with a fraction', { PORT: '3000.0' }, 'PORT', /65535/],
  [
    'a port of Kubernetes',
    { JUNCTION_SANDBOX_PORT: 'tcp://10.0.0.1:4010' },
    'JUNCTION_SANDBOX_PORT',
    /65535/,
  ],
  ['a port that fetch does not call', { JUNCTION_SANDBOX_PORT: '6000' }, 'JUNCTION_SANDBOX_PORT', /fetch/],
  ['a port that fetch does not call', { OLIVER_SANDBOX_PORT: '6667' }, 'OLIVER_SANDBOX_PORT', /fetch/],
  [
    'a port that browsers do not call',
    { BOOKING_TEMPORAL_UI_PORT: '6000' },
    'BOOKING_TEMPORAL_UI_PORT',
    /browsers/,
  ],
  ['a port that browsers do not call', { BOOKING_CODEC_PORT: '5060' }, 'BOOKING_CODEC_PORT', /browsers/],
  ['a port for news that fetch does not call', { PORT: '6000' }, 'PORT', /fetch/],
  ['minutes with an exponent', { BOOKING_SWEEP_MINUTES: '1e1' }, 'BOOKING_SWEEP_MINUTES', /whole number/],
  [
    'a level that pino does not know',
    { LOG_LEVEL: 'verbose' },
    'LOG_LEVEL',
    /one of fatal, error, warn, info/,
  ],
  ['a level in capitals', { LOG_LEVEL: 'INFO' }, 'LOG_LEVEL', /info/],
  ['a host with a scheme', { HOST: 'http://127.0.0.1' }, 'HOST', /without a scheme/],
  ['a host with a port', { HOST: '127.0.0.1:3000' }, 'HOST', /without a scheme and a port/],
  ['an address that is none', { HOST: '256.0.0.1' }, 'HOST', /IP address/],
  ['a host that is a pattern', { HOST: '*' }, 'HOST', /host name/],
  // Files.
  ['a data folder that is a file', { BOOKING_DATA_DIR: file }, 'BOOKING_DATA_DIR', /folder/],
  ['a data folder below a file', { BOOKING_DATA_DIR: join(file, 'data') }, 'BOOKING_DATA_DIR', /folder/],
  [
    'certificates that are not there',
    { NODE_EXTRA_CA_CERTS: join(dir, 'none.pem') },
    'NODE_EXTRA_CA_CERTS',
    /PEM/,
  ],
  ['certificates that are a folder', { NODE_EXTRA_CA_CERTS: dir }, 'NODE_EXTRA_CA_CERTS', /PEM/],
  ['certificates that are none', { NODE_EXTRA_CA_CERTS: file }, 'NODE_EXTRA_CA_CERTS', /PEM/],
  // Proxies.
  ['a proxy without a scheme', { HTTPS_PROXY: 'proxy.example.com:3128' }, 'HTTPS_PROXY', /http:\/\/proxy/],
  [
    'a proxy of another kind',
    { https_proxy: 'socks5://proxy.example.com:1080' },
    'https_proxy',
    /not supported/,
  ],
  ['a proxy that is no URL', { HTTP_PROXY: 'http://' }, 'HTTP_PROXY', /http:\/\/proxy/],
  ['a proxy with a port that is none', { http_proxy: 'http://proxy:port' }, 'http_proxy', /http:\/\/proxy/],
  ['a proxy with a path', { HTTPS_PROXY: 'http://proxy.example.com/pac' }, 'HTTPS_PROXY', /without a path/],
  ['a proxy with a broken user', { HTTPS_PROXY: 'http://u:p%4@proxy.example.com' }, 'HTTPS_PROXY', /percent/],
  [
    'a proxy with a dash in its name',
    { HTTPS_PROXY: 'http://pro\u2013xy.example.com:3128' },
    'HTTPS_PROXY',
    /http:\/\/proxy/,
  ],
  ['a proxy with half an address', { HTTP_PROXY: 'http://u:p%40@10.1:3128' }, 'HTTP_PROXY', /http:\/\/proxy/],
  // Temporal.
  [
    'Temporal with a scheme',
    { TEMPORAL_ADDRESS: 'http://temporal:7233' },
    'TEMPORAL_ADDRESS',
    /without a scheme/,
  ],
  ['Temporal with a path', { TEMPORAL_ADDRESS: 'temporal:7233/ui' }, 'TEMPORAL_ADDRESS', /without a path/],
  [
    'Temporal with no port behind the colon',
    { TEMPORAL_ADDRESS: 'temporal:' },
    'TEMPORAL_ADDRESS',
    /host:port/,
  ],
  ['Temporal with a port that is none', { TEMPORAL_ADDRESS: 'temporal:72330' }, 'TEMPORAL_ADDRESS', /65535/],
  ['Temporal at a port alone', { TEMPORAL_ADDRESS: ':7233' }, 'TEMPORAL_ADDRESS', /host:port/],
  ['Temporal with IPv6 without brackets', { TEMPORAL_ADDRESS: '::1' }, 'TEMPORAL_ADDRESS', /brackets/],
  ['a blank namespace', { TEMPORAL_NAMESPACE: '  ' }, 'TEMPORAL_NAMESPACE', /blank/],
  [
    "Temporal's key with a dash",
    { TEMPORAL_ADDRESS: 'a:1', TEMPORAL_API_KEY: 'k\u2013' },
    'TEMPORAL_API_KEY',
    /character 2 /,
  ],
  ['a word that the SDK takes for no', { TEMPORAL_TLS: 'yes' }, 'TEMPORAL_TLS', /true or false/],
  ['a certificate without its key', { TEMPORAL_TLS_CLIENT_CERT_DATA: 'c' }, 'TEMPORAL_TLS_CLIENT_\\*', /key/],
  [
    'metadata that cannot be sent',
    { TEMPORAL_GRPC_META_TEAM: 'a\u2013b' },
    'TEMPORAL_GRPC_META_TEAM',
    /character 2 /,
  ],
];

test.each(WRONG)('%s is refused: %j', (_what, env, name, right = /./) => {
  const load = () => loadConfig(env);
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(new RegExp(`^${name}: `));
  expect(load).toThrow(right);
  expect(load).not.toThrow(/made.up|a-secret|sk_us_|BwcH/);
});

test.each<[string, Env]>([
  ['an address of this machine by IPv6', { HOST: '::1' }],
  ['the same in brackets', { HOST: '[::1]' }],
  ['all addresses', { HOST: '0.0.0.0' }],
  ['a name', { HOST: 'localhost' }],
  ['a name of a container', { HOST: 'api_1' }],
  ['a password with a blank at the end', oliver({ OLIVER_PASSWORD: 'made up ' })],
  [
    'base64 of the other alphabet, without its padding',
    { BOOKING_ID_KEY: Buffer.alloc(32, 251).toString('base64url') },
  ],
  ['a secret of two names that rotates', { BOOKING_API_KEYS: `a:${SECRET},a:${SECRET}2` }],
  ['numbers with blanks around', { PORT: ' 3001\r' }],
  ['a data folder that is not there yet', { BOOKING_DATA_DIR: join(dir, 'a', 'b') }],
  ['Temporal by IPv6', { TEMPORAL_ADDRESS: '[::1]:7233' }],
  ['Temporal without a port', { TEMPORAL_ADDRESS: 'temporal.example.com' }],
  ['a proxy with credentials', { HTTPS_PROXY: 'http://user:p%40ss@proxy.example.com:3128/' }],
  ['a proxy by IPv6, over TLS', { HTTPS_PROXY: 'https://[::1]:3128' }],
  [
    'every form of exception',
    {
      http_proxy: 'http://p:1',
      NO_PROXY: '*.a.example, .b.example c.example:443,10.0.0.0/8 ::1,[::1]:80,fe80::/10,*',
    },
  ],
  ['exceptions that nobody needs', { NO_PROXY: 'http://' }],
  ['a proxy of another kind for other programs', { ALL_PROXY: 'socks5://p:1' }],
  ['certificates as PEM', { NODE_EXTRA_CA_CERTS: pem() }],
])('%s is taken', (_what, env) => {
  expect(() => loadConfig(env)).not.toThrow();
});

function pem(): string {
  const path = join(dir, 'ca.pem');
  writeFileSync(path, '# made up\n-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n');
  return path;
}

describe('what may be right is a warning', () => {
  const at = (host: string, apiKey: string) =>
    junction({ JUNCTION_BASE_URL: `https://${host}`, JUNCTION_API_KEY: apiKey });

  test.each([
    ['api.us.junction.com', 'pk_us_x', 'api.us.junction.com', 'sk_us_x'],
    ['api.eu.junction.com', 'pk_eu_x', 'api.eu.junction.com', 'pk_us_x'],
    ['api.sandbox.us.junction.com', 'sk_us_x', 'api.sandbox.us.junction.com', 'pk_us_x'],
    ['api.sandbox.eu.junction.com', 'sk_eu_x', 'api.sandbox.eu.junction.com', 'sk_us_x'],
    ['api.us.junction.com', 'pk_us_x', 'api.us.junction.com', 'sk_eu_x'],
    ['gateway.example.com', 'another-form', 'api.us.junction.com', 'another_x'],
    ['api.eu.junction.com', 'pk_eu_x', 'api.eu.junction.com', 'changeme_x'],
    ['gateway.example.com', 'sk_us_x', 'api.us.junction.com/v3', 'pk_us_x'],
  ])('%s goes with %s, and %s not with %s', (host, fits, otherHost, fitsNot) => {
    expect(loadConfig(at(host, fits)).warnings).toEqual([]);
    expect(loadConfig(at(otherHost, fitsNot)).warnings).toEqual([
      expect.stringMatching(/^Junction account default: its /),
    ]);
    expect(loadConfig(at(otherHost, fitsNot)).warnings.join()).not.toMatch(/_x|junction\.com/);
  });

  test.each<[Env, RegExp]>([
    [{ BOOKING_API_KEY: SECRET }, /^BOOKING_API_KEY: there is no such setting/],
    [{ OLIVER_PRACTISES: 'a' }, /^OLIVER_PRACTISES: /],
    [{ ...junctionAccount({}), JUNCTION_BASE_URL: URL_OF }, /^JUNCTION_BASE_URL: has no effect/],
    [{ TEMPORAL_CONFIG_FILE: join(dir, 'none.toml') }, /^TEMPORAL_CONFIG_FILE: /],
    [{ all_proxy: 'http://p:1' }, /^all_proxy: is not read/],
    [oliver({ OLIVER_PASSWORD: '"made up"' }), /^Oliver account a: its password .*quotes/],
    [oliver({ OLIVER_USERNAME: '${OLIVER_USER}' }), /^Oliver account a: its username .*variable/],
    [oliverAccount({ password: '<password>' }), /^Oliver account a: its password .*placeholder/],
  ])('%j', (env, warning) => {
    expect(loadConfig(env).warnings).toEqual([expect.stringMatching(warning)]);
  });

  test.each([
    'https://a.example',
    '10.0.0.0/33',
    '10.0.0.0/255.0.0.0',
    '192.168.*.7',
    'api.*.example.com',
    '10.1',
    '300.*',
    '**',
    '<-loopback>',
    'a\u2013b.example',
    '[::1',
    '.10.0.0.1',
  ])('of exceptions to a proxy, %s is left out, told by its place and never quoted', (entry) => {
    const { proxies, warnings } = loadConfig({
      HTTPS_PROXY: 'http://proxy:1',
      no_proxy: `a.example,${entry};b.example`,
    });
    expect(proxies?.direct).toEqual(expect.arrayContaining(['a.example', 'b.example']));
    expect(proxies?.direct).not.toContain(entry);
    expect(warnings).toEqual([
      expect.stringMatching(/^no_proxy: entry 2 is left out; right are hosts, like/),
    ]);
  });

  test.each([
    ['10.*', '10.0.0.0/8'],
    ['192.168.*', '192.168.0.0/16'],
    ['192.168.*.*', '192.168.0.0/16'],
    ['10.1.2.*', '10.1.2.0/24'],
    ['169.254/16', '169.254.0.0/16'],
    ['10/8', '10.0.0.0/8'],
    ['*example.com', '*example.com'],
    ['*.example.com:443', '*.example.com:443'],
    ['<local>', '<local>'],
    ['<LOCAL>', '<local>'],
    ['.m\u00fcnchen.example', '.xn--mnchen-3ya.example'],
  ])('of exceptions to a proxy, %s has one meaning', (entry, taken) => {
    const { proxies, warnings } = loadConfig({
      HTTP_PROXY: 'http://proxy:1',
      NO_PROXY: `a.example|${entry}`,
    });
    expect(proxies?.direct.slice(0, 2)).toEqual(['a.example', taken]);
    expect(warnings).toEqual([]);
  });

  test('names that Kubernetes gives are no settings', () => {
    const env = {
      BOOKING_SAGA_PORT: 'tcp://10.0.0.1:1',
      JUNCTION_X_SERVICE_HOST: '10.0.0.1',
      OLIVER_X_PORT_1_TCP: 'a',
    };
    expect(loadConfig(env).warnings).toEqual([]);
  });
});
