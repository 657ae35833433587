import { textOf } from '../server/payloads';
import type { ModelRules } from '../server/rules';
import type { Command, Job, RunInfo, Sandbox } from '../sdk-internals';
import { cachedRun, type CachedRun, type PlayedTask, type Task } from './core';

/**
 * The workers that run the workflows: runs are kept in a cache, and one that is not there is built anew from all its tasks
 * so far. Whatever a replay does otherwise than the first time is a violation.
 */
export interface WorkflowWorker {
  /** Plays the next task of a run. Throws a ReplayError where the run had to be built anew and took another path. */
  play(info: RunInfo, before: readonly PlayedTask[], task: Task): Promise<Command[]>;
  /** Forgets a run, as a cache does that is full or lost; of all when none is named. */
  evict(runId?: string): Promise<void>;
  /** Loses the cache before these tasks, counted over all runs from 1. */
  evictBefore(tasks: readonly number[] | 'every'): void;
  /** Builds the run anew beside the cached one and compares. */
  verify(info: RunInfo, tasks: readonly PlayedTask[]): Promise<void>;
  /** Activations of all runs so far. */
  activations(): number;
}

export class ReplayError extends Error {
  override name = 'ReplayError';
}

export function createWorkflowWorker(sandbox: Sandbox, rules: ModelRules): WorkflowWorker {
  const cache = new Map<string, CachedRun>();
  let activations = 0;
  let played = 0;
  let evictions: readonly number[] | 'every' = [];
  const counted = async (run: CachedRun, task: Task, isReplaying: boolean): Promise<Command[]> => {
    const before = run.activations();
    try {
      return await run.play(task, isReplaying);
    } finally {
      activations += run.activations() - before;
    }
  };
  const replayed = async (info: RunInfo, tasks: readonly PlayedTask[]): Promise<CachedRun> => {
    const run = await cachedRun(sandbox, info, rules);
    for (const [index, task] of tasks.entries()) {
      const commands = await counted(run, asReplay(task), true);
      const difference = differenceOf(task.commands, commands);
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
    evictBefore: (tasks) => void (evictions = tasks),
    play: (info, before, task) => oneByOne(() => play(info, before, task)),
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
  async function play(info: RunInfo, before: readonly PlayedTask[], task: Task): Promise<Command[]> {
    played += 1;
    if (evictions === 'every' || evictions.includes(played)) await evict(info.runId);
    const run = cache.get(info.runId) ?? (await replayed(info, before));
    cache.set(info.runId, run);
    try {
      return await counted(run, task, false);
    } catch (err) {
      await evict(info.runId);
      throw err;
    }
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
  const texts = [before, now].map((commands) =>
    commands.map((command) => withoutStack(textOf(comparable(command)))),
  );
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

function withoutStack(text: string): string {
  return text.replace(/"stackTrace":"[^"]*"/g, '');
}

function shown(text: string | undefined): string {
  return text === undefined ? 'none' : text.slice(0, 300);
}
