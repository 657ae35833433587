import type { Context } from '@temporalio/activity';
import { Failure } from '../src/booking/failures';
import type { Fence } from '../src/providers/provider';
import { inTime } from './in-time';

/**
 * A write that was given up is not carried out. A frozen or cut-off worker may hold a task past its limit and go on when it
 * thaws: the workflow has taken the call for lost by then. So each write asks Temporal right before it is sent. Between
 * that answer and the send a freeze remains possible; the late-commit window covers it.
 */

/** How long Temporal may take to answer, in ms. */
const ANSWER_MS = 2_000;

/**
 * The fence of one attempt, made when the attempt begins. `neededMs`: how long the write itself may take; one that the rest
 * of the attempt's time does not cover is not sent, for nobody would hear its answer.
 */
export function fenceOf(context: Context, neededMs: number): Fence {
  const beganMs = performance.now();
  return async () => {
    await inTime(ANSWER_MS, askTemporal(context), () => new Error('no answer in time')).catch(() => {
      throw notSent('Temporal did not confirm that the call still counts');
    });
    const leftMs = context.info.startToCloseTimeoutMs - (performance.now() - beganMs);
    if (leftMs < neededMs) throw notSent('too little of the time for the call was left');
  };
}

/** Asked past the SDK's own heartbeat, which is throttled and tells its answer later. NOT_FOUND once the attempt was given up. */
async function askTemporal({ client, info }: Context): Promise<void> {
  await client.withDeadline(Date.now() + ANSWER_MS, () =>
    client.workflowService.recordActivityTaskHeartbeat({
      namespace: client.options.namespace,
      identity: client.options.identity,
      taskToken: info.taskToken,
    }),
  );
}

/** Passing: where the workflow still hears of it, the call is made again. */
function notSent(said: string): Failure {
  return new Failure('provider_unavailable', { sent: 'no', said });
}
