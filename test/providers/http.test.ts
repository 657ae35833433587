import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { Failure } from '../../src/booking/failures';
import { exchange, shortened, type HttpRequest } from '../../src/providers/http';
import { transportBy } from '../../src/providers/transport';
import { scriptedServer, type Outcome, type ScriptedServer } from './scripted-server';

let server: ScriptedServer;

beforeEach(async () => {
  server = await scriptedServer();
});

afterEach(async () => {
  await server.close();
  server.finish();
});

function request(effect: 'read' | 'write', more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: effect === 'read' ? 'GET' : 'POST',
    url: `${server.url}/thing`,
    headers: {},
    effect,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...more,
  };
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'answered',
    (err: unknown) => (err instanceof Failure ? err.code : `threw ${String(err)}`),
  );
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const outcome = await call.then(
    () => 'it succeeded',
    (err: unknown) => err,
  );
  if (outcome instanceof Failure) return outcome;
  throw new Error(`no failure of the table: ${String(outcome)}`);
}

async function freePort(): Promise<number> {
  const held = createServer();
  await new Promise<void>((resolve) => held.listen(0, '127.0.0.1', resolve));
  const { port } = held.address() as AddressInfo;
  await new Promise((resolve) => held.close(resolve));
  return port;
}

test('sends JSON and gives back the answer, parsed', async () => {
  server.expect('POST /thing', { status: 201, body: { id: 7 } });
  const answer = await exchange(request('write', { body: { a: 1 }, headers: { 'x-key': 'k' } }));
  expect(answer).toEqual({ status: 201, body: { id: 7 }, isReadable: true, retryAfterMs: undefined });
  expect(server.received[0]).toMatchObject({ body: { a: 1 }, headers: { 'x-key': 'k' } });
});

test.each([{ body: { a: 'é' } }, { body: undefined }])(
  'a write that is answered 421 is not sent again by itself: %j',
  async ({ body }) => {
    server.expect('POST /thing', { status: 421, body: 'Misdirected Request' });
    const answer = await exchange(request('write', { body }));
    expect(answer.status).toBe(421);
    expect(server.received).toHaveLength(1);
    const length = body === undefined ? 0 : Buffer.byteLength(JSON.stringify(body));
    expect(server.received[0]).toMatchObject({ body, headers: { 'content-length': String(length) } });
  },
);

test('an empty answer is null; a plain-text error is its text', async () => {
  server.expect('GET /thing', { status: 200 });
  server.expect('GET /thing', { status: 404, body: 'Not here' });
  expect((await exchange(request('read'))).body).toBeNull();
  expect((await exchange(request('read'))).body).toBe('Not here');
});

test('a redirect is an answer, not a way: the credentials go nowhere else', async () => {
  server.expect('GET /thing', { status: 302, headers: { location: `${server.url}/elsewhere` } });
  expect((await exchange(request('read'))).status).toBe(302);
});

test.each([500, 502, 503, 504, 499, 408, 302, 204])(
  'a %i that came whole is an answer too',
  async (status) => {
    server.expect('POST /thing', { status, headers: { 'retry-after': '7' } });
    const answer = await exchange(request('write'));
    expect(answer).toEqual({ status, body: null, isReadable: true, retryAfterMs: 7_000 });
  },
);

test('what is no JSON comes as its text, and says that it cannot be read', async () => {
  server.expect('POST /thing', { body: '<html>gateway</html>' });
  const answer = await exchange(request('write'));
  expect(answer).toMatchObject({ status: 200, body: '<html>gateway</html>', isReadable: false });
});

const UNCLEAR: [string, Outcome][] = [
  ['a reset', 'reset'],
  ['a 200 cut in the middle', 'half'],
  ['a 200 larger than we read', { body: JSON.stringify('x'.repeat(5_000_001)) }],
  ['a 404 larger than we read', { status: 404, body: JSON.stringify('x'.repeat(5_000_001)) }],
];

describe.each(UNCLEAR)('%s', (_name, outcome) => {
  test('leaves a write unknown and a read unavailable, and is not tried again', async () => {
    server.expect('POST /thing', outcome);
    server.expect('GET /thing', outcome);
    expect(await failureOf(exchange(request('write')))).toMatchObject({
      code: 'outcome_unknown',
      facts: { sent: 'yes' },
    });
    expect(await codeOf(exchange(request('read')))).toBe('provider_unavailable');
    expect(server.received).toHaveLength(2);
  });
});

test('no answer within the time limit: a write is unknown, a read unavailable', async () => {
  server.expect('POST /thing', 'silence');
  server.expect('GET /thing', 'silence');
  expect(await codeOf(exchange(request('write', { timeoutMs: 500 })))).toBe('outcome_unknown');
  expect(await codeOf(exchange(request('read', { timeoutMs: 500 })))).toBe('provider_unavailable');
});

