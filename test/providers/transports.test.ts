import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../../src/booking/failures';
import { exchange, type HttpRequest } from '../../src/providers/http';
import { proxiedTransport } from '../../src/providers/proxied';
import { directly, type Transport } from '../../src/providers/transport';
import { startProxy, type TestProxy } from '../support/proxy';
import { failureOf, requestTo } from './exchanges';
import { scriptedServer, type Outcome, type ScriptedServer } from './scripted-server';

/** The same expectations without a proxy, beside one, and through one. */

let server: ScriptedServer;
let proxy: TestProxy;

beforeEach(async () => {
  [server, proxy] = await Promise.all([scriptedServer(), startProxy()]);
});

afterEach(async () => {
  await Promise.all([server.close(), proxy.close()]);
  server.finish();
});

const through = (direct: string[] = []): Transport =>
  proxiedTransport({ http: proxy.url, https: null, direct });

/** Under a name that is not this machine's: the proxy takes every name for it. */
const named = (url: string): string => url.replace('127.0.0.1', 'provider.invalid');

interface Way {
  transport: () => Transport;
  address: (url: string) => string;
  isProxied: boolean;
}

const WAYS: [string, Way][] = [
  ['without a proxy', { transport: () => directly, address: (url) => url, isProxied: false }],
  ['beside a proxy, to this machine', { transport: through, address: (url) => url, isProxied: false }],
  ['through a proxy', { transport: through, address: named, isProxied: true }],
];

describe.each(WAYS)('%s', (_name, { transport, address, isProxied }) => {
  const request = (effect: 'read' | 'write', more: Partial<HttpRequest> = {}): HttpRequest =>
    requestTo(address(`${server.url}/thing?a=1`), effect, more);
  const send = (effect: 'read' | 'write', more: Partial<HttpRequest> = {}) =>
    exchange(request(effect, more), transport());

  test('JSON goes with its length, and comes back parsed', async () => {
    server.expect('POST /thing', { status: 201, body: { id: 7 }, headers: { 'retry-after': '7' } });
    const answer = await send('write', { body: { a: 'é' }, headers: { 'x-key': 'k\u00e9' } });
    expect(answer).toEqual({ status: 201, body: { id: 7 }, isReadable: true, retryAfterMs: 7_000 });
    expect(server.received).toMatchObject([
      {
        body: { a: 'é' },
        headers: {
          'x-key': 'k\u00e9',
          'content-length': '10',
          host: expect.stringMatching(isProxied ? /^provider\.invalid:/ : /^127/),
        },
      },
    ]);
    expect(server.received[0]?.query.get('a')).toBe('1');
    expect(server.received[0]?.headers).not.toHaveProperty('transfer-encoding');
    expect(proxy.asked).toHaveLength(isProxied ? 1 : 0);
  });

  test.each([undefined, { a: 1 }])('an answer of 421 is not sent again by itself: %j', async (body) => {
    server.expect('POST /thing', { status: 421, body: 'Misdirected Request' });
    expect((await send('write', { body })).status).toBe(421);
    expect(server.received).toHaveLength(1);
  });

  test('a redirect is an answer and not followed', async () => {
    server.expect('GET /thing', { status: 302, headers: { location: `${server.url}/elsewhere` } });
    expect((await send('read')).status).toBe(302);
  });

  test.each([204, 400, 401, 403, 408, 429, 499, 500, 502, 503, 504])('a %i is an answer', async (status) => {
    server.expect('POST /thing', { status });
    expect((await send('write')).status).toBe(status);
  });

  test('calls go one after another', async () => {
    const by = transport();
    server.expect('POST /thing', { body: 1 });
    server.expect('GET /thing', { body: 2 });
    expect((await exchange(request('write'), by)).body).toBe(1);
    expect((await exchange(request('read'), by)).body).toBe(2);
  });

  const UNCLEAR: [string, Outcome][] = [
    ['a reset', 'reset'],
    ['a 200 cut in the middle', 'half'],
    ['a body larger than we read', { body: JSON.stringify('x'.repeat(5_000_001)) }],
    ['silence', 'silence'],
  ];
  test.each(UNCLEAR)('%s leaves a write unknown and a read unavailable', async (_what, outcome) => {
    const timeoutMs = outcome === 'silence' ? 300 : 5_000;
    server.expect('POST /thing', outcome);
    server.expect('GET /thing', outcome);
    const unknown = { code: 'outcome_unknown', facts: { sent: 'yes' } };
    expect(await failureOf(send('write', { timeoutMs }))).toMatchObject(unknown);
    expect(await failureOf(send('read', { timeoutMs }))).toMatchObject({ code: 'provider_unavailable' });
    expect(server.received).toHaveLength(2);
  });

  test('a fence is asked once, and its refusal keeps the call from being sent', async () => {
    server.expect('POST /thing');
    const fence = jest
      .fn()
      .mockResolvedValueOnce(undefined)
      .mockRejectedValueOnce(new Failure('temporal_unavailable', { sent: 'no' }));
    await send('write', { fence });
    await expect(send('write', { fence })).rejects.toThrow(Failure);
    expect(fence).toHaveBeenCalledTimes(2);
  });

  test('an abort in flight leaves a write unknown and ends a read with its reason', async () => {
    const reason = new Error('the worker stops');
    for (const effect of ['write', 'read'] as const) {
      const stop = new AbortController();
      server.expect(effect === 'read' ? 'GET /thing' : 'POST /thing', 'silence');
      const before = server.received.length;
      const call = send(effect, { signal: stop.signal }).catch((err: unknown) => err);
      await server.until(() => server.received.length > before);
      stop.abort(reason);
      expect(await call).toEqual(
        effect === 'read' ? reason : expect.objectContaining({ code: 'outcome_unknown' }),
      );
    }
  });
});

