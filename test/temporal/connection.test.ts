import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../src/config';
import { localTarget, temporalTarget } from '../../src/temporal/connection';

const dir = mkdtempSync(join(tmpdir(), 'booking-saga-profile-'));
const file = join(dir, 'temporal.toml');
writeFileSync(
  file,
  [
    '[profile.default]',
    'address = "by-file:7233"',
    '[profile.cloud]',
    'address = "cloud:7233"',
    'namespace = "team.a"',
    'api_key = "k"',
  ].join('\n'),
);

/** Without the file of whoever runs the tests. */
const noFile = { TEMPORAL_CONFIG_FILE: join(dir, 'none.toml') };

test('nothing is named: the embedded server serves', () => {
  expect(temporalTarget(noFile)).toBeNull();
  expect(temporalTarget({ ...noFile, TEMPORAL_NAMESPACE: 'other' })).toBeNull();
});

test('an address alone means the default namespace, without TLS', () => {
  const target = temporalTarget({ ...noFile, TEMPORAL_ADDRESS: 'host:7233' });
  expect(target).toMatchObject({ address: 'host:7233', namespace: 'default' });
  expect(target?.connectionOptions.tls).toBeFalsy();
});

test('an API key brings TLS with it', () => {
  const target = temporalTarget({
    ...noFile,
    TEMPORAL_ADDRESS: 'host:7233',
    TEMPORAL_NAMESPACE: 'team.a',
    TEMPORAL_API_KEY: 'k',
  });
  expect(target).toMatchObject({ namespace: 'team.a', connectionOptions: { apiKey: 'k', tls: true } });
});

test('client certificates are read', () => {
  const target = temporalTarget({
    ...noFile,
    TEMPORAL_ADDRESS: 'host:7233',
    TEMPORAL_TLS_CLIENT_CERT_DATA: 'cert',
    TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
    TEMPORAL_TLS_SERVER_NAME: 'sni',
  });
  expect(target?.connectionOptions.tls).toMatchObject({
    serverNameOverride: 'sni',
    clientCertPair: { crt: Buffer.from('cert'), key: Buffer.from('key') },
  });
});

test.each([
  ['default', {}, 'by-file:7233', 'default'],
  ['named', { TEMPORAL_PROFILE: 'cloud' }, 'cloud:7233', 'team.a'],
  ['overruled by the environment', { TEMPORAL_ADDRESS: 'host:7233' }, 'host:7233', 'default'],
])('the %s profile of the file', (_name, env, address, namespace) => {
  expect(temporalTarget({ TEMPORAL_CONFIG_FILE: file, ...env })).toMatchObject({ address, namespace });
});

test.each([
  ['a key without an address', { ...noFile, TEMPORAL_API_KEY: 'k' }, /TEMPORAL_ADDRESS/],
  [
    'a profile that is not there',
    { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'nope' },
    /TEMPORAL_\*.*nope/,
  ],
])('%s is refused', (_name, env, message) => {
  expect(() => temporalTarget(env)).toThrow(ConfigError);
  expect(() => temporalTarget(env)).toThrow(message);
});

test('a local target needs an address only', () => {
  expect(localTarget('127.0.0.1:7233')).toEqual({
    address: '127.0.0.1:7233',
    namespace: 'default',
    connectionOptions: { address: '127.0.0.1:7233' },
  });
});
