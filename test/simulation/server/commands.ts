import type { temporal } from '@temporalio/proto';
import type { Command } from '../sdk-internals';
import { markerOf, type LocalEnd } from '../worker/locals';
import { encoded, msOf } from './payloads';
import type { ModelRules } from './rules';
import type { Run } from './run';

/** What the server does for each command of a workflow. A command that is not here is not modelled, and says so. */

type Kind = Exclude<keyof Command, 'userMetadata'>;

/** What a command may need of the task that it comes with. */
export interface Along {
  /** The event of the task's completion. */
  taskId: number;
  /** A timer that fired during the task and is cancelled by it did not fire. */
  takeBackFired(seq: number): void;
  /** How the task's local activities ended. */
  ends: readonly LocalEnd[];
  rules: Pick<ModelRules, 'marksLocals'>;
}

/** True when a workflow task must follow at once. */
type Apply<K extends Kind> = (
  run: Run,
  of: NonNullable<Command[K]>,
  along: Along,
  command: Command,
) => unknown;

const COMMANDS: { readonly [K in Kind]?: Apply<K> } = {
  scheduleActivity: (run, of, { taskId }, { userMetadata }) =>
    run.activities.schedule(of, { taskId, metadata: userMetadata ?? null }),
  scheduleLocalActivity(run, of, { taskId, ends, rules }, { userMetadata }) {
    if (!rules.marksLocals) return;
    const end = ends.find(({ seq }) => seq === of.seq);
    if (!end) throw new Error(`a local activity without an end: ${of.activityType ?? ''}`);
    run.record('MarkerRecorded', {
      of: of.activityType ?? '',
      attributes: { ...markerOf(of, end), workflowTaskCompletedEventId: taskId },
      metadata: userMetadata ?? null,
    });
  },
  requestCancelActivity: (run, { seq }) => run.activities.requestCancel(seq ?? 0),
  startTimer(run, { seq, startToFireTimeout }, { taskId }, { userMetadata }) {
    const id = run.record('TimerStarted', {
      attributes: { timerId: String(seq), startToFireTimeout, workflowTaskCompletedEventId: taskId },
      metadata: userMetadata ?? null,
    });
    run.timers.start(seq ?? 0, msOf(startToFireTimeout), id);
  },
  cancelTimer(run, { seq }, { taskId, takeBackFired }) {
    const attributes = { ...run.timers.refer(seq ?? 0), workflowTaskCompletedEventId: taskId };
    run.record('TimerCanceled', { attributes });
    takeBackFired(seq ?? 0);
    run.timers.cancel(seq ?? 0);
  },
  upsertWorkflowSearchAttributes(run, { searchAttributes }, { taskId }) {
    run.record('UpsertWorkflowSearchAttributes', {
      attributes: { searchAttributes, workflowTaskCompletedEventId: taskId },
    });
    Object.assign(run.attributes, searchAttributes?.indexedFields);
  },
  modifyWorkflowProperties(run, { upsertedMemo }, { taskId }) {
    run.record('WorkflowPropertiesModified', {
      attributes: { upsertedMemo, workflowTaskCompletedEventId: taskId },
    });
    Object.assign(run.memo, upsertedMemo?.fields);
  },
  setPatchMarker(run, { patchId, deprecated }, { taskId }) {
    const patch = { 'patch-data': { payloads: [encoded({ id: patchId, deprecated: deprecated ?? false })] } };
    run.record('MarkerRecorded', {
      of: patchId ?? '',
      attributes: { markerName: 'core_patch', details: patch, workflowTaskCompletedEventId: taskId },
    });
    // The SDK's core upserts what it keeps of patches, in an event of its own.
    run.record('UpsertWorkflowSearchAttributes', {
      of: 'TemporalChangeVersion',
      attributes: {
        searchAttributes: { indexedFields: { TemporalChangeVersion: {} } },
        workflowTaskCompletedEventId: taskId,
      },
    });
  },
  updateResponse(run, response, { taskId }) {
    if (response.accepted) recordAccepted(run, response.protocolInstanceId ?? '');
    else if (response.completed || response.rejected) recordAnswered(run, response, taskId);
  },
  completeWorkflowExecution: (run, { result }, { taskId }) =>
    run.close('COMPLETED', 'WorkflowExecutionCompleted', {
      result: result ?? null,
      attributes: { result: result && { payloads: [result] }, workflowTaskCompletedEventId: taskId },
    }),
  failWorkflowExecution: (run, { failure }, { taskId }) =>
    run.close('FAILED', 'WorkflowExecutionFailed', {
      failure: failure ?? null,
      attributes: { failure, workflowTaskCompletedEventId: taskId },
    }),
  cancelWorkflowExecution: (run, _of, { taskId }) =>
    run.close('CANCELLED', 'WorkflowExecutionCanceled', {
      attributes: { workflowTaskCompletedEventId: taskId },
    }),
  continueAsNewWorkflowExecution(run, of, { taskId }, command) {
    const next = run.continueAs(command);
    run.close('CONTINUED_AS_NEW', 'WorkflowExecutionContinuedAsNew', {
      attributes: {
        newExecutionRunId: next.info.runId,
        workflowType: { name: next.info.workflowType },
        input: { payloads: of.arguments },
        workflowTaskCompletedEventId: taskId,
      },
    });
  },
};

