import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { pino } from 'pino';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { installRuntime } from '../../src/temporal/runtime';
import { createWorkers, workflowBundle } from '../../src/temporal/worker';
import { bookingQuery, cancel, resolve, retry } from '../../workflows/messages';
import { startTimeSkippingServer, testConfig } from '../support/temporal';
import { ORDER_ID, scriptedActivities, type Script } from './scripted-provider';

/** Rules of hours and days, on a server that skips them. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A deadline is followed by a look and a cancellation, which take some seconds of the server's time. */
const SLACK_MS = MINUTE_MS;

const config = testConfig();
let bundle: WorkflowBundleOption;

beforeAll(async () => {
  installRuntime(pino({ level: 'silent' }));
  bundle = await workflowBundle();
}, 60_000);

interface Play {
  env: TestWorkflowEnvironment;
  handle: WorkflowHandle;
  script: Script;
  view(): Promise<BookingView>;
  /** When this was done, in ms since the booking was made; null when it was not. */
  didAfter(did: Script['log'][number]['did']): number | null;
}

interface PlayOptions {
  request?: Record<string, unknown>;
  /** How far ahead the slot is, in ms. */
  slotInMs?: number;
}

/**
 * Runs a booking of an adopted order against a script. Each has a server of its own: what one booking leaves
 * there, a poll that was cancelled for one, can hold the clock for the next.
 */
async function playing(options: PlayOptions, play: (p: Play) => Promise<void>): Promise<void> {
  const env = await startTimeSkippingServer(config);
  const script = await scriptFor(env, options);
  const workers = await createWorkers({
    config,
    connection: env.nativeConnection,
    namespace: 'default',
    activities: scriptedActivities(script, () => env.currentTimeMs(), { config, client: env.client }),
    workflowBundle: bundle,
  });
  const running = workers.run();
  try {
    await play(await begin(env, script, options.request ?? {}));
  } finally {
    workers.shutdown();
    await running;
    await env.teardown();
  }
}

async function scriptFor(
  env: TestWorkflowEnvironment,
  { slotInMs = 9 * DAY_MS }: PlayOptions,
): Promise<Script> {
  const startsMs = (await env.currentTimeMs()) + slotInMs;
  return {
    phase: 'pending',
    lockedOut: false,
    ref: null,
    orderIsCancelled: false,
    slot: { startsAt: iso(startsMs), endsAt: iso(startsMs + HOUR_MS) },
    log: [],
  };
}

async function begin(
  env: TestWorkflowEnvironment,
  script: Script,
  request: Record<string, unknown>,
): Promise<Play> {
  const handle = await env.client.workflow.start(WORKFLOW_TYPE.booking, {
    workflowId: workflowIdOf(randomUUID()),
    taskQueue: TASK_QUEUE.bookings,
    args: [
      {
        provider: 'junction-phlebotomy',
        account: 'default',
        order: { id: ORDER_ID, onFailure: 'cancel' },
        preference: 'earliest',
        limits: { maxSlotAttempts: 1 },
        ...request,
      },
    ],
  });
  return {
    env,
    handle,
    script,
    view: () => handle.query(bookingQuery),
    didAfter: (did) => {
      const booked = script.log.find((entry) => entry.did === 'book');
      const done = script.log.find((entry) => entry.did === did);
      return booked && done ? done.atMs - booked.atMs : null;
    },
  };
}

const iso = (ms: number) => new Date(ms).toISOString();

/** Resolves once the view fits; skips time meanwhile. */
async function until(p: Play, fits: (view: BookingView) => boolean): Promise<BookingView> {
  for (let n = 0; n < 200; n += 1) {
    const view = await p.view();
    if (fits(view)) return view;
    await p.env.sleep(30 * SECOND_MS);
  }
  throw new Error(`it never came to this; it stands at ${JSON.stringify(await p.view())}`);
}

/** The code that a failed booking fails with. */
async function codeOf(handle: WorkflowHandle): Promise<unknown> {
  const err: unknown = await handle.result().then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  return err instanceof Error && err.cause && 'type' in Object(err.cause)
    ? Reflect.get(Object(err.cause), 'type')
    : err;
}

describe('an appointment that is never confirmed is released', () => {
  const CASES: [string, PlayOptions, number][] = [
    ['after 4 h', {}, 4 * HOUR_MS],
    [
      'a minute after the async timeout',
      { request: { confirmation: { async: true, asyncTimeoutMs: 30 * MINUTE_MS } } },
      31 * MINUTE_MS,
    ],
    [
      "a minute after the provider's own async timeout",
      { request: { confirmation: { async: true } } },
      16 * MINUTE_MS,
    ],
    [
      'after the time that the request gives',
      { request: { limits: { maxSlotAttempts: 1, confirmTimeoutMs: 3 * DAY_MS - 5 * HOUR_MS } } },
      3 * DAY_MS - 5 * HOUR_MS,
    ],
  ];

  test.each(CASES)('%s, and the order with it', async (_name, options, expectedMs) => {
    await playing(options, async (p) => {
      expect(await codeOf(p.handle)).toBe('no_slot');
      const cancelledMs = p.didAfter('cancel appointment') ?? 0;
      expect(cancelledMs).toBeGreaterThanOrEqual(expectedMs);
      expect(cancelledMs).toBeLessThan(expectedMs + SLACK_MS);
      expect(p.didAfter('cancel order')).toBeGreaterThanOrEqual(cancelledMs);
    });
  });

  test('after a look that was made past the deadline', async () => {
    await playing({}, async (p) => {
      await codeOf(p.handle);
      const bookedMs = p.script.log.find(({ did }) => did === 'book')?.atMs ?? 0;
      const beforeCancel = p.script.log.slice(
        0,
        p.script.log.findIndex(({ did }) => did === 'cancel appointment'),
      );
      expect(beforeCancel.at(-1)).toMatchObject({ did: 'look' });
      expect(beforeCancel.at(-1)?.atMs).toBeGreaterThanOrEqual(bookedMs + 4 * HOUR_MS);
    });
  });

  test('and until then waiting adds nothing to the history', async () => {
    await playing({}, async (p) => {
      await until(p, ({ waitingFor }) => waitingFor?.what === 'confirmation');
      await p.env.sleep(10 * MINUTE_MS);
      const early = await eventsOf(p);
      await p.env.sleep(3 * HOUR_MS);
      expect(await eventsOf(p)).toBe(early);
      expect(p.didAfter('cancel appointment')).toBeNull();
    });
  });

  const eventsOf = async (p: Play) => (await p.handle.fetchHistory()).events?.length;
});

