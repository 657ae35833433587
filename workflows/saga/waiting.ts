import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
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
async function waitingFor(b: Booking, what: string, until: string | null, run: () => Promise<unknown>) {
  waitBegan(b, what, until);
  publish(b);
  try {
    await run();
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
export type Watched<T> = { by: 'poll'; found: T } | { by: 'news' } | { by: 'mail' } | { by: 'deadline' };

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
   * Whether a poll that fails is tried again only after a long pause. News from before such a wait gets a look of its own.
   * In any other wait its first poll is that look, because it reads the provider at once.
   */
  pollsSeldom?: boolean;
  /** Whether a caller's change ends the wait. A caller that does not consume the request would loop forever. */
  takesMail?: boolean;
}

/**
 * Waits for news, with polling behind it. `poll` is an activity that returns once there is something to see, after the
 * pause that it is given. It is cancelled when the wait ends another way. Its own failures (credentials, nonsense) are
 * thrown.
 */
export async function watch<T>(
  b: Booking,
  { what, until: time, shownUntil = time, pace, pollsSeldom = false, takesMail = false }: Watching,
  poll: (pauseMs: number) => Promise<T>,
): Promise<Watched<T>> {
  let result: Outcome<T> = null;
  const scope = new CancellationScope();
  const isMail = () => takesMail && b.inbox.reschedule !== null;
  const stoodStill = isAsked(b);
  const goesOn = () => stoodStill && !isAsked(b);
  if (isFirstLook(pace) && !pollsSeldom) takeNews(b);
  await waitingFor(b, what, shownUntil, async () => {
    const polling = scope
      .run(() => poll(restMs(pace)))
      .then(
        (found) => {
          result = { found };
        },
        (err: unknown) => {
          result = { err };
        },
      );
    const ready = () => result !== null || isMail() || goesOn();
    try {
      await conditionUntil(() => ready() || b.inbox.news, time, `deadline of waiting for ${what}`);
    } finally {
      scope.cancel();
      await CancellationScope.nonCancellable(() => polling);
    }
    if (isSilent(result)) await restUntil(b, time, pace, isMail);
  });
  return outcomeOf(b, result, isMail());
}

type Outcome<T> = { found: T } | { err: unknown } | null;

/** Returns true when the poll found nothing, because something else ended the wait. */
function isSilent(result: Outcome<unknown>): boolean {
  return result === null || ('err' in result && isCancellation(result.err));
}

function outcomeOf<T>(b: Booking, result: Outcome<T>, isMail: boolean): Watched<T> {
  if (result && 'found' in result) return { by: 'poll', found: result.found };
  if (result && !isCancellation(result.err)) throw result.err;
  if (takeNews(b)) return { by: 'news' };
  return { by: isMail ? 'mail' : 'deadline' };
}

/**
 * Returns what a watch saw. A look that began before the deadline and returned after it decides nothing, so another is
 * made; this happens when no worker was there in between.
 */
export async function seenBy<T>(
  watched: Watched<T>,
  time: string | null,
  look: (why: string) => Promise<T>,
): Promise<T> {
  const isAfter = watched.by !== 'poll' && isPast(time);
  const seen = watched.by === 'poll' ? watched.found : await look(WHY[watched.by]);
  return isPast(time) && !isAfter ? look(WHY.deadline) : seen;
}

const WHY = {
  news: 'read the provider after its news',
  mail: 'read the provider before a change',
  deadline: 'look once more after the deadline',
} as const;
