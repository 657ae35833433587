import type { Client } from '@temporalio/client';
import { lastPollOf } from '../../../src/client/executions/pollers';

const HOUR_MS = 3_600_000;
const T0 = Date.UTC(2026, 10, 26, 12);

/** A client of a Temporal whose queue was polled last at `polledAtMs`, by its own clock. */
function polled(times: () => number[]): Client {
  const pollers = () =>
    times().map((ms) => ({ lastAccessTime: { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 } }));
  const client = {
    options: { namespace: 'default' },
    withDeadline: <T>(_deadline: number, call: () => Promise<T>) => call(),
    workflowService: { describeTaskQueue: () => Promise.resolve({ pollers: pollers() }) },
  };
  // What of a client is used here.
  return client as unknown as Client;
}

describe('how long ago a queue was polled last', () => {
  let monotonicMs: number;
  beforeEach(() => {
    monotonicMs = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => monotonicMs);
  });
  afterEach(() => jest.restoreAllMocks());

  /** This machine's clock is that much ahead of Temporal's, which reads T0 now. */
  const clockAhead = (ms: number) => jest.spyOn(Date, 'now').mockImplementation(() => T0 + ms);
  const ageOf = async (client: Client, nowMs: number | null = null) =>
    (await lastPollOf(client, 'bookings', 'workflow', nowMs))?.ageMs;

  test.each([0, HOUR_MS, -HOUR_MS])(
    'is told by Temporal’s time where it is given (clock %d ms off)',
    async (off) => {
      clockAhead(off);
      expect(
        await ageOf(
          polled(() => [T0 - 400_000, T0 - 20_500]),
          T0,
        ),
      ).toBe(20_500);
    },
  );

  test('is told by this machine’s clock at the first look', async () => {
    clockAhead(0);
    expect(await ageOf(polled(() => [T0 - 20_000]))).toBe(20_000);
  });

  test('is nothing for a queue that Temporal knows no poll of', async () => {
    expect(
      await lastPollOf(
        polled(() => []),
        'bookings',
        'workflow',
      ),
    ).toBeNull();
  });

  test('a worker that polls is seen from the second look on, though the clock is an hour ahead', async () => {
    clockAhead(HOUR_MS);
    let last = T0 - 10_000;
    const client = polled(() => [last]);
    expect(await ageOf(client)).toBe(HOUR_MS + 10_000);
    monotonicMs += 30_000;
    last += 25_000;
    expect(await ageOf(client)).toBe(30_000);
  });

  test('one that has gone is missed in time, though the clock is an hour behind', async () => {
    clockAhead(-HOUR_MS);
    const client = polled(() => [T0]);
    expect(await ageOf(client)).toBe(0);
    monotonicMs += 91_000;
    expect(await ageOf(client)).toBe(91_000);
  });

  test('queues and servers are told apart', async () => {
    clockAhead(-HOUR_MS);
    await ageOf(polled(() => [T0]));
    monotonicMs += 91_000;
    expect(await ageOf(polled(() => [T0]))).toBe(0);
  });
});
