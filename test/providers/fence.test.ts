import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pauseMs } from 'node:timers/promises';
import { Failure } from '../../src/booking/failures';
import type { Fence } from '../../src/providers/fence';
import { exchange, type HttpRequest } from '../../src/providers/http';
import { createPace } from '../../src/providers/pace';
import { standStill } from '../support/standstill';
import { scriptedServer, type ScriptedServer } from './scripted-server';

let server: ScriptedServer;

beforeEach(async () => {
  server = await scriptedServer();
});

afterEach(async () => {
  await server.close();
  server.finish();
});

const LINE = 'POST /thing';

const request = (fence: Fence, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  url: `${server.url}/thing`,
  headers: {},
  body: { a: 1 },
  effect: 'write',
  timeoutMs: 10_000,
  signal: new AbortController().signal,
  fence,
  ...more,
});

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const outcome = await call.then(
    () => 'it succeeded',
    (err: unknown) => err,
  );
  if (outcome instanceof Failure) return outcome;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}

/** A fence that counts how often it was asked. */
function counting(ask: (asked: number) => Promise<void> | void): { fence: Fence; asked: () => number } {
  let asked = 0;
  return { fence: async () => ask(++asked), asked: () => asked };
}

test('is asked once, and the call goes when it lets it', async () => {
  server.expect(LINE, { body: {} });
  const { fence, asked } = counting(() => undefined);
  expect((await exchange(request(fence))).status).toBe(200);
  expect(asked()).toBe(1);
});

test('what it throws is what the call throws, and nothing is sent', async () => {
  const refusal = new Failure('temporal_unavailable', { sent: 'no' });
  const call = exchange(request(() => Promise.reject(refusal)));
  await expect(call).rejects.toBe(refusal);
  expect(server.received).toEqual([]);
});

test('is asked before the first byte, and not before the call has its turn', async () => {
  const seen: string[] = [];
  const sockets: Socket[] = [];
  const raw = createServer((socket) => {
    sockets.push(socket);
    seen.push('connected');
    socket.on('data', () =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}'),
    );
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const { port } = raw.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/thing`;
  const send = createPace({ a: { pace: { inFlight: 1, perSecond: 100 } } });
  let letFirstGo = (): void => undefined;
  const first = new Promise<void>((resolve) => (letFirstGo = resolve));
  const fenceOf = (name: string, until?: Promise<void>) => async () => {
    seen.push(`asked for ${name}`);
    await until;
  };
  const calls = [
    send('a', request(fenceOf('first', first), { url })),
    send('a', request(fenceOf('second'), { url })),
  ];
  await new Promise(setImmediate);
  expect(seen).toEqual(['asked for first']);
  letFirstGo();
  await Promise.all(calls);
  expect(seen).toEqual(['asked for first', 'connected', 'asked for second', 'connected']);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => raw.close(resolve));
});

describe('is asked again', () => {
  test.each<[string, (asked: number) => Promise<void>]>([
    [
      'while it answers',
      async (asked) => {
        if (asked === 1) standStill(1_100);
      },
    ],
    [
      'after it answered, before that is heard of',
      async (asked) => {
        await pauseMs(1);
        if (asked === 1) queueMicrotask(() => standStill(1_100));
      },
    ],
    [
      'before the connection is there',
      async (asked) => {
        if (asked === 1) process.nextTick(() => standStill(1_100));
      },
    ],
    [
      'after a while in which it was waited for',
      async (asked) => {
        if (asked > 1) return;
        await pauseMs(500);
        standStill(1_500);
        // Whoever froze takes up what is due before it reads what has come meanwhile.
        await pauseMs(1);
      },
    ],
  ])('where the process stands still for more than a second %s', async (_when, ask) => {
    server.expect(LINE, { body: {} });
    const { fence, asked } = counting(ask);
    await exchange(request(fence));
    expect(asked()).toBe(2);
  });

  test('and not where it only takes its time, nor for half a second', async () => {
    server.expect(LINE, { body: {} });
    server.expect(LINE, { body: {} });
    const slow = counting(() => pauseMs(1_600));
    const short = counting(() => standStill(500));
    await exchange(request(slow.fence));
    await exchange(request(short.fence));
    expect([slow.asked(), short.asked()]).toEqual([1, 1]);
  });

  test('five times at most, then nothing is sent', async () => {
    const { fence, asked } = counting(() => standStill(1_050));
    expect(await failureOf(exchange(request(fence)))).toMatchObject({
      code: 'provider_unavailable',
      facts: {
        sent: 'no',
        // Which of them it was is not known.
        said: expect.stringMatching(/connecting took longer .* or this process stood still/),
      },
    });
    expect(asked()).toBe(5);
    expect(server.received).toEqual([]);
  }, 15_000);
});

test('counts into the time of the call: when that is over nothing is sent', async () => {
  const call = exchange(request(() => pauseMs(200), { timeoutMs: 100 }));
  expect(await failureOf(call)).toMatchObject({ code: 'provider_unavailable', facts: { sent: 'no' } });
  expect(server.received).toEqual([]);
});

test('a call that is given up while it is asked is not sent', async () => {
  const stop = new AbortController();
  const fence = async (): Promise<void> => stop.abort(new Error('the worker stops'));
  await expect(exchange(request(fence, { signal: stop.signal }))).rejects.toThrow('the worker stops');
  expect(server.received).toEqual([]);
});
