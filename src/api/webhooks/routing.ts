import type { FastifyBaseLogger } from 'fastify';
import { adoptedBookingId } from '../../booking/ids';
import type { Appointment } from '../../booking/model';
import type { VendorName } from '../../booking/vendors';
import type { BookingClient, Glance } from '../../client/booking-client';
import type { News } from '../../providers/news';
import type { ComparesOrders } from './compare';
import { gatherBursts } from './burst';
import { lackingIn, stopForMany } from './lacking';
import { rememberRecent } from './recent';
import { waitForBookings, type GivenUp } from './waiting-orders';

/**
 * The outcome of news. `woken`: its booking reads the provider; `known`: its booking shows what it says, or other news
 * of the same burst is newer; `clean_up`: the clean-up of an ended booking began; `nothing_to_do`: its booking has
 * ended or is gone.
 */
export type Routed = 'woken' | 'known' | 'clean_up' | 'nothing_to_do' | GivenUp;

export interface RoutingOptions {
  client: Pick<BookingClient, 'wake' | 'glance' | 'ofOrders' | 'list' | 'cleanUp'>;
  idKey: Buffer;
  vendor: VendorName;
  /** The vendor's accounts whose adopted orders the news may be about. */
  accounts: readonly string[];
  reader: ComparesOrders;
  /** Called with the outcome of news that waited for its booking to be found. */
  settled: (news: News, outcome: Routed) => void;
  log: Pick<FastifyBaseLogger, 'error'>;
}

export interface Routing {
  /**
   * Tells the news to the booking that it is about. Returns `waiting` when no booking is known for its order: then the
   * booking is searched for. Throws only `temporal_unavailable`.
   */
  route(news: News): Promise<Routed | 'waiting'>;
  /** Returns how many news wait for their booking to be found. */
  waiting(): number;
  /** Tells all gathered news at once, and from now on new news at once. */
  flush(): void;
  /** Makes a last search for the orders that wait. */
  stop(): Promise<void>;
}

/** All news of an order within this time, in ms, makes one look at its booking and wakes it at most once. */
export const BURST_MS = 250;

/** At how many bookings of one start one is looked for; polls find what came to others. */
const MAX_HOLDERS = 100;

/** How many orders are remembered with their booking. */
const MAX_REMEMBERED = 10_000;

/**
 * Takes news to its booking: the one that adopted the order, the one that placed it, or one that the search finds. News
 * of a live appointment of an ended booking starts a clean-up if one is needed.
 */
export function routeNews({
  client,
  idKey,
  vendor,
  accounts,
  reader,
  settled,
  log,
}: RoutingOptions): Routing {
  /** The booking that placed an order, by the order's id. Events of an appointment do not name it. */
  const placedBy = rememberRecent<string>(MAX_REMEMBERED);

  const stopping = stopForMany();
  const telling: Telling = { client, reader, stopping: stopping.signal };

  const adopting = (orderId: string): string[] =>
    accounts.map((account) => adoptedBookingId(idKey, vendor, account, orderId));

  const handle = async (burst: readonly News[]): Promise<(Routed | 'waiting')[]> => {
    const orderId = burst.find((news) => news.orderId !== null)?.orderId ?? null;
    const placing = burst.flatMap(({ bookingId }) => bookingId ?? []);
    const remembered = orderId === null ? undefined : placedBy.get(orderId);
    if (remembered !== undefined) placing.push(remembered);
    const placers = await glanceAt(client, placing);
    // While a booking is open, no other may adopt its order.
    const isHeld = placers.some(({ isOpen }) => isOpen);
    const others = orderId === null || isHeld ? [] : adopting(orderId).filter((id) => !placing.includes(id));
    const adopters = await glanceAt(client, others);
    const bookings = [...placers, ...adopters];
    const [placer] = placers;
    if (orderId !== null && placer) placedBy.set(orderId, placer.id);
    const became = await tellBookings(telling, bookings, burst);
    return became.map((outcome, place) => {
      const news = burst[place];
      const mayBeAnothers = outcome === 'nothing_to_do' && !placer && news?.bookingId === null;
      if (!mayBeAnothers || news.orderId === null) return outcome;
      orders.add(news.orderId, news);
      return 'waiting';
    });
  };

  const bursts = gatherBursts(BURST_MS, handle);
  const orders = waitForBookings<Routed>({
    find: (orderIds, newsOf) => findBookings(client, orderIds, newsOf),
    async tell(orderId, bookingIds, burst) {
      const bookings = await glanceAt(client, bookingIds);
      const [first] = bookings;
      if (first) placedBy.set(orderId, (bookings.find(({ isOpen }) => isOpen) ?? first).id);
      return tellBookings(telling, bookings, burst);
    },
    settled,
    log,
  });

  return {
    route: (news) => bursts.add(news.orderId ?? news.bookingId ?? '', news),
    waiting: () => orders.size(),
    flush() {
      stopping.abort();
      bursts.flush();
    },
    stop: () => orders.stop(),
  };
}

