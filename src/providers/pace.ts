import { isGateways } from './answer';
import { createGate, type Gate, type PaceLimits } from './gate';
import { exchange, type HttpAnswer, type HttpRequest } from './http';
import type { Transport } from './transport';

/**
 * The pace of calls: how many one account of a vendor makes at once and per second, and none while the vendor asks for
 * a pause. It is counted in this process, for each account on its own, so that no account waits for another's outage. A
 * call that is turned away is not sent, and is retried like a call that the vendor refused for overload.
 */

/** The limits when neither the account's settings nor the vendor's documentation give any. */
export const DEFAULT_PACE: Readonly<PaceLimits> = { inFlight: 20, perSecond: 20, perMinute: null };

/**
 * Makes an `exchange` for one account, at its pace. Waiting for a turn counts into the call's `timeoutMs` and takes at
 * most a third of it.
 *
 * Throws what `exchange` throws. With nothing sent, it throws `rate_limited` with `sent: "no"` when no turn came in
 * time or while the vendor's Retry-After runs (`retryAfterMs` is what is left of it), and the signal's reason when it
 * aborts the wait. A last try is sent even during a pause; otherwise a person would be asked about a vendor that
 * recovered long ago.
 */
export type PacedExchange = (account: string, request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Creates the pace of one vendor's accounts; `usual` is for accounts without their own. Adapters of one vendor share
 * it. `transport` reaches the network, without a proxy when left out.
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

/** The part of a call's time that waiting for its turn may take. The rest is for the call itself. */
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
