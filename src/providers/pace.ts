import { isGateways } from './answer';
import { createGate, type Gate, type PaceLimits } from './gate';
import { exchange, type HttpAnswer, type HttpRequest } from './http';
import type { Transport } from './transport';

/**
 * Load manners: how many calls one account of a vendor makes at once and in a second, and silence for as long as
 * the vendor asks for it. Counted in this process, and for each account on its own, so that none waits for another's
 * outage. What is turned away costs no call and is tried again like any call that the vendor refused for load.
 */

/** The limits where neither the account's settings nor the vendor's documentation give any. */
export const DEFAULT_PACE: Readonly<PaceLimits> = { inFlight: 20, perSecond: 20 };

/**
 * `exchange` for one account, at its pace. Waiting for a turn counts into the call's `timeoutMs` and takes a third
 * of it at most.
 *
 * Throws what `exchange` throws, and with nothing sent: `rate_limited` with `sent: "no"` when no turn came in time, or
 * while the vendor's Retry-After runs (`retryAfterMs` is what is left of it); the signal's reason when it aborts the wait.
 * A last try is sent all the same: an hour's pause would else have people asked about a vendor that has long been well.
 */
export type PacedExchange = (account: string, request: HttpRequest) => Promise<HttpAnswer>;

/**
 * The pace of one vendor's accounts, `usual` where an account has none of its own. Adapters of one vendor share it. `transport` is
 * what reaches the network, Node's own fetch when left out.
 */
export function createPace(
  accounts: Readonly<Record<string, { pace?: PaceLimits }>>,
  usual: PaceLimits = DEFAULT_PACE,
  transport?: Transport,
): PacedExchange {
  const gates = new Map<string, Gate>();
  return (account, request) => {
    const limits = Object.hasOwn(accounts, account) ? accounts[account]?.pace : undefined;
    const gate = gates.get(account) ?? createGate(limits ?? usual);
    gates.set(account, gate);
    return pass(gate, request, transport);
  };
}

/** The part of a call's time that waiting for its turn may take: the rest must do for the call itself. */
const LONGEST_WAIT = 1 / 3;

async function pass(gate: Gate, request: HttpRequest, transport?: Transport): Promise<HttpAnswer> {
  const askedMs = performance.now();
  await gate.enter(request.timeoutMs * LONGEST_WAIT, request.signal, request.isLastTry);
  try {
    const waitedMs = Math.floor(performance.now() - askedMs);
    const answer = await exchange({ ...request, timeoutMs: request.timeoutMs - waitedMs }, transport);
    const isLoaded = isGateways(answer);
    if (isLoaded && answer.retryAfterMs) gate.close(answer.retryAfterMs);
    if (!isLoaded && request.isLastTry) gate.open();
    return answer;
  } finally {
    gate.leave();
  }
}
