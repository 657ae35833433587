import type { LoadedDataConverter, Payload } from '@temporalio/common';
import { textOf } from '../server/payloads';
import type { ModelRules } from '../server/rules';
import { workflowCodec, type Command, type Job, type RunInfo, type Sandbox } from '../sdk-internals';
import { cachedRun, type Asked, type CachedRun, type Outcome, type PlayedTask, type Task } from './core';
import type { LocalEnd, RunLocal } from './locals';

/**
 * The workers that run the workflows: runs are kept in a cache, and one that is not there is built anew from all its tasks
 * so far. Whatever a replay does otherwise than the first time is a violation.
 */
export interface WorkflowWorker {
  /** Plays the next task of a run. Throws a ReplayError where the run had to be built anew and took another path. */
  play(info: RunInfo, before: readonly PlayedTask[], task: Task): Promise<Played>;
  /** Asks a run something, as it is after these tasks. */
  query(info: RunInfo, tasks: readonly PlayedTask[], asked: Asked): Promise<QueryAnswer>;
  /** Forgets a run, as a cache does that is full or lost; of all when none is named. */
  evict(runId?: string): Promise<void>;
  /** Loses the cache before these tasks, counted over all runs from 1. */
  evictBefore(tasks: readonly number[] | 'every'): void;
  /** Builds the run anew beside the cached one and compares. */
  verify(info: RunInfo, tasks: readonly PlayedTask[]): Promise<void>;
  /** Activations of all runs so far. */
  activations(): number;
  /** Runs that were built anew from the tasks before, so far. */
  replays(): number;
}

/** The commands of a task: as the workflow made them, and as they are sent. */
export interface Played {
  plain: Command[];
  sent: Command[];
  /** The keys of the worker that played it. */
  keys: unknown;
  /** How its local activities ended. */
  ends: LocalEnd[];
}

export type QueryAnswer = { is: 'answered'; result: Payload } | { is: 'refused'; why: string };

export interface WorkflowWorkerOptions {
  sandbox: Sandbox;
  rules: ModelRules;
  /** Runs a local activity on the worker that is there now. */
  runLocal: RunLocal;
  /** That of the workers that are there now. */
  converter(): LoadedDataConverter;
  /** Their keys, to tell whether two of them read the same. */
  keys?(): unknown;
}

export class ReplayError extends Error {
  override name = 'ReplayError';
}

