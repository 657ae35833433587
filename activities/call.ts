import { Context } from '@temporalio/activity';
import { Failure } from '../src/booking/failures';
import type { OwnershipClue } from '../src/booking/sighting';
import type { Call, Fence, OrderCalls, Provider, TierCalls } from '../src/providers/provider';
import type { Target } from './contract';
import { fenceOf } from './fence';
import { isLastTry } from './patience';

/** How adapters are called: under which account and limits, and what must hold before a write. */

export function readCallOf(target: Target): Call {
  return {
    account: target.account,
    timeoutMs: target.callTimeoutMs,
    signal: Context.current().cancellationSignal,
    isLastTry: isLastTry(target),
  };
}

/** Returns the call of a write. The adapter asks its fence before each request that may change something. */
export function writeCallOf(
  target: Target,
  { fence, extraMs = 0 }: { fence?: Fence; extraMs?: number },
): Call {
  return {
    ...readCallOf(target),
    fence: fence ?? fenceOf(Context.current(), target.callTimeoutMs + extraMs),
  };
}

/**
 * Fails with `booking_reset` in a run that a reset made, where refs do not return. Such a run does not know what the
 * run before it made, and no look can tell, so a person is asked before its first write. Their decision holds for that
 * run only.
 */
export function refuseReset(
  { runIds }: Pick<Target, 'runIds'>,
  { refReturns }: Pick<OwnershipClue, 'refReturns'>,
): void {
  const { runId = '' } = Context.current().info.workflowExecution ?? {};
  if (!refReturns && runIds && !runIds.includes(runId))
    throw new Failure('booking_reset', { sent: 'no', runId });
}

export function ordersOf(provider: Provider): OrderCalls {
  if (!provider.orders) throw new Error(`${provider.name} has no orders`);
  return provider.orders;
}

export function tiersOf(provider: Provider): TierCalls {
  if (!provider.tiers) throw new Error(`${provider.name} has no request tier`);
  return provider.tiers;
}
