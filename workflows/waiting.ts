import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { Failure } from '../src/booking/failures';
import { after, now, nowMs } from './clock';
import { publish } from './publish';
import { change, heldBackMs, isAsked, type Booking } from './state';

/** Waiting: with a reason that callers see, for news, a poll or a deadline, whichever is first. */

/** A deadline: it stands still while the booking has a person's attention. */
export interface Deadline {
  from: string;
  limitMs: number;
  /** What had held deadlines back when this one began; null for one that waits for nobody, as a slot's start. */
  heldBackMs: number | null;
}

export function deadline(b: Booking, from: string, limitMs: number, heldBack = heldBackMs(b)): Deadline {
  return { from, limitMs, heldBackMs: heldBack };
}

/** The deadline of the whole booking. */
export function settleDeadline(b: Booking): Deadline {
  const { settleFrom, settleHeldBackMs, limits } = b.state;
  return deadline(b, settleFrom, limits.settleWithinMs, settleHeldBackMs);
}

/** When the deadline comes; null while it stands still. */
export function untilOf(b: Booking, d: Deadline): string | null {
  if (d.heldBackMs === null) return after(d.from, d.limitMs);
  return isAsked(b) ? null : after(d.from, d.limitMs + heldBackMs(b) - d.heldBackMs);
}

/** One that stands still is never sooner than one that does not. */
export function sooner(b: Booking, one: Deadline, other: Deadline): Deadline {
  const [first, second] = [untilOf(b, one), untilOf(b, other)];
  if (first === null || second === null) return first === null ? other : one;
  return first <= second ? one : other;
}

export function isOver(b: Booking, d: Deadline): boolean {
  const until = untilOf(b, d);
  return until !== null && Date.parse(until) <= nowMs();
}

/** Ends the forward steps when the booking's own time is up. Checked before a step begins, never inside one. */
export function checkTime(b: Booking): void {
  if (isOver(b, settleDeadline(b))) throw new Failure('not_settled_in_time');
}

/** Waits until `time`, or until there is news. Takes the news. True when there was some. */
export async function newsUntil(b: Booking, what: string, time: string): Promise<boolean> {
  return wait(b, what, time, () => b.inbox.news);
}

/** Sleeps until `time`; news does not end it. */
export async function pauseUntil(b: Booking, what: string, time: string): Promise<void> {
  await wait(b, what, time, () => false);
}

async function wait(b: Booking, what: string, until: string, ready: () => boolean): Promise<boolean> {
  change(b, { waitingFor: { what, since: now(), until } });
  publish(b);
  const leftMs = Date.parse(until) - nowMs();
  if (leftMs > 0) await condition(ready, leftMs, { summary: `wait for ${what}` });
  const news = b.inbox.news && ready();
  if (news) b.inbox.news = false;
  change(b, { waitingFor: null });
  return news;
}

/**
 * What ended a watch: the poll's finding, news that asks for a read, a caller's change, or the deadline. That comes as
 * well when deadlines stood still and go on: when they come has to be worked out anew.
 */
export type Watched<T> = { by: 'poll'; found: T } | { by: 'news' } | { by: 'mail' } | { by: 'deadline' };

/**
 * Waits for news with polling behind it. `poll` is an activity that returns once there is something to see; it
 * is cancelled when the wait ends another way. Its own failures (credentials, nonsense) are thrown. A caller's change
 * ends it only where `takesMail`: whoever leaves that mail lying would come back at once, for ever.
 */
export async function watch<T>(
  b: Booking,
  what: string,
  until: string | null,
  poll: () => Promise<T>,
  takesMail = false,
): Promise<Watched<T>> {
  change(b, { waitingFor: { what, since: now(), until } });
  publish(b);
  let result: { found: T } | { err: unknown } | null = null;
  const scope = new CancellationScope();
  const polling = scope.run(poll).then(
    (found) => {
      result = { found };
    },
    (err: unknown) => {
      result = { err };
    },
  );
  try {
    const stoodStill = isAsked(b);
    const ready = () =>
      result !== null ||
      b.inbox.news ||
      (takesMail && b.inbox.reschedule !== null) ||
      (stoodStill && !isAsked(b));
    const leftMs = until === null ? null : Math.max(1, Date.parse(until) - nowMs());
    if (leftMs === null) await condition(ready);
    else await condition(ready, leftMs, { summary: `deadline of waiting for ${what}` });
  } finally {
    scope.cancel();
    await CancellationScope.nonCancellable(() => polling);
    change(b, { waitingFor: null });
  }
  return outcomeOf(b, result, takesMail);
}

function outcomeOf<T>(
  b: Booking,
  result: { found: T } | { err: unknown } | null,
  takesMail: boolean,
): Watched<T> {
  if (result && 'found' in result) return { by: 'poll', found: result.found };
  if (result && !isCancellation(result.err)) throw result.err;
  if (b.inbox.news) {
    b.inbox.news = false;
    return { by: 'news' };
  }
  return { by: takesMail && b.inbox.reschedule ? 'mail' : 'deadline' };
}
