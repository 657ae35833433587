import type { Context } from '@temporalio/activity';
import { Failure } from '../src/booking/failures';
import type { Fence } from '../src/providers/provider';
import { inTime } from './in-time';

/**
 * The fence stops writes that the workflow has given up. A frozen or cut-off worker may hold a task past its limit and
 * go on when it thaws; by then the workflow counts the call as lost. So each write asks Temporal right before it is
 * sent. A freeze between that answer and the send remains possible; the late-commit window covers it.
 */

/** How long Temporal may take to answer, in ms. */
const ANSWER_MS = 2_000;

/**
 * Returns the fence of one attempt; call it when the attempt begins. `neededMs` is how long the write itself may take.
 * A write that needs more than is left of the attempt's time is not sent, because its answer would be lost.
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

/**
 * Asks Temporal whether the attempt still counts; fails with NOT_FOUND once it was given up. The SDK's own heartbeat
 * would not do: it is throttled and reports its answer later.
 */
async function askTemporal({ client, info }: Context): Promise<void> {
  await client.withDeadline(Date.now() + ANSWER_MS, () =>
    client.workflowService.recordActivityTaskHeartbeat({
      namespace: client.options.namespace,
      identity: client.options.identity,
      taskToken: info.taskToken,
    }),
  );
}

/** Returns a passing failure: if the workflow still hears of it, it makes the call again. */
function notSent(said: string): Failure {
  return new Failure('provider_unavailable', { sent: 'no', said });
}
