import { temporal } from '@temporalio/proto';
import { longOf, type Command } from '../sdk-internals';
import { updateRequest } from './commands';
import { grpcError } from './grpc';
import type { HistoryEvent } from './history';
import { msOf, type Fields } from './payloads';
import type { Base, Run } from './run';

/**
 * What a reset takes over of a run: its history up to a workflow task, which then fails for the reset. Activities that had
 * not ended are scheduled anew, timers go on; signals and updates that came later, in this run and those that continued
 * it, are put behind. Requests to cancel are not. (temporal 1.29, service/history/ndc/workflow_resetter.go.)
 */
export interface Reset {
  base: Base;
  memo: Fields;
  attributes: Fields;
}

/** `finishId`: the event that ended the task. `later`: the runs that continued this one. `seed`: of the new run's chance. */
export function resetOf(run: Run, finishId: number, later: readonly Run[], seed: number): Reset {
  const kept = run.events.filter(({ id }) => id < finishId);
  const { scheduledId, startedId } = taskAt(kept, finishId);
  const tasks = run.tasks.filter(({ taskId }) => taskId < finishId);
  const heardAt = tasks.at(-1)?.taskId ?? 0;
  const unheard = kept.flatMap(({ id, job }) => (job && id > heardAt ? [job] : []));
  const commands = tasks.flatMap((task) => task.sent);
  return {
    base: {
      events: kept.map((event) => ({ ...event })),
      tasks,
      jobs: [{ updateRandomSeed: { randomnessSeed: longOf(seed) } }, ...unheard],
      resume(resumed, enter) {
        resumed.record('WorkflowTaskFailed', {
          attributes: {
            scheduledEventId: scheduledId,
            startedEventId: startedId,
            cause: temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
            baseRunId: run.info.runId,
            newRunId: resumed.info.runId,
          },
        });
        restoreUpdates(resumed, kept);
        restoreActivities(resumed, kept, commands);
        restoreTimers(resumed, kept, commands);
        const after = [
          ...run.events.filter(({ id }) => id >= finishId),
          ...later.flatMap((one) => one.events),
        ];
        for (const event of after) putBehind(resumed, event, enter);
      },
    },
    memo: lastOf(kept, memoIn),
    attributes: lastOf(kept, attributesIn),
  };
}

/** The task that is reset to, by the events that scheduled and started it. */
function taskAt(kept: readonly HistoryEvent[], finishId: number): { scheduledId: number; startedId: number } {
  const [scheduled, started] = kept.slice(-2);
  if (scheduled?.type !== 'WorkflowTaskScheduled' || started?.type !== 'WorkflowTaskStarted') {
    const range = 'event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]';
    throw grpcError('INVALID_ARGUMENT', `Can only reset workflow to ${range}: ${finishId}`);
  }
  return { scheduledId: scheduled.id, startedId: started.id };
}

/** Ids to which events of these types refer. */
function referredBy(kept: readonly HistoryEvent[], types: readonly string[], field: string): Set<unknown> {
  const those = kept.filter(({ type }) => types.includes(type));
  return new Set(those.map(({ attributes }): unknown => Reflect.get(attributes, field)));
}

const ACTIVITY_ENDS = ['Completed', 'Failed', 'TimedOut', 'Canceled'].map((end) => `ActivityTask${end}`);

function restoreActivities(run: Run, kept: readonly HistoryEvent[], commands: readonly Command[]): void {
  const over = referredBy(kept, ACTIVITY_ENDS, 'scheduledEventId');
  const cancelled = referredBy(kept, ['ActivityTaskCancelRequested'], 'scheduledEventId');
  for (const { id, type, attributes } of kept) {
    if (type !== 'ActivityTaskScheduled' || over.has(id)) continue;
    const activityId: unknown = Reflect.get(attributes, 'activityId');
    const command = commands.find(({ scheduleActivity: one }) => one?.activityId === activityId);
    if (command?.scheduleActivity) run.activities.restore(command.scheduleActivity, id);
    if (cancelled.has(id))
      throw new Error('not modelled: a reset between the cancelling of an activity and its end');
  }
}

