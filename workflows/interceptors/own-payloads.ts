import type { Payload } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { UNREADABLE_MARK } from '../../src/booking/names';
import { lacksKey, unreadableIn, type Unreadable } from '../../src/booking/unreadable';

/**
 * Stops a workflow whose own payloads cannot be read here: its input, what is carried from run to run, and the answers
 * of its activities. Only here does an unreadable payload throw. The workflow task fails before any workflow code runs,
 * and is retried until a worker with the key takes it.
 *
 * Messages from callers are not a workflow's own. The inbox handles a signal that cannot be read
 * (workflows/saga/inbox.ts), and an update's validator an update. An update that was accepted once could be read then,
 * so in a replay it counts as own.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const job of input.activation.jobs ?? []) {
          const found = unreadableAmong(ownPayloads(job));
          if (found) throw lacksKey('What this workflow needs', found);
        }
        next(input);
      },
    },
  ],
});

function ownPayloads(job: coresdk.workflow_activation.IWorkflowActivationJob): unknown {
  const { doUpdate } = job;
  return [
    job.initializeWorkflow?.arguments,
    job.resolveActivity?.result,
    job.resolveChildWorkflowExecution?.result,
    doUpdate && !doUpdate.runValidator ? doUpdate.input : null,
  ];
}

/** Returns the first unreadable payload in a message: in lists, results, failures and their causes. */
function unreadableAmong(message: unknown): Unreadable | null {
  if (typeof message !== 'object' || message === null || ArrayBuffer.isView(message)) return null;
  if (isPayload(message)) return unreadableOf(message);
  for (const part of Object.values(message)) {
    const found = unreadableAmong(part);
    if (found) return found;
  }
  return null;
}

function isPayload(message: object): message is Payload {
  return 'metadata' in message && 'data' in message;
}

const MARK_BEGINS = Array.from(`{"${UNREADABLE_MARK}":`, (letter) => letter.charCodeAt(0));

function unreadableOf(payload: Payload): Unreadable | null {
  const { data } = payload;
  // Most payloads are no marks, and some are large, so only a payload that begins like a mark is converted.
  const beginsSo = MARK_BEGINS.every((code, at) => data?.[at] === code);
  return beginsSo ? unreadableIn(defaultPayloadConverter.fromPayload(payload)) : null;
}
