import { type FailureCode, failureRow } from '../booking/failures';
import type { BookingView } from '../booking/schema/view';

/**
 * What the exit codes of `npm run booking` mean:
 *
 * | code | meaning |
 * |---|---|
 * | 0 | done; a booking that was shown or waited for is all right or still under way |
 * | 1 | the booking failed or was cancelled |
 * | 2 | wrong usage, a wrong setting or a request that is not valid; nothing was started |
 * | 3 | the booking needs a person |
 * | 4 | there is no such booking, order, client or patient |
 * | 5 | Temporal or the provider cannot be reached or does not serve us |
 * | 6 | refused as things stand, with the reason |
 * | 70 | a bug |
 * | 124 | still not settled when `--timeout` was up; the booking goes on |
 * | 130 | watching was stopped with Ctrl-C; the booking goes on |
 */
export const EXIT = {
  ok: 0,
  ended: 1,
  usage: 2,
  attention: 3,
  notFound: 4,
  unreachable: 5,
  refused: 6,
  bug: 70,
  timedOut: 124,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table above, as `--help` prints it. */
export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done; a booking that was shown or waited for is all right or still under way'],
  [EXIT.ended, 'the booking failed or was cancelled'],
  [EXIT.usage, 'wrong usage, a wrong setting or a request that is not valid; nothing was started'],
  [EXIT.attention, 'the booking needs a person'],
  [EXIT.notFound, 'there is no such booking, order, client or patient'],
  [EXIT.unreachable, 'Temporal or the provider cannot be reached or does not serve us'],
  [EXIT.refused, 'refused as things stand, with the reason'],
  [EXIT.bug, 'a bug'],
  [EXIT.timedOut, 'still not settled when --timeout was up; the booking goes on'],
  [EXIT.interrupted, 'watching was stopped with Ctrl-C; the booking goes on'],
];

/** Returns the exit code for how a booking stands. */
export function exitOfView({ status, attention }: Pick<BookingView, 'status' | 'attention'>): ExitCode {
  if (attention) return EXIT.attention;
  return status === 'failed' || status === 'cancelled' ? EXIT.ended : EXIT.ok;
}

/** Exit codes by the HTTP status of the failure table's row, so that a new row needs no change here. */
const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  404: EXIT.notFound,
  422: EXIT.usage,
  500: EXIT.bug,
  502: EXIT.unreachable,
  503: EXIT.unreachable,
};

/** Well-formed requests that are refused because of what is there already. */
const REFUSED: readonly FailureCode[] = ['idempotency_key_reused', 'choice_not_offered'];

/** Returns the exit code of a failure of the table. */
export function exitOfFailure(code: FailureCode): ExitCode {
  if (REFUSED.includes(code)) return EXIT.refused;
  return BY_STATUS[failureRow(code).status] ?? EXIT.refused;
}