function restoreTimers(run: Run, kept: readonly HistoryEvent[], commands: readonly Command[]): void {
  const over = referredBy(kept, ['TimerFired', 'TimerCanceled'], 'startedEventId');
  for (const { id, type, attributes, atMs } of kept) {
    if (type !== 'TimerStarted') continue;
    const timerId: unknown = Reflect.get(attributes, 'timerId');
    const { startTimer: timer } = commands.find(({ startTimer: one }) => String(one?.seq) === timerId) ?? {};
    if (!timer) throw new Error(`no command has started timer ${String(timerId)}`);
    run.timers.start(timer.seq ?? 0, Math.max(0, msOf(timer.startToFireTimeout) - (run.beganMs - atMs)), id);
    if (over.has(id)) run.timers.cancel(timer.seq ?? 0);
  }
}

/** Updates whose handlers run at the point that is reset to. */
function restoreUpdates(run: Run, kept: readonly HistoryEvent[]): void {
  const over = referredBy(kept, ['WorkflowExecutionUpdateCompleted'], 'acceptedEventId');
  for (const event of kept) {
    const request = requestIn(event);
    if (request && !over.has(event.id)) run.updates.reopen(request, event.id);
  }
}

function putBehind(run: Run, event: HistoryEvent, enter: Parameters<Base['resume']>[1]): void {
  const { type, of, attributes, job } = event;
  if (type === 'WorkflowExecutionSignaled')
    enter({ write: (record) => record(type, { of, attributes }), job });
  const request = requestIn(event);
  if (!request) return;
  run.record('WorkflowExecutionUpdateAdmitted', {
    of,
    attributes: {
      request: updateRequest(request),
      origin: temporal.api.enums.v1.UpdateAdmittedEventOrigin.UPDATE_ADMITTED_EVENT_ORIGIN_REAPPLY,
    },
  });
  run.updates.admit(request, true);
}

type Request = Parameters<Run['updates']['admit']>[0];

/** The update that an event accepts, or admits anew; null where it is another event. */
function requestIn({ type, attributes }: HistoryEvent): Request | null {
  const field = {
    WorkflowExecutionUpdateAccepted: 'acceptedRequest',
    WorkflowExecutionUpdateAdmitted: 'request',
  };
  if (type !== 'WorkflowExecutionUpdateAccepted' && type !== 'WorkflowExecutionUpdateAdmitted') return null;
  // As updateRequest made it; null where an event before has it.
  const held = Reflect.get(attributes, field[type]) as temporal.api.update.v1.IRequest | null;
  if (!held) return null;
  return {
    id: held.meta?.updateId ?? '',
    name: held.input?.name ?? '',
    input: held.input?.args?.payloads ?? [],
  };
}

/** Fields as all of these events leave them. */
function lastOf(kept: readonly HistoryEvent[], fieldsIn: (event: HistoryEvent) => unknown): Fields {
  // What the events of these types hold was made of fields.
  return Object.assign({}, ...kept.map(fieldsIn)) as Fields;
}

function memoIn({ type, attributes }: HistoryEvent): unknown {
  if (type === 'WorkflowExecutionStarted') return inside(attributes, 'memo', 'fields');
  return type === 'WorkflowPropertiesModified' ? inside(attributes, 'upsertedMemo', 'fields') : {};
}

function attributesIn({ type, of, attributes }: HistoryEvent): unknown {
  const isOurs = type === 'UpsertWorkflowSearchAttributes' && of === '';
  return isOurs || type === 'WorkflowExecutionStarted'
    ? inside(attributes, 'searchAttributes', 'indexedFields')
    : {};
}

function inside(attributes: object, field: string, inner: string): unknown {
  const outer: unknown = Reflect.get(attributes, field);
  return typeof outer === 'object' && outer !== null ? Reflect.get(outer, inner) : {};
}
