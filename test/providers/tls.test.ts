import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { promisify } from 'node:util';
import { exchange, type HttpRequest } from '../../src/providers/http';
import { failureOf, requestTo } from './exchanges';
import { rawServer } from './raw-server';

/** Nothing was sent: a write is no unknown one. */
const UNSENT = { code: 'provider_unavailable', facts: { sent: 'no' } };
const UNKNOWN = { code: 'outcome_unknown', facts: { sent: 'yes' } };

const pem = (name: string): string => readFileSync(`test/support/tls/${name}.pem`, 'utf8');

/** Plays against a server, and closes it. Says how many requests it got. */
async function against(
  server: Server,
  play: (address: string) => Promise<void>,
): Promise<{ requests: number }> {
  let requests = 0;
  server.on('request', (_request: unknown, response: { end: (body: string) => void }) => {
    requests += 1;
    response.end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await play(`127.0.0.1:${port}/`);
  } finally {
    server.close();
  }
  return { requests };
}

const FENCES: [string, HttpRequest['fence']][] = [
  ['without a fence', undefined],
  ['with a fence', async () => undefined],
];

describe.each(FENCES)('%s nothing of a write was sent', (_with, fence) => {
  const write = (url: string, more: Partial<HttpRequest> = {}) =>
    failureOf(exchange(requestTo(url, 'write', { fence, ...more })));

  test('to a server whose certificate nobody vouches for', async () => {
    const server = createHttpsServer({ key: pem('server-key'), cert: pem('good') });
    const { requests } = await against(server, async (address) => {
      expect(await write(`https://${address}`)).toMatchObject(UNSENT);
    });
    expect(requests).toBe(0);
  });

  test('by https to a port of http', async () => {
    const { requests } = await against(createHttpServer(), async (address) => {
      expect(await write(`https://${address}`)).toMatchObject(UNSENT);
    });
    expect(requests).toBe(0);
  });

  test('where the handshake takes longer than the call may, nor is it sent later', async () => {
    const server = await rawServer(() => undefined);
    const beganMs = performance.now();
    const failure = await write(`https://${server.address}/`, { timeoutMs: 300 });
    // Undici itself would go on for as long as it allows for a connection, 10 s.
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    expect(failure).toMatchObject(UNSENT);
    expect(failure.facts.said).toContain('no connection within 300 ms');
    expect(server.got()).not.toBe('');
    expect(server.got()).not.toContain('POST');
    await server.close();
  });

  test('where the call is given up in the handshake: it ends with the reason', async () => {
    const stop = new AbortController();
    const server = await rawServer(() => stop.abort(new Error('the worker stops')));
    const call = exchange(requestTo(`https://${server.address}/`, 'write', { fence, signal: stop.signal }));
    const beganMs = performance.now();
    await expect(call).rejects.toThrow('the worker stops');
    expect(performance.now() - beganMs).toBeLessThan(5_000);
    await server.close();
  });
});

test('by http to a port of TLS a write was sent, in clear: it is unknown, and a read is tried again', async () => {
  const server = createHttpsServer({ key: pem('server-key'), cert: pem('good') });
  await against(server, async (address) => {
    expect(await failureOf(exchange(requestTo(`http://${address}`, 'write')))).toMatchObject(UNKNOWN);
    expect(await failureOf(exchange(requestTo(`http://${address}`, 'read')))).toMatchObject({
      code: 'provider_unavailable',
    });
  });
});

test('what a trusted authority vouches for is sent, and nothing to an expired certificate or another host’s', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', 'tsx/cjs', 'test/providers/tls-child.ts'],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: 'test/support/tls/authority.pem' } },
  );
  const unsent = (code: string) => `provider_unavailable, sent no: cannot be reached (${code})`;
  expect(JSON.parse(stdout)).toEqual({
    good: 'answered 200',
    'good, kept alive': 'answered 200',
    expired: unsent('CERT_HAS_EXPIRED'),
    'expired, fenced': unsent('CERT_HAS_EXPIRED'),
    elsewhere: unsent('ERR_TLS_CERT_ALTNAME_INVALID'),
    'elsewhere, fenced': unsent('ERR_TLS_CERT_ALTNAME_INVALID'),
    received: 2,
  });
});
