import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createProviderActivities } from '../../activities';
import type { Target } from '../../activities/contract';
import { Failure, type FailureFacts } from '../../src/booking/failures';
import type { Sighting } from '../../src/booking/model';
import type { Call, Provider } from '../../src/providers/provider';
import { lookWithoutOrder } from './memory-provider';

/** Patience with a read is the time in which tries were made; nothing that a machine's clock or our absence adds to. */

const SILENT = new DefaultLogger('ERROR', () => undefined);
const SECOND_MS = 1_000;
const PATIENCE_MS = 900 * SECOND_MS;
const NOTHING: Sighting = { order: null, live: [], ended: [] };

const TARGET: Target = {
  provider: 'oliver',
  account: 'practice-1',
  bookingId: 'b',
  callTimeoutMs: 100,
  patienceMs: PATIENCE_MS,
};

const WHERE = lookWithoutOrder(TARGET);

interface Tried {
  /** What the server is told to do: try again after so many ms, or leave it to the workflow (null). */
  pauseMs: number | null;
  facts: FailureFacts;
  /** What the next try is given. */
  kept: unknown;
}

interface Try {
  kept?: unknown;
  attempt?: number;
  startToCloseTimeoutMs?: number;
}

type Activities = ReturnType<typeof createProviderActivities>;

async function tried(
  lookUp: (call: Call) => Promise<Sighting>,
  { kept, attempt = 1, startToCloseTimeoutMs = 45 * SECOND_MS }: Try = {},
  run: (activities: Activities) => Promise<unknown> = (activities) => activities.lookUp(WHERE),
): Promise<Tried> {
  const info = { attempt, startToCloseTimeoutMs, heartbeatDetails: kept };
  const environment = new MockActivityEnvironment(info, { logger: SILENT });
  const beats: unknown[] = [kept];
  environment.on('heartbeat', (details) => beats.push(details));
  const provider = { lookUp, orders: null } as unknown as Provider; // nothing else of it is called
  const activities = createProviderActivities({ providerFor: () => provider, timezoneOf: () => null });
  const err: unknown = await environment.run(() => run(activities)).catch((thrown: unknown) => thrown);
  if (!(err instanceof ApplicationFailure)) throw new Error('it did not fail');
  return {
    pauseMs: err.nonRetryable ? null : Number(err.nextRetryDelay ?? 0),
    facts: err.details?.[0] ?? {}, // written by failures.ts
    kept: beats.at(-1),
  };
}

const failing =
  (facts: FailureFacts = {}) =>
  () =>
    Promise.reject(new Failure('provider_unavailable', facts));

/** Tries as the server makes them, each with what the one before left behind, until the workflow is to decide. */
async function allTries(
  lookUp: () => Promise<Sighting>,
): Promise<{ tries: number; pausedMs: number; last: Tried }> {
  let pausedMs = 0;
  let kept: unknown;
  for (let attempt = 1; attempt <= 100; attempt += 1) {
    const one = await tried(lookUp, { kept, attempt });
    if (one.pauseMs === null) return { tries: attempt, pausedMs, last: one };
    pausedMs += one.pauseMs;
    ({ kept } = one);
  }
  throw new Error('a hundred tries were made');
}

test('a read is tried again for its patience, and not much longer', async () => {
  const { tries, pausedMs, last } = await allTries(failing());
  expect(tries).toBeGreaterThan(10);
  expect(pausedMs).toBeGreaterThan(PATIENCE_MS - 10 * SECOND_MS);
  expect(pausedMs).toBeLessThan(PATIENCE_MS + 2 * SECOND_MS);
  expect(last.facts.triedForMs).toBeGreaterThanOrEqual(PATIENCE_MS);
});

test('a long Retry-After cannot stretch it: fresh tries right after it, then a person', async () => {
  const { tries, pausedMs } = await allTries(failing({ retryAfterMs: 72_000 * SECOND_MS }));
  expect(tries).toBe(3);
  expect(pausedMs).toBeGreaterThan(PATIENCE_MS - SECOND_MS);
  expect(pausedMs).toBeLessThan(PATIENCE_MS + 2 * SECOND_MS);
});

test('a Retry-After within it is kept to', async () => {
  expect((await tried(failing({ retryAfterMs: 120 * SECOND_MS }))).pauseMs).toBe(120 * SECOND_MS);
});

test('a try that began before the patience was used up is never the last, however long it took', async () => {
  const kept = { tries: 9, ms: PATIENCE_MS - 10 };
  const slow = async (): Promise<Sighting> => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return failing()();
  };
  const one = await tried(slow, { kept, attempt: 10 });
  expect(one.pauseMs).toBe(SECOND_MS);
  expect((await tried(failing(), { kept: one.kept, attempt: 11 })).pauseMs).toBeNull();
});

