import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Replaces payloads from callers that cannot be converted (a foreign encoding, or invalid JSON) by a text. The SDK
 * converts a message before any handler runs, and a throw there fails every later workflow task. The guard then calls
 * the text malformed, in a request or a message. The replacement depends on the payload alone, so every replay does the
 * same.
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
