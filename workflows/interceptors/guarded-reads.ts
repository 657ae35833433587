import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Refuses a query that has played events ahead of their workflow task, so that core drops the run.
 *
 * For a query, a worker without the run in its cache may be given a history that goes beyond the last workflow task: it
 * contains an answer that no task has taken up yet. Core plays such events in an activation of their own, at the clock
 * of the last task, and keeps the run. From then on the run differs from a replay: in its clock, and maybe in the order
 * of the answer and the next message. The booking then never replays again (`TMPRL1100`).
 *
 * Such an activation is recognised because it does not replay and its history has grown in length but not in bytes:
 * only a task brings the size along. The query after it fails, core evicts the run, and the next task starts from a
 * true replay. No command is added, so histories do not change; a false alarm costs one read. This relies on internals
 * of SDK 1.24 (test/saga/reads-while-away.test.ts fails when they change), and is off where the server tells no size.
 */
export const interceptors = (): WorkflowInterceptors => {
  let length = 0;
  let bytes = 0;
  let isAhead = false;
  return {
    inbound: [],
    outbound: [],
    internals: [
      {
        activate(input, next) {
          const { jobs, historyLength, historySizeBytes, isReplaying } = input.activation;
          if (jobs?.length && jobs.every((job) => job.queryWorkflow != null)) {
            if (isAhead)
              throw new Error('The booking has heard what no workflow task has taken up yet: ask again.');
            next(input);
            return;
          }
          const newLength = historyLength ?? 0;
          const newBytes = Number(historySizeBytes?.toString() ?? 0); // a Long
          // The result of what an activation starts itself, such as a local activity, comes in another activation of
          // the same history.
          if (newLength !== length) isAhead = bytes > 0 && !isReplaying && newBytes === bytes;
          length = newLength;
          bytes = newBytes;
          next(input);
        },
      },
    ],
  };
};
