import { setTimeout as pause } from 'node:timers/promises';
import { adoptedBookingId } from '../../booking/ids';
import type { BookingClient } from '../../client/booking-client';
import type { News } from './news';

/** What became of news. */
export type Routed = 'woken' | 'clean_up' | 'nothing_to_do' | 'not_ours';

export interface Routing {
  client: Pick<BookingClient, 'wake' | 'list' | 'cleanUp'>;
  idKey: Buffer;
  /** The Junction accounts whose adopted orders the news may be about. */
  accounts: readonly string[];
}

/**
 * Pauses before each search for the booking, in ms. An order's first events may come before its id reaches the search
 * attributes. 10 s cover that, and leave 5 of the 15 s that the provider waits for an answer.
 */
export const SEARCH_PAUSES_MS = [0, 250, 500, 1000, 2000, 2000, 2000, 2000] as const;

/**
 * Takes news to its booking: the one that adopted the order, the one that placed it, or an open one that the search
 * finds. News of a live appointment of an ended booking starts a clean-up if one is needed. Throws only
 * `temporal_unavailable`; `signal` ends the search early.
 */
export async function routeNews(routing: Routing, news: News, signal: AbortSignal): Promise<Routed> {
  const direct = directIds(routing, news);
  if (await wakeAny(routing, news, direct)) return 'woken';
  if (news.bookingId !== null) return endedOnes(routing, news, direct);
  const found = await search(routing, news, signal);
  const open = found.filter((booking) => booking.open).map(({ id }) => id);
  if (await wakeAny(routing, news, open)) return 'woken';
  const ended = found.map(({ id }) => id);
  return ended.length > 0 ? endedOnes(routing, news, ended) : 'not_ours';
}

function directIds({ idKey, accounts }: Routing, { orderId, bookingId }: News): string[] {
  const adopting =
    orderId === null ? [] : accounts.map((account) => adoptedBookingId(idKey, 'junction', account, orderId));
  return bookingId === null ? adopting : [bookingId, ...adopting];
}

async function wakeAny({ client }: Routing, { kind }: News, ids: readonly string[]): Promise<boolean> {
  const woken = await Promise.all(ids.map((id) => client.wake(id, kind)));
  return woken.includes(true);
}

async function search(
  { client }: Routing,
  { orderId }: News,
  signal: AbortSignal,
): Promise<{ id: string; open: boolean }[]> {
  if (orderId === null) return [];
  for (const pauseMs of SEARCH_PAUSES_MS) {
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    const { bookings } = await client.list({ orderId });
    if (bookings.length > 0 || signal.aborted) return bookings;
  }
  return [];
}

async function endedOnes({ client }: Routing, news: News, ids: readonly string[]): Promise<Routed> {
  if (!news.live) return 'nothing_to_do';
  const started = await Promise.all([...new Set(ids)].map((id) => client.cleanUp(id)));
  return started.includes(true) ? 'clean_up' : 'nothing_to_do';
}