test.each([
  ['ahead', 7_200 * SECOND_MS],
  ['behind', -7_200 * SECOND_MS],
])('a clock that jumps two hours %s uses up none of it', async (_how, byMs) => {
  const kept = { tries: 1, ms: 2 * SECOND_MS };
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + byMs);
  try {
    const one = await tried(failing(), { kept, attempt: 2 });
    expect(one.pauseMs).toBe(2 * SECOND_MS);
    expect(one.kept).toMatchObject({ tries: 2, ms: expect.closeTo(4 * SECOND_MS, -3) as number });
  } finally {
    now.mockRestore();
  }
});

test('slow tries do not use it up before three were made', async () => {
  const over = { kept: { tries: 1, ms: PATIENCE_MS }, attempt: 2 };
  expect((await tried(failing(), over)).pauseMs).toBe(SECOND_MS);
  expect((await tried(failing(), { kept: { tries: 2, ms: PATIENCE_MS }, attempt: 3 })).pauseMs).toBeNull();
});

test('a bug is tried again for as long, as a deploy may be under way, and then shown', async () => {
  const bug = () => Promise.reject(new TypeError('a bug'));
  expect((await tried(bug)).pauseMs).toBe(SECOND_MS);
  expect((await tried(bug, { kept: { tries: 20, ms: PATIENCE_MS }, attempt: 21 })).pauseMs).toBeNull();
});

test('what time does not cure is not tried again', async () => {
  const refused = () => Promise.reject(new Failure('credentials_rejected'));
  expect((await tried(refused)).pauseMs).toBeNull();
});

test('a try counts as a whole one until it ends: one that is lost with its worker was made', async () => {
  let during: unknown;
  const environment = new MockActivityEnvironment(
    { attempt: 2, startToCloseTimeoutMs: 45 * SECOND_MS, heartbeatDetails: { tries: 1, ms: SECOND_MS } },
    { logger: SILENT },
  );
  environment.on('heartbeat', (details) => (during = details));
  const provider = { lookUp: () => Promise.resolve(NOTHING), orders: null } as unknown as Provider;
  const { lookUp } = createProviderActivities({ providerFor: () => provider, timezoneOf: () => null });
  await environment.run(() => lookUp(WHERE));
  expect(during).toEqual({ tries: 2, ms: 46 * SECOND_MS });
});

test('a read that does not end ends itself, before Temporal ends it and what it spent is lost', async () => {
  const never = () => new Promise<Sighting>(() => undefined);
  const one = await tried(never);
  expect(one.pauseMs).toBe(SECOND_MS);
  expect(one.facts.said).toBe('not read to its end within 300 ms');
});

test('the last try is made although the provider has asked for a pause', async () => {
  const calls: (boolean | undefined)[] = [];
  const noting = (call: Call) => {
    calls.push(call.isLastTry);
    return failing()();
  };
  await tried(noting, { kept: { tries: 2, ms: PATIENCE_MS - 1 }, attempt: 3 });
  await tried(noting, { kept: { tries: 2, ms: PATIENCE_MS }, attempt: 3 });
  expect(calls).toEqual([false, true]);
});

describe('an appointment that is missing', () => {
  const missing = () => Promise.reject(new Failure('appointment_missing'));
  const poll = (activities: Activities) =>
    activities.awaitAppointmentChange({ ...WHERE, seen: '', missingForMs: PATIENCE_MS });

  test('is looked for within patience, by the same rule', async () => {
    expect((await tried(missing, {}, poll)).kept).toMatchObject({ tries: 1 });
    const nearly = { kept: { tries: 5, ms: PATIENCE_MS - 1 }, attempt: 900 };
    expect((await tried(missing, nearly, poll)).pauseMs).toBe(SECOND_MS);
    const over = { kept: { tries: 6, ms: PATIENCE_MS }, attempt: 901 };
    expect((await tried(missing, over, poll)).pauseMs).toBeNull();
  });

  test('and a failure of the provider in between ends no poll', async () => {
    const over = { kept: { tries: 6, ms: PATIENCE_MS }, attempt: 901 };
    expect((await tried(failing(), over, poll)).pauseMs).toBe(0); // at the poll's own interval
  });
});

test('a poll that follows a finding leaves the provider alone first', async () => {
  let looks = 0;
  const looking = () => {
    looks += 1;
    return Promise.resolve(NOTHING);
  };
  const poll = (activities: Activities) =>
    activities.awaitAppointmentChange({
      ...WHERE,
      seen: JSON.stringify([null]),
      pauseMs: 4 * SECOND_MS,
      missingForMs: 0,
    });
  expect((await tried(looking, { attempt: 1 }, poll)).pauseMs).toBe(4 * SECOND_MS);
  expect(looks).toBe(0);
  expect((await tried(looking, { attempt: 2 }, poll)).pauseMs).toBe(0);
  expect(looks).toBe(1);
});
