import { EventEmitter, once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pauseMs } from 'node:timers/promises';
import { Failure } from '../../src/booking/failures';
import { loadConfig } from '../../src/config';
import { createProviders, providerFor } from '../../src/providers';
import { createPace, DEFAULT_PACE } from '../../src/providers/pace';
import type { HttpRequest } from '../../src/providers/http';
import { directly, type Transport } from '../../src/providers/transport';

/** A vendor that answers when told, and remembers when it was asked. */
interface Vendor {
  url: string;
  /** When each call arrived, in ms on the process's own clock. */
  arrivals: number[];
  /** Answers the call that has waited longest. */
  answer(status?: number, headers?: Record<string, string>): void;
  /** Answers every call at once from now on. */
  answerAll(status?: number): void;
  /** Resolves once so many calls have arrived. */
  asked(count: number): Promise<void>;
  close(): Promise<void>;
}

async function startVendor(): Promise<Vendor> {
  const open: ServerResponse[] = [];
  const arrivals: number[] = [];
  const events = new EventEmitter();
  let always: number | null = null;
  const server = createServer((_incoming, response) => {
    arrivals.push(performance.now());
    if (always === null) open.push(response);
    else response.writeHead(always).end('{}');
    events.emit('call');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    arrivals,
    answer: (status = 200, headers = {}) => void open.shift()?.writeHead(status, headers).end('{}'),
    answerAll: (status = 200) => {
      always = status;
      for (const response of open.splice(0)) response.writeHead(status).end('{}');
    },
    asked: async (count) => {
      while (arrivals.length < count) await once(events, 'call');
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

let vendor: Vendor;
let other: Vendor;
beforeEach(async () => {
  [vendor, other] = await Promise.all([startVendor(), startVendor()]);
});
afterEach(() => Promise.all([vendor.close(), other.close()]));

const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  effect: 'read',
  url: vendor.url,
  headers: {},
  timeoutMs: 10_000,
  signal: new AbortController().signal,
  ...more,
});

const failureOf = async (call: Promise<unknown>): Promise<Failure> => {
  const outcome = await call.catch((err: unknown) => err);
  if (outcome instanceof Failure) return outcome;
  throw new Error('the call did not end in a failure of the table');
};

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('calls in flight', () => {
  const send = () => createPace({ a: { pace: { inFlight: 2, perSecond: 1_000 } } });

  test('no more than allowed are on their way; the next goes when one is back', async () => {
    const paced = send();
    const calls = times(3, () => paced('a', request()));
    await vendor.asked(2);
    expect(vendor.arrivals).toHaveLength(2);
    vendor.answer();
    await vendor.asked(3);
    vendor.answerAll();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('a call that failed makes room as well', async () => {
    const paced = send();
    const lost = times(2, () => failureOf(paced('a', request({ timeoutMs: 500 }))));
    const next = paced('a', request({ timeoutMs: 10_000 }));
    expect((await Promise.all(lost)).map(({ code }) => code)).toEqual([
      'provider_unavailable',
      'provider_unavailable',
    ]);
    await vendor.asked(3);
    vendor.answerAll();
    expect((await next).status).toBe(200);
  });

  test('the wait is bounded: a third of the call, then rate_limited with nothing sent', async () => {
    const paced = send();
    const held = times(2, () => paced('a', request()));
    await vendor.asked(2);
    const startedMs = performance.now();
    expect(await failureOf(paced('a', request({ effect: 'write', timeoutMs: 1_500 })))).toMatchObject({
      code: 'rate_limited',
      facts: { said: expect.stringContaining('not sent'), sent: 'no' },
    });
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    expect(vendor.arrivals).toHaveLength(2);
    vendor.answerAll();
    await Promise.all(held);
  });

  test("waiting counts into the call's own time", async () => {
    const paced = send();
    const held = times(2, () => paced('a', request({ timeoutMs: 150 })));
    await vendor.asked(2);
    const late = failureOf(paced('a', request({ timeoutMs: 1_200 })));
    await Promise.allSettled(held);
    const [leftMs] = (await late).facts.said?.match(/\d+(?= ms)/) ?? [];
    expect(Number(leftMs)).toBeLessThan(1_150);
  });

  test('an abort ends the wait at once, with its own reason, and gives up the place in line', async () => {
    const paced = send();
    const held = times(2, () => paced('a', request()));
    await vendor.asked(2);
    const stopping = new AbortController();
    const waiting = paced('a', request({ signal: stopping.signal }));
    const behind = paced('a', request());
    stopping.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    vendor.answerAll();
    await Promise.all([...held, behind]);
    expect(vendor.arrivals).toHaveLength(3);
  });

  test('a call aborted before it began is not sent', async () => {
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(send()('a', request({ signal }))).rejects.toThrow('cancelled');
    expect(vendor.arrivals).toEqual([]);
  });
});

test('no more calls begin within any second than allowed', async () => {
  vendor.answerAll();
  // When a call arrives differs by what the way takes; when it is handed over for sending is the pace's own doing.
  const begun: number[] = [];
  const noting: Transport = (...call) => {
    begun.push(performance.now());
    return directly(...call);
  };
  const paced = createPace({ a: { pace: { inFlight: 100, perSecond: 5 } } }, DEFAULT_PACE, noting);
  await Promise.all(times(12, () => paced('a', request())));
  const gaps = begun.slice(5).map((at, index) => at - (begun[index] ?? 0));
  // Between its turn and its sending a call is made ready, which takes some ms.
  expect(gaps.every((gap) => gap > 950)).toBe(true);
  expect(gaps).toHaveLength(7);
});

describe('Retry-After', () => {
  const pause = { 'retry-after': '1' };

  test.each([429, 503, 408, 502])('of a %i silences the whole account until it is over', async (status) => {
    const paced = createPace({ a: {} });
    const refused = paced('a', request());
    await vendor.asked(1);
    vendor.answer(status, pause);
    expect(await refused).toMatchObject({ status, retryAfterMs: 1_000 });

    const turnedAway = await failureOf(paced('a', request({ effect: 'write', method: 'POST' })));
    const turnedAwayMs = performance.now();
    expect(turnedAway).toMatchObject({ code: 'rate_limited', facts: { sent: 'no' } });
    expect(turnedAway.facts.retryAfterMs).toBeGreaterThan(0);
    expect(turnedAway.facts.retryAfterMs).toBeLessThanOrEqual(1_000);
    expect(vendor.arrivals).toHaveLength(1);

    vendor.answerAll();
    // A timer may be up to a millisecond early.
    const overMs = turnedAwayMs + (turnedAway.facts.retryAfterMs ?? 0);
    while (performance.now() < overMs) await pauseMs(1);
    expect((await paced('a', request())).status).toBe(200);
  });

  test('turns away at once who waits in line', async () => {
    const paced = createPace({ a: { pace: { inFlight: 1, perSecond: 100 } } });
    const first = paced('a', request());
    const waiting = failureOf(paced('a', request()));
    await vendor.asked(1);
    vendor.answer(429, pause);
    expect((await first).status).toBe(429);
    expect((await waiting).facts.retryAfterMs).toBeGreaterThan(900);
  });

  test('a refusal for load without it, and other answers with it, silence nobody', async () => {
    const paced = createPace({ a: {} });
    for (const [status, headers] of [
      [429, {}],
      [404, pause],
      [200, pause],
    ] as const) {
      const call = paced('a', request());
      await vendor.asked(vendor.arrivals.length + 1);
      vendor.answer(status, headers);
      expect((await call).status).toBe(status);
    }
  });

  test('of one account leaves the others alone', async () => {
    const paced = createPace({ a: {}, b: {} });
    const refused = paced('a', request());
    await vendor.asked(1);
    vendor.answer(429, pause);
    await refused;
    vendor.answerAll();
    expect((await paced('b', request())).status).toBe(200);
  });
});

test("a provider that does not answer takes no other provider's or account's turns", async () => {
  const stuck = createPace({ a: {}, b: {} });
  const healthy = createPace({ a: {} });
  other.answerAll();
  const calls = times(DEFAULT_PACE.inFlight, () => stuck('a', request()).catch(() => null));
  await vendor.asked(DEFAULT_PACE.inFlight);
  expect((await healthy('a', request({ url: other.url, timeoutMs: 500 }))).status).toBe(200);
  expect((await stuck('b', request({ url: other.url, timeoutMs: 500 }))).status).toBe(200);
  vendor.answerAll();
  await Promise.all(calls);
});

describe('in the adapters', () => {
  const call = () => ({ account: 'default', timeoutMs: 5_000, signal: new AbortController().signal });
  const ORDER = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';

  test('both kinds of appointment of a Junction account keep silent together, and Oliver goes on', async () => {
    const providers = createProviders(
      loadConfig({
        JUNCTION_API_KEY: 'sk_us_test',
        JUNCTION_BASE_URL: vendor.url,
        OLIVER_BASE_URL: other.url,
        OLIVER_USERNAME: 'u',
        OLIVER_PASSWORD: 'p',
        OLIVER_PRACTICES: 'default=1@America/Chicago',
      }),
      { warn: () => undefined },
    );
    const read = (name: 'junction-phlebotomy' | 'junction-psc') =>
      failureOf(Promise.resolve(providerFor(providers, name).orders?.read(call(), ORDER)));
    const refused = read('junction-phlebotomy');
    await vendor.asked(1);
    vendor.answer(429, { 'retry-after': '60' });
    expect((await refused).facts.retryAfterMs).toBe(60_000);
    for (const name of ['junction-phlebotomy', 'junction-psc'] as const) {
      expect((await read(name)).facts.said).toContain('not sent');
    }
    const request = { provider: 'oliver', account: 'default', preference: 'earliest' } as const;
    const oliver = failureOf(
      providerFor(providers, 'oliver').lookUp(call(), {
        orderId: null,
        request: { ...request, client: { id: 1 }, patient: { id: 2 } },
        startsAt: null,
        ownIds: [],
        maker: 'b',
      }),
    );
    await other.asked(1);
    other.answer(503, { 'retry-after': '60' });
    expect((await oliver).facts.retryAfterMs).toBe(60_000);
    expect([vendor.arrivals.length, other.arrivals.length]).toEqual([1, 1]);
  });
});

describe('settings', () => {
  const PACE = { inFlight: 3, perSecond: 7 };
  const OWN = { inFlight: 1, perSecond: 1 };
  const account = { apiKey: 'k', baseUrl: 'https://api.example.com' };

  test('give a vendor its pace, and an account its own', () => {
    const { accounts } = loadConfig({
      JUNCTION_PACE: JSON.stringify(PACE),
      JUNCTION_ACCOUNTS: JSON.stringify({ plain: account, slow: { ...account, pace: OWN } }),
    });
    expect(accounts.junction).toMatchObject({ plain: { pace: PACE }, slow: { pace: OWN } });
    expect(Object.values(accounts.oliver).map(({ pace }) => pace)).toEqual([undefined, undefined]);
    const practices = loadConfig({ OLIVER_PACE: JSON.stringify(PACE) }).accounts.oliver;
    expect(Object.values(practices).map(({ pace }) => pace)).toEqual([PACE, PACE]);
  });

  test.each(['{"inFlight":0,"perSecond":1}', '{"inFlight":1}', 'fast'])('%s is no pace', (json) => {
    expect(() => loadConfig({ JUNCTION_PACE: json })).toThrow(/JUNCTION_PACE/);
  });
});