type Client = RoutingOptions['client'];
type Telling = Pick<RoutingOptions, 'client' | 'reader'> & { stopping: AbortSignal };
type Glanced = Glance & { id: string };

/** Looks at each of these bookings once. Bookings that Temporal does not know are left out. */
async function glanceAt(client: Client, ids: readonly string[]): Promise<Glanced[]> {
  const glances = await Promise.all(
    [...new Set(ids)].map(async (id) => {
      const glance = await client.glance(id);
      return glance && { id, ...glance };
    }),
  );
  return glances.filter((one) => one !== null);
}

async function findBookings(
  client: Client,
  orderIds: readonly string[],
  newsOf: (orderId: string) => readonly News[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const { id, orderId } of await client.ofOrders(orderIds)) {
    if (orderId !== null) found.set(orderId, [...(found.get(orderId) ?? []), id]);
  }
  for (const orderId of orderIds) {
    const [appointment] = newsOf(orderId).flatMap(({ said }) => (said?.of === 'appointment' ? said.is : []));
    if (!found.has(orderId) && appointment?.orderId === null)
      found.set(orderId, await holdersOf(client, appointment));
  }
  return found;
}

/**
 * Returns the open bookings that show an appointment, of those that start when it does: where there are no orders, no
 * search knows its id. News may name nothing else, and this process may have heard nothing of it before.
 */
async function holdersOf(client: Client, { id, provider, startsAt }: Appointment): Promise<string[]> {
  if (startsAt === null) return [];
  const startsTo = new Date(Date.parse(startsAt) + 1).toISOString();
  const { bookings } = await client.list({
    ...{ provider, startsFrom: startsAt, startsTo, open: true, pageSize: MAX_HOLDERS },
  });
  const glances = await glanceAt(
    client,
    bookings.map((one) => one.id),
  );
  return glances.filter(({ view }) => view?.appointment?.id === id).map((one) => one.id);
}

/** Wakes an order's open bookings for news that they do not show. When none is open, cleans up after the others. */
async function tellBookings(
  telling: Telling,
  bookings: readonly Glanced[],
  burst: readonly News[],
): Promise<Routed[]> {
  const open = bookings.filter(({ isOpen }) => isOpen);
  const fresh = await wakeThose(telling, open, burst);
  if (fresh) return burst.map((news) => (fresh.has(news) ? 'woken' : 'known'));
  const isCleaned = burst.some(({ live }) => live) && (await cleanUpAfter(telling.client, bookings));
  return burst.map(({ live }) => (live && isCleaned ? 'clean_up' : 'nothing_to_do'));
}

/**
 * Wakes each open booking once for all news that it does not show. Returns the news that was new to a booking, or null
 * when no booking is open any more.
 */
async function wakeThose(
  { client, reader, stopping }: Telling,
  open: readonly Glanced[],
  burst: readonly News[],
): Promise<Set<News> | null> {
  const fresh = new Set<News>();
  const isOpen = await Promise.all(
    open.map(async ({ id, ...glance }) => {
      const again = () => client.glance(id);
      const lacking = await lackingIn(burst, glance, { again, reader, stopping });
      lacking.forEach((news) => fresh.add(news));
      const [first] = lacking;
      return !first || client.wake(id, kindOf(lacking));
    }),
  );
  return isOpen.includes(true) ? fresh : null;
}

/** Returns the kind to signal. A booking reads everything that it watches, whichever kind it gets. */
function kindOf(news: readonly News[]): News['kind'] {
  return news.some(({ kind }) => kind === 'appointment') ? 'appointment' : 'order';
}

async function cleanUpAfter(client: Client, bookings: readonly Glanced[]): Promise<boolean> {
  const started = await Promise.all(bookings.map(({ id }) => client.cleanUp(id)));
  return started.includes(true);
}
