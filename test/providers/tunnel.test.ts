import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnv } from '../../src/config';
import { startProxy, type TestProxy } from '../support/proxy';
import { standStill } from '../support/standstill';
import type { Orders, Report } from './fixtures/calls';
import { scriptedServer } from './scripted-server';

/** Tunnels to servers with a certificate of an authority that NODE_EXTRA_CA_CERTS names, from a process of its own. */

const TLS = join(__dirname, '../support/tls');
const pem = (name: string): string => readFileSync(join(TLS, name), 'utf8');

let proxy: TestProxy;
const servers: Server[] = [];
const received: { body: string; length?: string; host?: string; proxied: boolean }[] = [];

async function secureServer(certificate: string): Promise<number> {
  const server = createServer({ key: pem('server-key.pem'), cert: pem(certificate) }, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { 'content-length': length, host, 'proxy-authorization': proxied } = request.headers;
      received.push({ body, length, host, proxied: proxied !== undefined });
      response.writeHead(201).end('{}');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of this form.
  return (server.address() as AddressInfo).port;
}

beforeEach(async () => {
  proxy = await startProxy();
  received.length = 0;
});

afterEach(async () => {
  await proxy.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function calls(
  orders: Orders,
  settings: Record<string, string> = { NODE_EXTRA_CA_CERTS: join(TLS, 'authority.pem') },
): Promise<Report> {
  const script = require.resolve('./fixtures/calls');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--require', 'tsx/cjs', script, JSON.stringify(orders)],
    { env: { ...childEnv({}), NODE_EXTRA_CA_CERTS: '', ...settings }, cwd: join(__dirname, '../..') },
  );
  // What the fixture prints is of this form.
  return JSON.parse(stdout) as Report;
}

test('a write goes through the tunnel once; the proxy sees the host and its own credentials, the vendor neither', async () => {
  const port = await secureServer('elsewhere.pem');
  const url = `https://elsewhere.invalid:${port}`;
  const https = proxy.url.replace('//', '//desk:word@');
  const { outcomes } = await calls({
    proxies: { http: null, https, direct: [] },
    urls: [`${url}/a`],
  });
  expect(outcomes).toMatchObject([{ status: 201 }]);
  expect(received).toEqual([
    { body: '{"a":1}', length: '7', host: `elsewhere.invalid:${port}`, proxied: false },
  ]);
  expect(proxy.asked).toMatchObject([
    {
      method: 'CONNECT',
      target: `elsewhere.invalid:${port}`,
      headers: { host: `elsewhere.invalid:${port}`, 'proxy-authorization': `Basic ${btoa('desk:word')}` },
    },
  ]);
});

test('a fence whose answer grew old while the tunnel was opened is asked again, and the call goes once', async () => {
  const port = await secureServer('elsewhere.pem');
  let opened = 0;
  // The connection that took too long is there for the second try.
  proxy.beforeTunnel(() => {
    opened += 1;
    standStill(opened === 1 ? 1_300 : 0);
  });
  const { outcomes } = await calls({
    proxies: { http: null, https: proxy.url, direct: [] },
    urls: [`https://elsewhere.invalid:${port}/a`],
  });
  expect(outcomes).toEqual([{ status: 201, asked: expect.any(Number) }]);
  expect(outcomes[0]?.asked).toBeGreaterThan(1);
  expect(received).toHaveLength(1);
});

test('certificates: of another host, and of an authority that is not trusted, nothing was sent', async () => {
  const good = await secureServer('good.pem');
  const elsewhere = await secureServer('elsewhere.pem');
  const proxies = { http: null, https: proxy.url, direct: [] };
  const trusting = await calls({
    proxies,
    urls: [
      `https://vendor.invalid:${elsewhere}/a`,
      `https://localhost:${elsewhere}/a`,
      `https://localhost:${good}/a`,
    ],
  });
  expect(trusting.outcomes).toMatchObject([
    { code: 'provider_unavailable', sent: 'no' },
    { code: 'provider_unavailable', sent: 'no' },
    { status: 201 },
  ]);
  const other = await calls({ proxies, urls: [`https://elsewhere.invalid:${elsewhere}/a`] }, {});
  expect(other.outcomes).toMatchObject([{ code: 'provider_unavailable', sent: 'no' }]);
  expect(received).toHaveLength(1);
  expect(proxy.asked.map(({ target }) => target)).toEqual([
    `vendor.invalid:${elsewhere}`,
    `elsewhere.invalid:${elsewhere}`,
  ]);
});

test('a proxy that is itself called over TLS is called by its own name, for tunnels and for what it is handed whole', async () => {
  const port = await secureServer('elsewhere.pem');
  const secure = await startProxy({ key: pem('server-key.pem'), cert: pem('good.pem') });
  const plain = await scriptedServer();
  plain.expect('POST /b', { status: 202 });
  const { outcomes } = await calls({
    proxies: { http: secure.url, https: secure.url, direct: [] },
    urls: [`https://elsewhere.invalid:${port}/a`, `${plain.url.replace('127.0.0.1', 'provider.invalid')}/b`],
  });
  expect(outcomes).toMatchObject([{ status: 201 }, { status: 202 }]);
  expect(secure.asked.map(({ method }) => method)).toEqual(['CONNECT', 'POST']);
  await Promise.all([secure.close(), plain.close()]);
  plain.finish();
});

test('without a proxy the same certificates are trusted', async () => {
  const port = await secureServer('good.pem');
  const report = await calls({ proxies: null, urls: [`https://localhost:${port}/a`] });
  expect(report).toMatchObject({ outcomes: [{ status: 201 }] });
});
