import type { Payload } from '@temporalio/common';
import type { QueryAnswer } from '../worker/workflows';
import { createActivities } from './activities';
import { beginningOf, endOf, firedOf, signalOf, startedOf } from './arrivals';
import { createHistory, type HistoryEvent } from './history';
import type { Beginning, Ending, Ground, Run, RunStatus } from './run';
import { arrive, createTasks, enter, pendingTask, schedule, type Tasks } from './tasks';
import { createTimers } from './timers';
import { createUpdates } from './updates';

/** Begins a run: its first event, or what a reset takes over, and its first workflow task. */
export function beginRun(ground: Ground, beginning: Beginning): Run {
  const { base, timeoutMs = 0 } = beginning;
  const history = createHistory(ground.time.now, [...(base?.events ?? [])]);
  const run = createRun(ground, beginning, history, () => tasks);
  const tasks = createTasks({ ground, run, ...history, jobs: [...(base?.jobs ?? [])] });
  if (base) base.resume(run, (arrival) => enter(tasks, arrival));
  else
    enter(tasks, {
      write: (write) => write('WorkflowExecutionStarted', { attributes: startedOf(beginning) }),
      job: beginningOf(beginning),
    });
  schedule(tasks, false);
  if (timeoutMs > 0)
    ground.time.after(timeoutMs, () => {
      if (run.status === 'RUNNING') run.close('TIMED_OUT', 'WorkflowExecutionTimedOut', {});
    });
  return run;
}

type History = ReturnType<typeof createHistory> & { events: HistoryEvent[] };

/** The run as the rest of the server sees it. `tasksOf`: they are made of it, and so come after it. */
function createRun(ground: Ground, beginning: Beginning, history: History, tasksOf: () => Tasks): Run {
  const { time, rules } = ground;
  const { info, input, memo, attributes, continuedRunId, base } = beginning;
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => (isOver = resolve));
  const run: Run = {
    ...{ info, input, memo, attributes, continuedRunId, over },
    ...{ events: history.events, record: history.record, news: history.news },
    beganMs: Math.floor(time.now()),
    tasks: [...(base?.tasks ?? [])],
    activities: createActivities({
      ...{ time, queues: ground.queues, rules },
      runId: info.runId,
      start: (one) => ground.startActivity(run, one),
      recorded: (event, { type }, about) => history.record(event, { of: type, ...about }),
      ended: (event, one, job, attributes) =>
        arrive(tasksOf(), endOf({ event, one, attributes, atMs: time.now() }, job)),
    }),
    timers: createTimers({
      ...{ time, chance: ground.chance, rules },
      fire: (seq) => arrive(tasksOf(), firedOf(run, seq, time.now())),
    }),
    updates: createUpdates(),
    ...{ status: 'RUNNING', closedMs: null, result: null, failure: null },
    signal: (name, args) => arrive(tasksOf(), signalOf(name, args, time.now())),
    update(request) {
      const update = run.updates.admit(request);
      if (!update.isAccepted) schedule(tasksOf(), true);
      return update;
    },
    query: (name, args) => query(ground, run, name, args),
    pendingTask: () => pendingTask(tasksOf()),
    requestCancel: () => requestCancel(tasksOf()),
    terminate: (reason = '') =>
      run.close('TERMINATED', 'WorkflowExecutionTerminated', { attributes: { reason } }),
    close(status, event, ending) {
      close(tasksOf(), status, event, ending);
      isOver();
      ground.changed(run);
    },
    continueAs: (command) => ground.continueAs(run, command),
  };
  return run;
}

/** A query is put to a worker between two tasks. */
async function query(
  { queues, worker }: Ground,
  run: Run,
  name: string,
  input: readonly Payload[],
): Promise<QueryAnswer> {
  while (run.pendingTask() && run.status === 'RUNNING') await run.news();
  return new Promise((resolve, reject) => {
    queues.offer(run.info.taskQueue, () =>
      worker.query(run.info, run.tasks, { name, input }).then(resolve, reject),
    );
  });
}

function requestCancel(tasks: Tasks): void {
  const atMs = tasks.ground.time.now();
  arrive(tasks, {
    write: (write) => write('WorkflowExecutionCancelRequested', { atMs }),
    job: { cancelWorkflow: {} },
  });
}

/** Ends the run: nothing that was under way is heard of any more. */
function close(
  { ground, run, record, takeBack }: Tasks,
  status: RunStatus,
  event: string,
  { result = null, failure = null, attributes = {} }: Ending,
): void {
  record(event, { attributes });
  Object.assign(run, { status, closedMs: ground.time.now(), result, failure });
  takeBack();
  run.activities.forget();
  run.timers.forget();
  run.updates.close();
}
