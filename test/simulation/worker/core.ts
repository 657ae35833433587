import type { Payload } from '@temporalio/common';
import { coresdk } from '@temporalio/proto';
import { cancelled } from '../server/activities';
import type { ModelRules } from '../server/rules';
import {
  INTERNAL_FLAGS,
  longOf,
  timestamp,
  type Command,
  type Job,
  type RunInfo,
  type Sandbox,
  type WorkflowCodec,
} from '../sdk-internals';
import {
  endOf,
  jobOf,
  localIn,
  takenBack,
  withMarker,
  type BegunLocal,
  type LocalEnd,
  type RunLocal,
} from './locals';

/**
 * What the SDK's core does between the server and the sandbox: it sorts the jobs of a task, answers the cancelling of
 * activities that nobody waits for at once, within the same task, and leaves out what was begun and taken back in one.
 * (sdk-core of 1.24, worker/workflow/mod.rs and machines/activity_state_machine.rs.)
 */

/** A workflow task as the server gives it. */
export interface Task {
  jobs: readonly Job[];
  timeMs: number;
  historyLength: number;
}

/** A task with the commands that came of it: what a history holds of it. */
export interface PlayedTask extends Task {
  /** As the workflow made them. */
  commands: readonly Command[];
  /** As the server got them: where payloads are encrypted, they are here. */
  sent: readonly Command[];
  /** The event of its completion. */
  taskId: number;
  /** The keys under which the workflow read what it was told. */
  keys: unknown;
  /** How its local activities ended, in their order. */
  ends: readonly LocalEnd[];
}

/** What came of a task. */
export interface Outcome {
  commands: Command[];
  ends: LocalEnd[];
}

/** A run in a worker's cache. */
export interface CachedRun {
  /** `replayed`: in a replay, how the task's local activities ended; none is run then. */
  play(task: Task, replayed?: readonly LocalEnd[]): Promise<Outcome>;
  /** What the workflow says to a query, at the time of the task before. */
  query(asked: Asked, before: Task): Promise<Command | undefined>;
  dispose(): Promise<void>;
  /** Activations so far. */
  activations(): number;
}

/** A query. */
export interface Asked {
  name: string;
  input: readonly Payload[];
}

const { ActivityCancellationType: Cancelling } = coresdk.workflow_commands;

interface KnownActivity {
  type: string;
  activityId: string;
  cancelling: coresdk.workflow_commands.ActivityCancellationType;
  isOver: boolean;
}

/** An event's size, about: what the server tells of a history grows with it. */
const EVENT_BYTES = 250;

export interface CoreOptions {
  sandbox: Sandbox;
  rules: ModelRules;
  codec: WorkflowCodec;
  runLocal: RunLocal;
}

