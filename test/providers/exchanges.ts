import { Failure } from '../../src/booking/failures';
import type { HttpRequest } from '../../src/providers/http';

/** Requests and their failures, for the tests of the HTTP client. */

export function requestTo(
  url: string,
  effect: 'read' | 'write',
  more: Partial<HttpRequest> = {},
): HttpRequest {
  return {
    method: effect === 'read' ? 'GET' : 'POST',
    url,
    headers: {},
    effect,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...(effect === 'write' && { body: { a: 1 } }),
    ...more,
  };
}

/** The failure of the table that a call ends in; anything else fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const outcome = await call.then(
    () => 'it succeeded',
    (err: unknown) => err,
  );
  if (outcome instanceof Failure) return outcome;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}
