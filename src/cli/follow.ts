import type { BookingView } from '../booking/schema/view';
import { isFinal, isSettled } from '../booking/status';
import { EXIT, type ExitCode, exitOfView } from './exit-codes';
import { attentionText } from './format/attention';
import { bookingText } from './format/booking';
import { changeLine } from './format/progress';
import type { Session } from './session';

/** Follows a booking live, until it has come far enough, the time is up or Ctrl-C comes. */

/** How long a new booking may show no change before people are told what that may mean, in ms. */
const QUIET_MS = 5_000;

export interface FollowOptions {
  /** Returns true when it has come far enough. The end of the booking always is far enough. */
  isDone: (view: BookingView) => boolean;
  /** How long to follow it; without limit when left out. */
  timeoutMs?: number;
  /** Called with each view. */
  onView: (view: BookingView) => void;
}

export interface Followed {
  /** The last view; null when none came. */
  view: BookingView | null;
  why: 'done' | 'timed_out' | 'interrupted';
}

/** Follows a booking. Ends quietly on Ctrl-C and when the time is up; throws what watching it throws. */
export async function follow(session: Session, id: string, options: FollowOptions): Promise<Followed> {
  const bookings = await session.bookings();
  const stop = new AbortController();
  const followed: Followed = { view: null, why: 'done' };
  const end = (why: Followed['why']): void => {
    followed.why = why;
    stop.abort();
  };
  const quiet = setTimeout(() => session.tell(QUIET_TEXT), QUIET_MS);
  const timer =
    options.timeoutMs === undefined ? null : setTimeout(() => end('timed_out'), options.timeoutMs);
  const forget = session.io.onInterrupt(() => end('interrupted'));
  try {
    for await (const view of bookings.watch(id, { signal: stop.signal })) {
      if (view.revision > 0) clearTimeout(quiet); // at revision 0 no worker has taken it up
      followed.view = view;
      options.onView(view);
      if (options.isDone(view)) break;
    }
  } finally {
    clearTimeout(quiet);
    if (timer) clearTimeout(timer);
    forget();
  }
  return followed;
}

const QUIET_TEXT =
  'Nobody works on it yet: is "npm start" (or "npm run worker") running? It is kept in Temporal meanwhile.';

/** Returns a printer of a line for each change and, when a person is needed, of what to decide. */
export function progressPrinter(session: Session): (view: BookingView) => void {
  let previous: BookingView | null = null;
  return (view) => {
    const line = changeLine(previous, view, session.paint);
    if (line !== null) session.tell(line);
    previous = view;
  };
}

export interface WaitOptions {
  timeoutMs?: number;
  /** The view to show when no other comes. */
  fallback: BookingView;
  /** Whether to go on until the visit is over, and not only until the booking is settled. */
  untilEnd?: boolean;
}

/** Follows a booking until it is settled, then prints it. The exit code tells how it stands. */
export async function answerFollowed(
  session: Session,
  { timeoutMs, fallback, untilEnd = false }: WaitOptions,
): Promise<{ view: BookingView; exit: ExitCode }> {
  const { id } = fallback;
  const isDone = (view: BookingView): boolean => (untilEnd ? isFinal(view) : isSettled(view));
  const followed = await follow(session, id, { isDone, timeoutMs, onView: progressPrinter(session) });
  const view = followed.view ?? fallback;
  session.tell('');
  session.answer(view, () => bookingText(view, session.paint));
  return { view, exit: endOfFollowing(session, id, { view, why: followed.why }) };
}

/** Says what stopping to watch means, and returns the exit code. */
export function endOfFollowing(session: Session, id: string, { view, why }: Followed): ExitCode {
  if (why === 'done') return view ? exitOfView(view) : EXIT.ok;
  const reason = why === 'interrupted' ? 'Stopped watching.' : 'The time to wait is up.';
  session.tell(`\n${reason} The booking goes on; see it again: npm run booking -- watch ${id}`);
  return why === 'interrupted' ? EXIT.interrupted : EXIT.timedOut;
}

/** Returns a printer like progressPrinter that shows the choices in full, for people who keep watching. */
export function watchPrinter(session: Session): (view: BookingView) => void {
  const print = progressPrinter(session);
  let attentionSince: string | null = null;
  return (view) => {
    print(view);
    const since = view.attention?.since ?? null;
    if (since !== null && since !== attentionSince) session.tell(`\n${attentionText(view, session.paint)}\n`);
    attentionSince = since;
  };
}