export async function cachedRun(
  info: RunInfo,
  { sandbox, rules, codec, runLocal }: CoreOptions,
): Promise<CachedRun> {
  const inside = await sandbox.create(info);
  const activities = new Map<number, KnownActivity>();
  let activations = 0;

  const activate = async (task: Task, jobs: readonly Job[], isReplaying: boolean): Promise<Command[]> => {
    activations += 1;
    // The sandbox takes jobs over and may change them: what is recorded must stay as it was.
    return inside.activate({
      runId: info.runId,
      timestamp: timestamp(Math.floor(task.timeMs)),
      isReplaying,
      historyLength: task.historyLength,
      historySizeBytes: longOf(task.historyLength * EVENT_BYTES),
      jobs: sorted(await codec.decode(jobs)).map((job) =>
        coresdk.workflow_activation.WorkflowActivationJob.fromObject(job),
      ),
      availableInternalFlags: [...INTERNAL_FLAGS],
      continueAsNewSuggested: task.historyLength >= rules.newRunAfterEvents,
    });
  };
  /** What the activities' own machines make of the commands of an activation: jobs for the next one, at once. */
  const follow = (commands: readonly Command[], sent: Set<number>): Job[] => {
    const atOnce: Job[] = [];
    for (const { scheduleActivity: scheduled, requestCancelActivity: cancel } of commands) {
      if (scheduled) {
        const { seq, activityType, activityId, cancellationType } = scheduled;
        activities.set(seq ?? 0, {
          type: activityType ?? '',
          activityId: activityId ?? '',
          cancelling: cancellationType ?? Cancelling.TRY_CANCEL,
          isOver: false,
        });
      }
      const one = cancel && activities.get(cancel.seq ?? 0);
      if (!one || one.isOver) continue;
      const isUnsent = !sent.has(cancel.seq ?? 0);
      if (!isUnsent && !rules.isCancelledAtOnce(one.cancelling)) continue;
      one.isOver = true;
      atOnce.push({ resolveActivity: { seq: cancel.seq, result: cancelled(one) } });
    }
    return atOnce;
  };
  /** How a local activity ends. Returns null when a replay does not know it: whoever compares misses its marker. */
  const locally = async (
    { of, command, isTakenBack }: BegunLocal,
    nowMs: number,
    replayed: readonly LocalEnd[] | undefined,
  ): Promise<LocalEnd | null> => {
    if (replayed) return replayed.find(({ seq }) => seq === of.seq) ?? null;
    if (isTakenBack) return takenBack(of, nowMs);
    const [sent] = await codec.encode([command]);
    const result = await runLocal(info, sent?.scheduleLocalActivity ?? of);
    return endOf(of, result, nowMs, rules);
  };
  return {
    activations: () => activations,
    dispose: () => inside.dispose(),
    async query({ name, input }, before) {
      const query = { queryId: 'query', queryType: name, arguments: [...input], headers: {} };
      const [answer] = await activate(before, [{ queryWorkflow: query }], false);
      return answer;
    },
    async play(task, replayed) {
      const sent = new Set(activities.keys());
      const all: Command[] = [];
      const ends: LocalEnd[] = [];
      let { timeMs } = task;
      let jobs = task.jobs.filter((job) => isHeard(job, activities));
      while (jobs.length > 0) {
        const made = await activate({ ...task, timeMs }, jobs, replayed !== undefined);
        const begun = localIn(made);
        jobs = follow(made, sent);
        // Core tells of what was cancelled while the local activity runs: either may come first.
        if (begun && jobs.length > 0)
          throw new Error('a local activity races with a cancel of its activation');
        const end = begun && (await locally(begun, timeMs, replayed));
        all.push(...withMarker(made, end && begun));
        if (!begun || !end) continue;
        ends.push(end);
        timeMs = end.overMs;
        jobs = [jobOf(begun.of, end)];
      }
      return { commands: withoutTakenBack(all, sent), ends };
    },
  };
}

/** An activity's end is heard once: one that was given up before is over to the workflow. */
function isHeard({ resolveActivity: resolved }: Job, activities: Map<number, KnownActivity>): boolean {
  if (!resolved) return true;
  const one = activities.get(resolved.seq ?? 0);
  if (!one) throw new Error(`an activity that was never scheduled ends: ${resolved.seq}`);
  if (one.isOver) return false;
  one.isOver = true;
  return true;
}

const ORDER: readonly (keyof Job)[] = ['initializeWorkflow', 'notifyHasPatch', 'updateRandomSeed'];
const MESSAGES: readonly (keyof Job)[] = ['signalWorkflow', 'doUpdate'];

function sorted(jobs: readonly Job[]): Job[] {
  const rank = (job: Job): number => {
    const first = ORDER.findIndex((kind) => job[kind] != null);
    if (first >= 0) return first;
    return MESSAGES.some((kind) => job[kind] != null) ? ORDER.length : ORDER.length + 1;
  };
  return jobs.toSorted((one, other) => rank(one) - rank(other));
}

/** What was begun and cancelled in one task is not told to the server, timers and activities alike. */
function withoutTakenBack(commands: readonly Command[], sent: ReadonlySet<number>): Command[] {
  const begun = new Set(commands.flatMap(({ startTimer }) => (startTimer ? [startTimer.seq] : [])));
  const timers = new Set(
    commands.flatMap(({ cancelTimer }) =>
      cancelTimer && begun.has(cancelTimer.seq) ? [cancelTimer.seq] : [],
    ),
  );
  const calls = new Set(
    commands.flatMap(({ requestCancelActivity: cancel }) =>
      cancel && !sent.has(cancel.seq ?? 0) ? [cancel.seq] : [],
    ),
  );
  return commands.filter((command) => {
    const timer = command.startTimer ?? command.cancelTimer;
    const call = command.scheduleActivity ?? command.requestCancelActivity;
    return !(timer && timers.has(timer.seq)) && !(call && calls.has(call.seq));
  });
}
