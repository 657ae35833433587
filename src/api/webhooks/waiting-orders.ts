import type { FastifyBaseLogger } from 'fastify';
import { Failure } from '../../booking/failures';
import type { News } from '../../providers/news';
import { rememberRecent } from './recent';

/**
 * Keeps news of orders without a known booking, and searches for the bookings of all of them together. Most of these
 * orders have no booking here: a vendor's account has other orders too. A placed order's id reaches Temporal's search a
 * moment after its first events. The webhooks of waiting news were already answered: a crash loses the news, and
 * polling finds what it was about.
 */
export interface WaitingOrders {
  /**
   * Takes news of an order without a known booking. Throws `temporal_unavailable` when too many wait that no search could
   * be made for, so that the provider repeats it.
   */
  add(orderId: string, news: News): void;
  /** Returns how many news wait. */
  size(): number;
  /** Searches once more for all waiting orders, and gives up those without a booking. */
  stop(): Promise<void>;
}

/** Further outcomes of news that waited: `dropped` when too many waited, `failed` when Temporal never answered. */
export type GivenUp = 'not_ours' | 'dropped' | 'failed';

export interface WaitingOptions<R> {
  /** Finds the bookings of orders, of which `newsOf` returns the news. An order without a booking is left out. */
  find: (
    orderIds: readonly string[],
    newsOf: (orderId: string) => readonly News[],
  ) => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Tells news to the bookings that were found. Returns the outcome of each news. */
  tell: (orderId: string, bookingIds: readonly string[], burst: readonly News[]) => Promise<readonly R[]>;
  /** Called with the final outcome of news. */
  settled: (news: News, outcome: R | GivenUp) => void;
  log: Pick<FastifyBaseLogger, 'error'>;
}

/** The pause between two searches, in ms. */
export const SEARCH_EVERY_MS = 2_000;

/** When after its first news an order is searched for, in ms: Temporal's search may lag by seconds. */
export const SEARCHED_AFTER_MS: readonly number[] = [2_000, 5_000, 10_000];

/**
 * How many news may wait at a time. Beyond that, the order that has waited longest is dropped if a search found no booking
 * of it. If none was made yet, new news is refused instead.
 */
export const MAX_WAITING = 1_000;

/** How many orders one query may have. */
export const MAX_SEARCHED = 50;

/** How many orders without a booking are remembered: further news of such an order gets only one search. */
const MAX_REMEMBERED = 10_000;

interface Waiting {
  readonly sinceMs: number;
  /** How many searches found no booking. */
  readonly tries: number;
  readonly news: readonly News[];
}

/** Creates the waiting place of orders without a known booking. */
export function waitForBookings<R>({ find, tell, settled, log }: WaitingOptions<R>): WaitingOrders {
  const waiting = new Map<string, Waiting>();
  const nobodys = rememberRecent<true>(MAX_REMEMBERED);
  let isStopped = false;

  const giveUp = (orderId: string, outcome: GivenUp): void => {
    const news = waiting.get(orderId)?.news ?? [];
    waiting.delete(orderId);
    news.forEach((one) => settled(one, outcome));
  };

  /** Keeps the orders waiting when Temporal could not be reached: such a search does not count as a try. */
  const failed = (err: unknown, orderIds: readonly string[]): void => {
    const isAway = err instanceof Failure && err.code === 'temporal_unavailable';
    if (!isAway) log.error({ err }, 'news of an order could not be told');
    if (isStopped || !isAway) orderIds.forEach((orderId) => giveUp(orderId, 'failed'));
  };

  const foundNone = (orderId: string, one: Waiting): void => {
    const tries = one.tries + 1;
    waiting.set(orderId, { ...one, tries });
    const isEnough = tries >= (nobodys.get(orderId) ? 1 : SEARCHED_AFTER_MS.length);
    if (!isStopped && !isEnough) return;
    nobodys.set(orderId, true);
    giveUp(orderId, 'not_ours');
  };

  const tellFound = async (orderId: string, one: Waiting, bookingIds: readonly string[]): Promise<void> => {
    waiting.delete(orderId); // so that news that comes meanwhile is told separately
    try {
      const became = await tell(orderId, bookingIds, one.news);
      one.news.forEach((news, place) => settled(news, became[place] ?? 'failed'));
    } catch (err) {
      waiting.set(orderId, { ...one, news: [...one.news, ...(waiting.get(orderId)?.news ?? [])] });
      failed(err, [orderId]);
    }
  };

  const searchFor = async (orderIds: readonly string[]): Promise<void> => {
    const newsOf = (orderId: string) => waiting.get(orderId)?.news ?? [];
    const found = await find(orderIds, newsOf).catch((err: unknown) => failed(err, orderIds));
    if (!found) return;
    const became = orderIds.map(async (orderId) => {
      const [one, bookingIds] = [waiting.get(orderId), found.get(orderId) ?? []];
      if (one && bookingIds.length > 0) await tellFound(orderId, one, bookingIds);
      else if (one) foundNone(orderId, one);
    });
    await Promise.all(became);
  };

  const search = async (): Promise<void> => {
    const due = [...waiting].filter(([, one]) => isStopped || isDue(one)).map(([orderId]) => orderId);
    for (let from = 0; from < due.length; from += MAX_SEARCHED)
      await searchFor(due.slice(from, from + MAX_SEARCHED));
  };

  const searches = repeatWhile(() => waiting.size > 0 && !isStopped, search, SEARCH_EVERY_MS);

  return {
    size: () => sizeOf(waiting),
    add(orderId, news) {
      const [longestWaiting] = waiting.values();
      const isFull = sizeOf(waiting) >= MAX_WAITING;
      if (isFull && longestWaiting?.tries === 0) throw new Failure('temporal_unavailable');
      const one = waiting.get(orderId) ?? { sinceMs: performance.now(), tries: 0, news: [] };
      waiting.set(orderId, { ...one, news: [...one.news, news] });
      const [longest] = waiting.keys();
      if (sizeOf(waiting) > MAX_WAITING && longest !== undefined) giveUp(longest, 'dropped');
      searches.begin();
    },
    async stop() {
      isStopped = true;
      await searches.stop();
      await search();
    },
  };
}

/** Repeats a run, with a pause before each, while it is wanted; `begin` starts it again once it is wanted again. */
function repeatWhile(isWanted: () => boolean, run: () => Promise<void>, everyMs: number) {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const begin = (): void => {
    if (timer !== null || !isWanted()) return;
    timer = setTimeout(() => {
      running = run().then(() => {
        timer = null;
        begin();
      });
    }, everyMs);
  };
  const stop = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    await running;
  };
  return { begin, stop };
}

function isDue({ sinceMs, tries }: Waiting): boolean {
  return performance.now() - sinceMs >= (SEARCHED_AFTER_MS[tries] ?? 0);
}

function sizeOf(waiting: ReadonlyMap<string, Waiting>): number {
  return [...waiting.values()].reduce((sum, { news }) => sum + news.length, 0);
}
