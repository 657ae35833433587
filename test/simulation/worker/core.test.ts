import { decoded, encoded, msOf } from '../server/payloads';
import { RULES } from '../server/rules';
import {
  timestamp,
  type Activation,
  type ActivityResult,
  type Command,
  type RunInfo,
} from '../sdk-internals';
import { cachedRun, type CachedRun, type Outcome } from './core';
import type { LocalCommand } from './locals';

/** Local activities as core has them, without any workflow: what each activation makes is written down here. */

const INFO: RunInfo = {
  ...{ workflowId: 'w', runId: 'r', originalRunId: 'r', firstRunId: 'r', workflowType: 'booking' },
  ...{ taskQueue: 'bookings', namespace: 'n', startMs: 0, nowMs: 0, historyLength: 3 },
};
const TASK = { jobs: [{ initializeWorkflow: {} }], timeMs: 1_000, historyLength: 3 };
const DONE: ActivityResult = { completed: { result: encoded('opened') } };
const failing = (info: object = {}): ActivityResult => ({
  failed: { failure: { message: 'no', applicationFailureInfo: { type: 'account_unknown', ...info } } },
});

const local = (over: LocalCommand = {}): Command => ({
  scheduleLocalActivity: {
    ...{ seq: 1, activityId: '1', activityType: 'open', attempt: 1 },
    retryPolicy: { initialInterval: timestamp(1_000), backoffCoefficient: 2 },
    localRetryThreshold: timestamp(0),
    ...over,
  },
});
const timer: Command = { startTimer: { seq: 1 } };
const call: Command = { scheduleActivity: { seq: 2, activityType: 'place' } };

interface Scene {
  run: CachedRun;
  activations: Activation[];
  /** What was run. */
  tried: LocalCommand[];
}

/** A run whose workflow makes these commands, one list for each activation. */
async function scene(made: readonly (readonly Command[])[], result: ActivityResult = DONE): Promise<Scene> {
  const [activations, tried]: [Activation[], LocalCommand[]] = [[], []];
  const run = await cachedRun(INFO, {
    sandbox: {
      create: async () => ({
        async activate(activation) {
          activations.push(activation);
          return [...(made[activations.length - 1] ?? [])];
        },
        dispose: async () => undefined,
      }),
      destroy: async () => undefined,
    },
    rules: RULES,
    codec: { decode: async (jobs) => jobs, encode: async (commands) => commands },
    async runLocal(_run, of) {
      tried.push(of);
      return result;
    },
  });
  return { run, activations, tried };
}

const namesOf = ({ commands }: Outcome) =>
  commands.flatMap((command) => Object.keys(command).filter((name) => name !== 'userMetadata'));
const heardBy = ({ jobs }: Activation) => jobs?.[0]?.resolveActivity;

test('one is run within the task, and the workflow goes on in another activation, a little later', async () => {
  const { run, activations, tried } = await scene([[local(), timer], [call]]);
  const outcome = await run.play(TASK);
  expect(tried).toHaveLength(1);
  expect(namesOf(outcome)).toEqual(['startTimer', 'scheduleLocalActivity', 'scheduleActivity']);
  const [first, second] = activations;
  expect(second?.jobs).toHaveLength(1);
  expect(heardBy(second ?? {})).toMatchObject({ seq: 1, isLocal: true });
  expect(decoded(heardBy(second ?? {})?.result?.completed?.result)).toBe('opened');
  expect(second?.historyLength).toBe(first?.historyLength);
  expect(msOf(second?.timestamp)).toBeGreaterThan(msOf(first?.timestamp));
  expect(outcome.ends).toMatchObject([{ seq: 1, overMs: msOf(second?.timestamp) }]);
});

test('a replay takes the end and its time from the history, and runs nothing', async () => {
  const live = await scene([[local()], [call]]);
  const before = await live.run.play(TASK);
  const replay = await scene([[local()], [call]], failing());
  const again = await replay.run.play(TASK, before.ends);
  expect(replay.tried).toEqual([]);
  expect(again).toEqual(before);
  expect(replay.activations.map(({ timestamp: at, jobs }) => [at, jobs])).toEqual(
    live.activations.map(({ timestamp: at, jobs }) => [at, jobs]),
  );
  expect(replay.activations.every(({ isReplaying }) => isReplaying)).toBe(true);
});

test('a replay that begins one which the history has not makes no marker', async () => {
  const { run, tried } = await scene([[local(), timer], [call]]);
  expect(namesOf(await run.play(TASK, []))).toEqual(['startTimer']);
  expect(tried).toEqual([]);
});

test('one that is cancelled in the activation that began it is not run, and has a marker all the same', async () => {
  const { run, activations, tried } = await scene([
    [local(), { requestCancelLocalActivity: { seq: 1 } }, timer],
    [call],
  ]);
  const outcome = await run.play(TASK);
  expect(tried).toEqual([]);
  expect(namesOf(outcome)).toEqual(['scheduleLocalActivity', 'startTimer', 'scheduleActivity']);
  const cancelled = heardBy(activations[1] ?? {})?.result?.cancelled?.failure;
  expect(cancelled?.cause?.canceledFailureInfo).toBeTruthy();
});

test('a failure for good is handed on as it was thrown', async () => {
  const { run, activations } = await scene([[local()], []], failing({ nonRetryable: true }));
  await run.play(TASK);
  const failure = heardBy(activations[1] ?? {})?.result?.failed?.failure;
  expect(failure?.applicationFailureInfo?.type).toBe('account_unknown');
  expect(failure?.activityFailureInfo ?? null).toBeNull();
});

test('a failure that may pass is told with the pause before the next try, which is the workflow’s', async () => {
  const { run, activations } = await scene([[local({ attempt: 3 })], [timer]], failing());
  const outcome = await run.play(TASK);
  const backoff = heardBy(activations[1] ?? {})?.result?.backoff;
  expect(backoff?.attempt).toBe(4);
  expect(msOf(backoff?.backoffDuration)).toBe(4_000);
  expect(namesOf(outcome)).toEqual(['scheduleLocalActivity', 'startTimer']);
});

test('one beside a call that is cancelled in the same activation is refused: core tells of either first', async () => {
  const { run } = await scene([
    [{ scheduleActivity: { seq: 2 } }],
    [{ requestCancelActivity: { seq: 2 } }, local()],
  ]);
  await run.play(TASK);
  await expect(run.play({ ...TASK, jobs: [{ fireTimer: { seq: 9 } }] })).rejects.toThrow('races');
});
