import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { ServiceError } from '@temporalio/client';
import { pino } from 'pino';
import { ConfigError } from '../../src/config';
import { reachTemporal } from '../../src/run/reach-temporal';
import { localTarget } from '../../src/temporal/connection';

/** What is waited for, and what ends the start, whoever takes the connection. */

let open: Server;
let somewhere: string;
beforeAll(async () => {
  open = createServer((socket) => void socket.destroy()).listen(0, '127.0.0.1');
  await once(open, 'listening');
  const address = open.address();
  somewhere = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => new Promise((closed) => open.close(closed)));

/** Nobody listens there, as where only a proxy leads on. */
const NOWHERE = '127.0.0.1:1';
const addresses = (): string[] => [somewhere, NOWHERE];

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
const coded = (code: number): Error => Object.assign(new Error('of the server'), { code });
const connectingFailed = (cause: Error) =>
  new ServiceError('Failed to connect to Temporal server', { cause });

/** The error that one try ended the start with; `waits` when another try followed. */
async function after(address: string, err: Error): Promise<unknown> {
  let tries = 0;
  let stop = (): void => undefined;
  const told = new Promise<void>((resolve) => (stop = resolve));
  const reach = () => {
    tries += 1;
    if (tries > 1) stop();
    return Promise.reject(err);
  };
  const log = pino({ level: 'silent' });
  return reachTemporal(localTarget(address), reach, { log, told }).then(
    () => 'waits',
    (thrown: unknown) => thrown,
  );
}

test.each([
  ['the plain connection, which does not get through', new Error('Failed to connect before the deadline')],
  ['the plain connection, of a server that is unavailable', connectingFailed(coded(14))],
  ['the plain connection, of a server that is slow', connectingFailed(coded(4))],
  ['a call', coded(14)],
  ['the native connection', named('TransportError', 'Failed to call GetSystemInfo: "transport error"')],
  [
    'the native connection, whose TLS was cut off',
    named('TransportError', 'ConnectError(Custom { kind: UnexpectedEof, error: "tls handshake eof" })'),
  ],
])('waits on what says that nobody serves yet: %s', async (_name, err) => {
  for (const address of addresses()) expect(await after(address, err)).toBe('waits');
});

test.each([
  ['wrong keys', new ConfigError('BOOKING_ENCRYPTION_KEYS: lacks a key')],
  [
    'an address of no form of ours',
    new TypeError("Invalid address for Temporal gRPC endpoint: got 'dns:///x'"),
  ],
  ['credentials, on the plain connection', connectingFailed(coded(16))],
  ['permissions, on the plain connection', connectingFailed(coded(7))],
  [
    'credentials, on the native connection',
    named(
      'TransportError',
      "Failed to call GetSystemInfo: code: 'The request does not have valid authentication credentials'",
    ),
  ],
  [
    'a certificate',
    named(
      'TransportError',
      'ConnectError(Custom { kind: InvalidData, error: InvalidCertificate(UnknownIssuer) })',
    ),
  ],
  ['a key file', named('TransportError', 'tonic::transport::Error(Transport, PrivateKeyParseError)')],
  ['a namespace', coded(5)],
])('ends at once with what no wait mends: %s', async (_name, err) => {
  for (const address of addresses()) expect(await after(address, err)).toBe(err);
});