test('a booking that is not confirmed within settleWithinMs ends as such, and is undone', async () => {
  const limits = { maxSlotAttempts: 3, settleWithinMs: HOUR_MS };
  await playing({ request: { limits } }, async (p) => {
    expect(await codeOf(p.handle)).toBe('not_settled_in_time');
    expect(p.didAfter('cancel appointment')).toBeGreaterThan(HOUR_MS - SLACK_MS);
    expect(p.didAfter('cancel appointment')).toBeLessThan(HOUR_MS + SLACK_MS);
    expect(p.didAfter('cancel order')).not.toBeNull();
  });
});

test('the deadline stands still while a person is asked', async () => {
  await playing({}, async (p) => {
    await p.env.sleep(HOUR_MS);
    p.script.lockedOut = true;
    const asking = await until(p, ({ attention }) => attention !== null);
    expect(asking.attention?.reason).toBe('credentials_rejected');
    await p.env.sleep(10 * HOUR_MS);
    expect(await p.view()).toMatchObject({ status: 'awaiting_confirmation', compensation: [] });
    p.script.lockedOut = false;
    await p.handle.signal(retry, {});
    const heldBackMs = (await p.env.currentTimeMs()) - Date.parse(asking.attention?.since ?? '');
    expect(await codeOf(p.handle)).toBe('no_slot');
    const cancelledMs = p.didAfter('cancel appointment') ?? 0;
    expect(cancelledMs).toBeGreaterThanOrEqual(4 * HOUR_MS + heldBackMs - SLACK_MS);
    expect(cancelledMs).toBeLessThan(4 * HOUR_MS + heldBackMs + SLACK_MS);
  });
});

describe('a slot that starts before the deadline', () => {
  test('is released before its start', async () => {
    await playing({ slotInMs: 2 * HOUR_MS }, async (p) => {
      expect(await codeOf(p.handle)).toBe('no_slot');
      expect(cancelledMs(p)).toBeLessThan(Date.parse(p.script.slot.startsAt));
    });
  });

  test('is released before its start also when a person was asked meanwhile', async () => {
    await playing({ slotInMs: 2 * HOUR_MS }, async (p) => {
      await p.env.sleep(HOUR_MS);
      p.script.lockedOut = true;
      await until(p, ({ attention }) => attention !== null);
      await p.env.sleep(20 * MINUTE_MS);
      p.script.lockedOut = false;
      await p.handle.signal(retry, {});
      expect(await codeOf(p.handle)).toBe('no_slot');
      expect(cancelledMs(p)).toBeLessThan(Date.parse(p.script.slot.startsAt));
    });
  });

  const cancelledMs = (p: Play) => p.script.log.find(({ did }) => did === 'cancel appointment')?.atMs;
});

describe('a confirmed booking', () => {
  test('whose visit is over asks a person when the provider does not say how it ended', async () => {
    await playing({ slotInMs: 5 * DAY_MS }, async (p) => {
      p.script.phase = 'confirmed';
      await p.env.sleep(5 * DAY_MS + HOUR_MS + 2 * DAY_MS - 10 * MINUTE_MS);
      expect(await p.view()).toMatchObject({ status: 'confirmed', attention: null });
      await p.env.sleep(20 * MINUTE_MS);
      const asking = await until(p, ({ attention }) => attention !== null);
      expect(asking.attention).toMatchObject({
        reason: 'no_final_word',
        choices: ['retry', 'completed', 'end'],
      });
      await p.handle.signal(retry, {});
      await until(p, ({ attention, revision }) => attention !== null && revision > asking.revision);
      await p.handle.signal(resolve, { choice: 'completed', why: 'she was there' });
      expect(await p.handle.result()).toMatchObject({ status: 'completed', compensation: [] });
      expect(p.script.log.map(({ did }) => did)).not.toContain('cancel appointment');
    });
  });

  test('outlives the time limits of its beginnings', async () => {
    await playing({ slotInMs: 8 * DAY_MS }, async (p) => {
      p.script.phase = 'confirmed';
      await p.env.sleep(7 * DAY_MS);
      expect(await p.view()).toMatchObject({ status: 'confirmed', attention: null, compensation: [] });
      await p.handle.signal(cancel, {});
      expect(await p.handle.result()).toMatchObject({ status: 'cancelled' });
    });
  });
});