describe('a call that is handed to a proxy whole', () => {
  const write = (transport: Transport, more: Partial<HttpRequest> = {}) =>
    exchange(requestTo(named(`${server.url}/thing`), 'write', more), transport);

  test('names its whole address, and our credentials go to the proxy only', async () => {
    server.expect('POST /thing');
    const url = proxy.url.replace('http://', 'http://desk:p%40ss%C3%A9@');
    await write(proxiedTransport({ http: url, https: null, direct: [] }));
    const credentials = `Basic ${Buffer.from('desk:p@ssé').toString('base64')}`;
    expect(proxy.asked).toMatchObject([
      {
        method: 'POST',
        target: named(`${server.url}/thing`),
        headers: { 'proxy-authorization': credentials },
      },
    ]);
    expect(server.received[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('a user without a password is shown to the proxy as well', async () => {
    server.expect('POST /thing');
    await write(proxiedTransport({ http: proxy.url.replace('//', '//desk@'), https: null, direct: [] }));
    expect(proxy.asked[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa('desk:')}`);
  });

  test.each([500, 502, 503, 504])(
    "the proxy's own %i is an answer, which on a write proves nothing",
    async (status) => {
      proxy.answer(status);
      expect(await write(through())).toMatchObject({ status, body: 'said by the proxy', isReadable: false });
    },
  );

  test("the proxy's 407 is no answer: a write is unknown", async () => {
    proxy.answer(407);
    const failure = await failureOf(write(through()));
    expect(failure).toMatchObject({ code: 'outcome_unknown', facts: { said: expect.stringMatching(/407/) } });
  });

  test('a proxy that is not there: nothing was sent', async () => {
    await proxy.close();
    expect(await failureOf(write(through()))).toMatchObject(NOTHING_SENT);
  });

  test('an exception of NO_PROXY is called directly', async () => {
    const call = write(through(['.invalid']), { timeoutMs: 5_000 });
    expect(await failureOf(call)).toMatchObject(NOTHING_SENT); // nobody has that name
    expect(proxy.asked).toEqual([]);
  });
});

const NOTHING_SENT = { code: 'provider_unavailable', facts: { sent: 'no' } };

describe('a tunnel that does not come about: nothing was sent', () => {
  const write = (more: Partial<HttpRequest> = {}, https = proxy.url) =>
    failureOf(
      exchange(
        requestTo('https://provider.invalid/thing', 'write', more),
        proxiedTransport({ http: null, https, direct: [] }),
      ),
    );

  test.each([400, 403, 407, 429, 502, 503, 504])('the proxy answers %i', async (status) => {
    proxy.answer(status);
    const failure = await write();
    expect(failure).toMatchObject(NOTHING_SENT);
    expect(failure.facts.said).toBe(`cannot be reached (PROXY_ANSWERED_${status})`);
    expect(proxy.asked).toMatchObject([{ method: 'CONNECT', target: 'provider.invalid:443' }]);
  });

  test('the proxy hangs up', async () => {
    proxy.answer('close');
    expect(await write()).toMatchObject(NOTHING_SENT);
  });

  test('the proxy is silent until the time is over', async () => {
    proxy.answer('silence');
    expect(await write({ timeoutMs: 300 })).toMatchObject(NOTHING_SENT);
  });

  test('there is no proxy', async () => {
    await proxy.close();
    const failure = await write();
    expect(failure).toMatchObject(NOTHING_SENT);
    expect(failure.facts.said).toBe('cannot be reached (PROXY_ECONNREFUSED)');
  });

  test('nobody has the name of the proxy', async () => {
    expect(await write({}, 'http://no-such-proxy.invalid:3128')).toMatchObject(NOTHING_SENT);
  });

  test('the credentials of the proxy are shown to it and told to nobody', async () => {
    proxy.answer(407);
    const failure = await write({}, proxy.url.replace('//', '//desk:word@'));
    expect(proxy.asked[0]?.headers['proxy-authorization']).toBe(`Basic ${btoa('desk:word')}`);
    expect(JSON.stringify(failure)).not.toMatch(/word|desk|Basic/);
  });

  test('who is behind the tunnel speaks no TLS, or has a certificate of nobody', async () => {
    const plain: Server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const call = exchange(
      requestTo(`https://provider.invalid:${port}/thing`, 'write'),
      proxiedTransport({ http: null, https: proxy.url, direct: [] }),
    );
    expect(await failureOf(call)).toMatchObject(NOTHING_SENT);
    expect(proxy.asked).toMatchObject([{ target: `provider.invalid:${port}` }]);
    await new Promise((resolve) => plain.close(resolve));
  });

  test('a proxy for https alone leaves http addresses alone', async () => {
    server.expect('POST /thing');
    const transport = proxiedTransport({ http: null, https: proxy.url, direct: [] });
    expect(
      await failureOf(exchange(requestTo('http://provider.invalid/', 'write'), transport)),
    ).toMatchObject(NOTHING_SENT);
    await exchange(requestTo(`${server.url}/thing`, 'write'), transport);
    expect(proxy.asked).toEqual([]);
  });
});
