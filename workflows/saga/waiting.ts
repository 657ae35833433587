import { RetryState } from '@temporalio/common';
import { ActivityFailure, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { after, now, nowMs } from './clock';
import { unlessCarriedOn } from './long-life';
import { heldBackMs, isAsked, takeNews } from './mail';
import { isFirstLook, restMs, type Pace } from './pace';
import { waitLimited, waitOver, type Deadline, type DeadlinesPart } from './parts/deadlines';
import { waitBegan, waitEnded } from './parts/progress';
import { publish } from './publish';
import type { Booking } from './state';

/** Waiting for news, a poll or a deadline, whichever comes first. Callers see what is waited for, and until when. */

export function deadline(b: Booking, from: string, limitMs: number, heldBack = heldBackMs(b)): Deadline {
  return { from, limitMs, heldBackMs: heldBack };
}

/** Returns the deadline of the whole booking. */
export function settleDeadline(b: Booking): Deadline {
  const { settleFrom, settleHeldBackMs } = b.state.deadlines;
  const { limits } = b.state.terms;
  return deadline(b, settleFrom, limits.settleWithinMs, settleHeldBackMs);
}

/**
 * Makes a wait of a forward step, within its own limit and the booking's. A wait that an earlier run began keeps its
 * deadlines.
 */
export async function waitWithin<T>(
  b: Booking,
  limitMs: number,
  wait: (limits: NonNullable<DeadlinesPart['wait']>) => Promise<T>,
): Promise<T> {
  const limits = b.state.deadlines.wait ?? {
    own: deadline(b, now(), limitMs),
    settleBy: settleDeadlineAhead(b),
  };
  waitLimited(b, limits);
  return unlessCarriedOn(
    () => wait(limits),
    () => waitOver(b),
  );
}

/**
 * Returns the booking's deadline for a wait that begins now. If it is over already, as after a long time without
 * workers, one try is made all the same, and it has the whole time to settle for itself.
 */
function settleDeadlineAhead(b: Booking): Deadline {
  const settle = settleDeadline(b);
  return hasPassed(b, settle) ? deadline(b, now(), b.state.terms.limits.settleWithinMs) : settle;
}

/** Returns when the deadline comes, or null while it stands still. */
export function untilOf(b: Booking, d: Deadline): string | null {
  if (d.heldBackMs === null) return after(d.from, d.limitMs);
  return isAsked(b) ? null : after(d.from, d.limitMs + heldBackMs(b) - d.heldBackMs);
}

/** Returns the deadline that comes first. A deadline that stands still comes last. */
export function soonest(b: Booking, first: Deadline, ...others: (Deadline | null)[]): Deadline {
  const untilMs = (d: Deadline) => Date.parse(untilOf(b, d) ?? '') || Infinity;
  return others.reduce<Deadline>(
    (one, other) => (other && untilMs(other) < untilMs(one) ? other : one),
    first,
  );
}

export function hasPassed(b: Booking, d: Deadline): boolean {
  const until = untilOf(b, d);
  return until !== null && Date.parse(until) <= nowMs();
}

export function isPast(until: string | null): boolean {
  return until !== null && Date.parse(until) <= nowMs();
}

/**
 * Waits until `time`, or until there is news and its pause is over. Takes the news and returns true when there was
 * some.
 */
export async function newsUntil(b: Booking, what: string, time: string, pace: Pace): Promise<boolean> {
  await waitingFor(b, what, time, async () => {
    await conditionUntil(() => b.inbox.news, time, `wait for ${what}`);
    await restUntil(b, time, pace);
  });
  return takeNews(b);
}

/** Sleeps until `time`; news does not end it. */
export async function pauseUntil(b: Booking, what: string, time: string): Promise<void> {
  await waitingFor(b, what, time, () => conditionUntil(() => false, time, `wait for ${what}`));
}

/** Shows callers what is waited for. */
async function waitingFor<T>(
  b: Booking,
  what: string,
  until: string | null,
  run: () => Promise<T>,
): Promise<T> {
  waitBegan(b, what, until);
  publish(b);
  try {
    return await run();
  } finally {
    waitEnded(b);
  }
}

async function conditionUntil(ready: () => boolean, time: string | null, summary: string): Promise<void> {
  if (time === null) await condition(ready);
  else if (!isPast(time)) await condition(ready, Date.parse(time) - nowMs(), { summary });
}

/** Holds news back until the pause is over. More news that comes meanwhile leads to the same single read. */
async function restUntil(b: Booking, time: string | null, pace: Pace, ready = () => false): Promise<void> {
  const leftMs = time === null ? Infinity : Date.parse(time) - nowMs();
  const pauseMs = Math.min(restMs(pace), leftMs);
  if (b.inbox.news && !ready() && pauseMs > 0)
    await condition(ready, pauseMs, { summary: 'pause before the provider is read again' });
}

/**
 * What ended a watch: the poll's finding, news that asks for a read, a caller's change, or the deadline. `deadline`
 * also stands for deadlines that stood still and run again, because their time has to be worked out anew.
 */
type Watched<T> = { by: 'poll'; found: T } | { by: 'news' } | { by: 'mail' } | { by: 'deadline' };

/** How a watch goes about its waiting. */
export interface Watching {
  /** What is waited for, in a caller's words. */
  what: string;
  /** When to look once more in any case; null: never. */
  until: string | null;
  /** Until when callers are told that it may take; `until` when left out. */
  shownUntil?: string | null;
  pace: Pace;
  /**
   * How long there is no poll at first, in ms: the provider was read right before, and news is heard. News that ends the
   * wait by then costs two events, those of a timer, and not the eight of a poll and its timer. News from before the
   * wait is answered by a poll at once.
   */
  quietMs?: number;
  /** How long the first poll leaves the provider alone at least, in ms. */
  leftAloneMs?: number;
  /**
   * Whether a poll is tried again only after a long pause. News from before such a wait gets a look of its own. In any
   * other wait its first poll is that look, because it reads the provider at once. Such a poll keeps the deadline itself,
   * which saves the timer. While somebody has paused it in Temporal, its deadline waits too.
   */
  pollsSeldom?: boolean;
  /** Whether a caller's change ends the wait. A caller that does not consume the request would loop forever. */
  takesMail?: boolean;
}

/** What a poll is told of its wait. */
export interface Polling {
  /** How long to leave the provider alone before the first look, in ms. */
  pauseMs: number;
  /** When the poll is to look and return in any case; null when the wait has a timer for that. */
  until: string | null;
}

/** How a watch sees what it waits for. */
interface Sight<T> {
  /** An activity that returns once there is something to see. */
  poll: (polling: Polling) => Promise<T>;
  /** Looks once. */
  look: (why: string) => Promise<T>;
  /** Returns true for what a poll found by a look that was made after the deadline. */
  isFromAfter?: (found: T) => boolean;
}

/**
 * Waits for news, with polling behind it, and returns what is seen then: the poll's finding, or a look after anything
 * else. Returns null when a caller's change came first. The poll is cancelled when the wait ends another way. Its own
 * failures (credentials, nonsense) are thrown. Callers see the wait until a look after news is over: that saves an event.
 */
export function watch<T>(b: Booking, watching: Watching & { takesMail?: false }, sight: Sight<T>): Promise<T>;
export function watch<T>(b: Booking, watching: Watching, sight: Sight<T>): Promise<T | null>;
export async function watch<T>(b: Booking, watching: Watching, sight: Sight<T>): Promise<T | null> {
  const { what, until: time, shownUntil = time, pace, pollsSeldom = false } = watching;
  const hadNews = isFirstLook(pace) && !pollsSeldom && takeNews(b);
  return waitingFor(b, what, shownUntil, async () => {
    const watched = await endOf(b, hadNews ? { ...watching, quietMs: 0 } : watching, sight);
    if (watched.by === 'mail') return null;
    if (watched.by !== 'news') waitEnded(b);
    return seenBy(watched, time, sight);
  });
}

/** Waits, and returns what ended the wait. */
async function endOf<T>(b: Booking, watching: Watching, { poll }: Sight<T>): Promise<Watched<T>> {
  const { until: time, pace, takesMail = false } = watching;
  const isMail = () => takesMail && b.inbox.reschedule !== null;
  const stoodStill = isAsked(b);
  const isCalled = () => b.inbox.news || isMail() || (stoodStill && !isAsked(b));
  const found = await polledUntil(watching, isCalled, poll);
  if (found) return { by: 'poll', ...found };
  await restUntil(b, time, pace, isMail);
  if (takeNews(b)) return { by: 'news' };
  return { by: isMail() ? 'mail' : 'deadline' };
}

/** Polls until `isCalled` or the deadline. Returns null when nothing was found by then. */
async function polledUntil<T>(
  { what, until: time, pace, quietMs = 0, leftAloneMs = 0, pollsSeldom = false }: Watching,
  isCalled: () => boolean,
  poll: Sight<T>['poll'],
): Promise<{ found: T } | null> {
  if (quietMs > 0)
    await conditionUntil(isCalled, quietUntil(quietMs, time), `pause before polling for ${what}`);
  if (isCalled() || isPast(time)) return null;
  const pauseMs = Math.max(restMs(pace), leftAloneMs);
  const until = pollsSeldom ? time : null;
  const summary = `deadline of waiting for ${what}`;
  const found = await polled(
    () => poll({ pauseMs, until }),
    (isOver) => conditionUntil(() => isOver() || isCalled(), until === null ? time : null, summary),
  );
  // The server gives a poll up at once when its next try would come long after the deadline.
  if (!found && until !== null) await conditionUntil(isCalled, time, summary);
  return found;
}

function quietUntil(quietMs: number, time: string | null): string {
  const until = after(now(), quietMs);
  return time !== null && Date.parse(time) < Date.parse(until) ? time : until;
}

type Outcome<T> = { found: T } | { err: unknown } | null;

/** Polls until `wait` is over. Returns null when the poll found nothing by then, or was ended by the server. */
async function polled<T>(
  poll: () => Promise<T>,
  wait: (isOver: () => boolean) => Promise<void>,
): Promise<{ found: T } | null> {
  let result: Outcome<T> = null;
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
    await wait(() => result !== null);
  } finally {
    scope.cancel();
    await CancellationScope.nonCancellable(() => polling);
  }
  return foundOf(result);
}

function foundOf<T>(result: Outcome<T>): { found: T } | null {
  if (result === null || 'found' in result) return result;
  if (isCancellation(result.err) || isOutOfTime(result.err)) return null;
  throw result.err;
}

/** Returns true when the server ended an activity because it, or its next try, would outlast its time. */
function isOutOfTime(err: unknown): boolean {
  return err instanceof ActivityFailure && err.retryState === RetryState.TIMEOUT;
}

/**
 * Returns what a watch saw. A look that began before the deadline and returned after it decides nothing, so another is
 * made; this happens when no worker was there in between.
 */
async function seenBy<T>(
  watched: Exclude<Watched<T>, { by: 'mail' }>,
  time: string | null,
  { look, isFromAfter }: Sight<T>,
): Promise<T> {
  const isAfter = watched.by === 'poll' ? isFromAfter?.(watched.found) === true : isPast(time);
  const seen = watched.by === 'poll' ? watched.found : await look(WHY[watched.by]);
  return isPast(time) && !isAfter ? look(WHY.deadline) : seen;
}

const WHY = {
  news: 'read the provider after its news',
  deadline: 'look once more after the deadline',
} as const;
