import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Puts a text in the place of what callers send and nobody can convert: a payload of a foreign encoding, or one that says
 * it is JSON and is none. The SDK converts a message before any handler runs, and what throws there fails every later
 * workflow task. The guard calls the text malformed, in a request and in a message. It depends on the payload alone,
 * so every replay does the same.
 */
export const interceptors = (): WorkflowInterceptors => ({
  internals: [
    {
      activate(input, next) {
        for (const job of input.activation.jobs ?? []) replaceInconvertible(job);
        next(input);
      },
    },
  ],
});

type Job = coresdk.workflow_activation.IWorkflowActivationJob;

function replaceInconvertible(job: Job): void {
  for (const list of [job.signalWorkflow?.input, job.doUpdate?.input, job.initializeWorkflow?.arguments]) {
    list?.forEach((payload, index) => {
      if (!isConvertible(payload)) list[index] = UNCONVERTIBLE;
    });
  }
}

const UNCONVERTIBLE = defaultPayloadConverter.toPayload('This could not be converted.');

function isConvertible(payload: Payload): boolean {
  try {
    defaultPayloadConverter.fromPayload(payload);
    return true;
  } catch {
    return false;
  }
}