describe('nothing was sent, so a write is unavailable and not unknown', () => {
  /** A server that does this to each connection once the client has said something. */
  async function withServer(
    act: (socket: Socket) => void,
    play: (address: string) => Promise<void>,
  ): Promise<void> {
    const sockets = new Set<Socket>();
    const odd = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => act(socket));
    });
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const { port } = odd.address() as AddressInfo;
    try {
      await play(`127.0.0.1:${port}/thing`);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => odd.close(resolve));
    }
  }
  const unsent = { code: 'provider_unavailable', facts: { sent: 'no' } };
  const write = (url: string) => failureOf(exchange(request('write', { url, body: { a: 1 } })));

  test('where the connection is refused', async () => {
    expect(await write(`http://127.0.0.1:${await freePort()}/thing`)).toMatchObject(unsent);
  });

  test('where the name is not found', async () => {
    expect(await write('http://no-such-host.invalid/thing')).toMatchObject(unsent);
  });

  const HANDSHAKES: [string, (socket: Socket) => void][] = [
    ['is answered with nonsense', (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['is ended', (socket) => socket.end()],
    ['is reset', (socket) => socket.resetAndDestroy()],
  ];
  test.each(HANDSHAKES)('where the TLS handshake %s', async (_what, act) => {
    await withServer(act, async (address) => {
      expect(await write(`https://${address}`)).toMatchObject(unsent);
    });
  });

  test('where the server has no certificate', async () => {
    const secure = createHttpsServer({}, (_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    expect(await write(`https://127.0.0.1:${port}/thing`)).toMatchObject(unsent);
    await new Promise((resolve) => secure.close(resolve));
  });

  test('and not where the same reset comes after the request', async () => {
    await withServer(
      (socket) => socket.resetAndDestroy(),
      async (address) => {
        expect(await write(`http://${address}`)).toMatchObject({
          code: 'outcome_unknown',
          facts: { sent: 'yes' },
        });
      },
    );
  });
});

test('an abort in flight leaves a write unknown and ends a read with its reason', async () => {
  const reason = new Error('the worker stops');
  for (const [effect, ends] of [
    ['write', 'outcome_unknown'],
    ['read', 'threw Error: the worker stops'],
  ] as const) {
    const stop = new AbortController();
    server.expect(`${effect === 'read' ? 'GET' : 'POST'} /thing`, 'silence');
    const before = server.received.length;
    const call = codeOf(exchange(request(effect, { signal: stop.signal })));
    await server.until(() => server.received.length > before);
    stop.abort(reason);
    expect(await call).toBe(ends);
  }
});

test('a write whose time was up while it connected is not sent once there is a connection', async () => {
  const connect = buildConnector({});
  const held: (() => void)[] = [];
  const connected: Promise<void>[] = [];
  const agent = new Agent({
    connect(options, callback) {
      const made = new Promise<void>((resolve) => {
        held.push(() => {
          connect(options, (...result) => {
            callback(...result);
            resolve();
          });
        });
      });
      connected.push(made);
    },
  });
  const transport = transportBy(() => agent);
  const failure = await failureOf(exchange(request('write', { timeoutMs: 100 }), transport));
  expect(failure).toMatchObject({ code: 'provider_unavailable', facts: { sent: 'no' } });
  const read = exchange(request('read'), transport);
  server.expect('GET /thing', { body: { id: 7 } });
  // The later call goes by a connection of its own, or by that which the write was to take.
  while (held.length > 0) held.pop()?.();
  expect(await read).toMatchObject({ body: { id: 7 } });
  await Promise.all(connected);
  await agent.close();
  expect(server.received.map(({ method }) => method)).toEqual(['GET']);
});

test('a call that is aborted already sends nothing, not even a write', async () => {
  const call = exchange(request('write', { signal: AbortSignal.abort(new Error('too late')) }));
  expect(await codeOf(call)).toBe('threw Error: too late');
  expect(server.received).toHaveLength(0);
});

test('what a provider said is cut to 300 characters', async () => {
  expect(shortened('x'.repeat(300))).toHaveLength(300);
  expect(shortened('x'.repeat(301))).toBe(`${'x'.repeat(299)}…`);
});

test('a body without an end is read to its limit and no further', async () => {
  let sent = 0;
  const endless = createHttpServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
    };
    response.on('drain', more);
    more();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  const { port } = endless.address() as AddressInfo;
  try {
    const url = `http://127.0.0.1:${port}/thing`;
    expect(await codeOf(exchange(request('read', { url })))).toBe('provider_unavailable');
    expect(await codeOf(exchange(request('write', { url })))).toBe('outcome_unknown');
    expect(sent).toBeLessThan(50_000_000);
  } finally {
    endless.closeAllConnections();
    await new Promise((resolve) => endless.close(resolve));
  }
});
