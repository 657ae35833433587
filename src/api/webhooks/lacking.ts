import { setMaxListeners } from 'node:events';
import type { Glance } from '../../client/booking-client';
import type { News } from '../../providers/news';
import { type ComparesOrders, isShown, newestOf } from './compare';

/** How long after a burst a booking that is at work is looked at again, in ms: a book call takes 2.5 s to be answered. */
export const AGAIN_AFTER_MS: readonly number[] = [750, 2_000];

/** Returns a controller for `stopping`. Any number of bookings may be waiting for it: Node takes more than ten for a leak. */
export function stopForMany(): AbortController {
  const stopping = new AbortController();
  setMaxListeners(Infinity, stopping.signal);
  return stopping;
}

/** How the booking is looked at. */
export interface Looking {
  /** Looks at it once more. */
  again: () => Promise<Glance | null>;
  reader: ComparesOrders;
  /** Aborts when there is no time left. */
  stopping: AbortSignal;
}

/**
 * Returns the news of a burst that the booking lacks. A booking at work learns most of it from the answer to its own call.
 * It takes news in only when it waits, so it is looked at again before it is woken, until `stopping` says to hurry.
 */
export async function lackingIn(
  burst: readonly News[],
  first: Glance,
  { again, reader, stopping }: Looking,
): Promise<News[]> {
  const newest = newestOf(burst);
  let lacking = lackedBy(first, newest, reader);
  let seen: Glance | null = first;
  let passedMs = 0;
  for (const afterMs of AGAIN_AFTER_MS) {
    if (lacking.length === 0 || stopping.aborted || !seen?.isOpen || !isAtWork(seen)) return lacking;
    await pauseUnless(stopping, afterMs - passedMs);
    passedMs = afterMs;
    seen = await again();
    if (seen?.isOpen) lacking = lackedBy(seen, newest, reader);
  }
  return lacking;
}

function lackedBy({ view }: Glance, newest: readonly News[], reader: ComparesOrders): News[] {
  return newest.filter(({ said }) => !isShown(said, view, reader));
}

/**
 * Returns true when a booking waits neither for anything nor for a person, or reads the provider for earlier news: it still
 * shows its wait then.
 */
function isAtWork({ view, isCalling }: Glance): boolean {
  if (view === null || view.attention !== null) return false;
  return view.waitingFor === null || isCalling;
}

function pauseUnless(stopping: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (): void => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', goOn);
      resolve();
    };
    const timer = setTimeout(goOn, ms);
    stopping.addEventListener('abort', goOn);
  });
}
