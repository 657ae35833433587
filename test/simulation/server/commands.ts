import type { Command } from '../sdk-internals';
import { msOf } from './payloads';
import type { Run } from './run';

/** What the server does for each command of a workflow. A command that is not here is not modelled, and says so. */

type Kind = Exclude<keyof Command, 'userMetadata'>;

/** What a command may need of the task that it comes with. */
interface Along {
  /** A timer that fired during the task and is cancelled by it did not fire. */
  takeBackFired(seq: number): void;
}

/** True when a workflow task must follow at once. */
type Apply<K extends Kind> = (
  run: Run,
  of: NonNullable<Command[K]>,
  along: Along,
  command: Command,
) => unknown;

const COMMANDS: { readonly [K in Kind]?: Apply<K> } = {
  scheduleActivity: (run, of) => run.activities.schedule(of),
  requestCancelActivity: (run, { seq }) => run.activities.requestCancel(seq ?? 0),
  startTimer(run, { seq, startToFireTimeout }) {
    run.record('TimerStarted');
    run.timers.start(seq ?? 0, msOf(startToFireTimeout));
  },
  cancelTimer(run, { seq }, along) {
    run.record('TimerCanceled');
    along.takeBackFired(seq ?? 0);
    run.timers.cancel(seq ?? 0);
  },
  upsertWorkflowSearchAttributes(run, { searchAttributes }) {
    run.record('UpsertWorkflowSearchAttributes');
    Object.assign(run.attributes, searchAttributes?.indexedFields);
  },
  modifyWorkflowProperties(run, { upsertedMemo }) {
    run.record('WorkflowPropertiesModified');
    Object.assign(run.memo, upsertedMemo?.fields);
  },
  setPatchMarker(run, { patchId }) {
    run.record('MarkerRecorded', patchId ?? '');
    // The SDK's core upserts what it keeps of patches, in an event of its own.
    run.record('UpsertWorkflowSearchAttributes', 'TemporalChangeVersion');
  },
  updateResponse(run, { accepted, completed, rejected }) {
    if (accepted) run.record('WorkflowExecutionUpdateAccepted');
    else if (completed || rejected) run.record('WorkflowExecutionUpdateCompleted');
  },
  completeWorkflowExecution: (run, { result }) =>
    run.close('COMPLETED', 'WorkflowExecutionCompleted', { result: result ?? null }),
  failWorkflowExecution: (run, { failure }) =>
    run.close('FAILED', 'WorkflowExecutionFailed', { failure: failure ?? null }),
  cancelWorkflowExecution: (run) => run.close('CANCELLED', 'WorkflowExecutionCanceled', {}),
  continueAsNewWorkflowExecution: (run, _of, _along, command) => {
    run.close('CONTINUED_AS_NEW', 'WorkflowExecutionContinuedAsNew', {});
    run.continueAs(command);
  },
};

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