type Response = NonNullable<Command['updateResponse']>;

function recordAccepted(run: Run, id: string): void {
  const update = run.updates.find(id);
  if (!update) throw new Error(`an update that was never sent is accepted: ${id}`);
  const { name, input } = update;
  update.acceptedId = run.record('WorkflowExecutionUpdateAccepted', {
    of: name,
    attributes: {
      protocolInstanceId: id,
      acceptedRequest: update.isRecorded ? null : updateRequest({ id, name, input }),
    },
  });
}

function recordAnswered(run: Run, { protocolInstanceId: id, completed, rejected }: Response, taskId: number) {
  const outcome = completed ? { success: { payloads: [completed] } } : { failure: rejected };
  run.record('WorkflowExecutionUpdateCompleted', {
    attributes: {
      meta: { updateId: id },
      acceptedEventId: run.updates.find(id ?? '')?.acceptedId,
      outcome,
      workflowTaskCompletedEventId: taskId,
    },
  });
}

/** An update as a history holds it. */
export function updateRequest({
  id,
  name,
  input,
}: Parameters<Run['updates']['admit']>[0]): temporal.api.update.v1.IRequest {
  return { meta: { updateId: id, identity: 'client' }, input: { name, args: { payloads: [...input] } } };
}

const CLOSING: readonly Kind[] = [
  'completeWorkflowExecution',
  'failWorkflowExecution',
  'cancelWorkflowExecution',
  'continueAsNewWorkflowExecution',
];

export function closesRun(command: Command): boolean {
  return CLOSING.some((kind) => command[kind] != null);
}

/** A refused update leaves no trace in a history. */
export function isRefusal({ updateResponse: response }: Command): boolean {
  return response?.rejected != null && response.accepted == null;
}

/** Carries a command out; true when a workflow task must follow at once. Throws for what is not modelled. */
export function applyCommand(run: Run, command: Command, along: Along): boolean {
  for (const kind of Object.keys(COMMANDS) as Kind[]) {
    const of = command[kind];
    if (of == null) continue;
    // Each row takes what its own name holds; TypeScript cannot follow that through a loop.
    const apply = COMMANDS[kind] as Apply<Kind>;
    return apply(run, of, along, command) === true;
  }
  const kinds = Object.entries(command).flatMap(([name, value]) => (value == null ? [] : [name]));
  throw new Error(`not modelled: the command ${kinds.join(', ')}`);
}