export function createWorkflowWorker({
  sandbox,
  rules,
  runLocal,
  converter,
  keys = () => null,
}: WorkflowWorkerOptions): WorkflowWorker {
  const cache = new Map<string, CachedRun>();
  let activations = 0;
  let played = 0;
  let replays = 0;
  let evictions: readonly number[] | 'every' = [];
  const counted = async (run: CachedRun, task: Task, replayed?: readonly LocalEnd[]): Promise<Outcome> => {
    const before = run.activations();
    try {
      return await run.play(task, replayed);
    } finally {
      activations += run.activations() - before;
    }
  };
  const replayed = async (info: RunInfo, tasks: readonly PlayedTask[]): Promise<CachedRun> => {
    const run = await cachedRun(info, {
      ...{ sandbox, rules, runLocal },
      codec: workflowCodec(converter(), info),
    });
    if (tasks.length > 0) replays += 1;
    for (const [index, task] of tasks.entries()) {
      const { commands } = await counted(run, asReplay(task), task.ends);
      // What another worker could not read and this one can is another argument of the same call.
      const compared = task.keys === keys() ? comparable : withoutPayloads;
      const difference = differenceOf(task.commands.map(compared), commands.map(compared));
      if (!difference) continue;
      await run.dispose();
      throw new ReplayError(`task ${index + 1} of ${info.workflowId} takes another path: ${difference}`);
    }
    return run;
  };
  const evict = async (runId: string): Promise<void> => {
    const run = cache.get(runId);
    cache.delete(runId);
    await run?.dispose();
  };
  // A run that is at work is not disposed of: whoever comes meanwhile waits.
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    activations: () => activations,
    replays: () => replays,
    evictBefore: (tasks) => void (evictions = tasks),
    play: (info, before, task) => oneByOne(() => play(info, before, task)),
    query: (info, tasks, asked) => oneByOne(() => query(info, tasks, asked)),
    evict: (runId) =>
      oneByOne(async () => {
        for (const one of runId === undefined ? [...cache.keys()] : [runId]) await evict(one);
      }),
    verify: (info, tasks) =>
      oneByOne(async () => {
        const run = await replayed(info, tasks);
        await run.dispose();
      }),
  };
  async function cached(info: RunInfo, before: readonly PlayedTask[]): Promise<CachedRun> {
    const run = cache.get(info.runId) ?? (await replayed(info, before));
    cache.set(info.runId, run);
    return run;
  }
  async function play(info: RunInfo, before: readonly PlayedTask[], task: Task): Promise<Played> {
    played += 1;
    if (evictions === 'every' || evictions.includes(played)) await evict(info.runId);
    const run = await cached(info, before);
    try {
      const { commands: plain, ends } = await counted(run, task);
      return { plain, sent: await workflowCodec(converter(), info).encode(plain), keys: keys(), ends };
    } catch (err) {
      await evict(info.runId);
      throw err;
    }
  }
  async function query(info: RunInfo, tasks: readonly PlayedTask[], asked: Asked): Promise<QueryAnswer> {
    const last = tasks.at(-1);
    if (!last) return { is: 'refused', why: 'no workflow task has been played yet' };
    const run = await cached(info, tasks);
    const answer = await run.query(asked, last);
    const [sent] = await workflowCodec(converter(), info).encode(answer ? [answer] : []);
    const { succeeded, failed } = sent?.respondToQuery ?? {};
    return succeeded?.response
      ? { is: 'answered', result: succeeded.response }
      : { is: 'refused', why: failed?.message ?? 'the workflow does not answer' };
  }
}

/** A task as a history gives it: patches of its own commands are known before, and accepted updates are not validated. */
function asReplay(task: PlayedTask): Task {
  const patches = task.commands.flatMap<Job>(({ setPatchMarker: marker }) =>
    marker ? [{ notifyHasPatch: { patchId: marker.patchId } }] : [],
  );
  const jobs = task.jobs.map((job) =>
    job.doUpdate ? { doUpdate: { ...job.doUpdate, runValidator: false } } : job,
  );
  return { ...task, jobs: [...patches, ...jobs] };
}

/** What a replay did otherwise; null when nothing. Refusals of updates are no part of a history. */
function differenceOf(before: readonly Command[], now: readonly Command[]): string | null {
  const texts = [before, now].map((commands) => commands.map((command) => withoutStack(textOf(command))));
  const [first = [], second = []] = texts;
  const at = first.findIndex((text, index) => text !== second[index]);
  if (at < 0 && first.length === second.length) return null;
  const where = at < 0 ? first.length : at;
  return `command ${where + 1} was ${shown(first[where])} and is ${shown(second[where])}`;
}

/** A command without what only people read. */
function comparable({ userMetadata: _summary, ...command }: Command): Command {
  return command;
}

/** What the SDK's core compares of a command. */
function withoutPayloads(command: Command): Command {
  const kinds = Object.entries(command).flatMap(([kind, of]) =>
    of == null || kind === 'userMetadata' ? [] : [[kind, idsOf(of)]],
  );
  return Object.fromEntries(kinds);
}

function idsOf(of: object): object {
  const ids = ['seq', 'activityId', 'activityType', 'patchId', 'protocolInstanceId'];
  return Object.fromEntries(ids.flatMap((name) => (name in of ? [[name, Reflect.get(of, name)]] : [])));
}

function withoutStack(text: string): string {
  return text.replace(/"stackTrace":"[^"]*"/g, '');
}

function shown(text: string | undefined): string {
  return text === undefined ? 'none' : text.slice(0, 300);
}
