import { Failure } from '../../booking/failures';
import type { Order } from '../../booking/model';
import { unclear } from '../http';
import type { Call, OrderCalls } from '../provider';
import { isAll, isWhole, readable } from '../reading';
import { newOrder } from './new-order';
import type { Query } from './operations';
import { toOrder } from './parse';
import { demand, type Session } from './session';
import { orderPageWire, orderWire, postedOrderWire, type OrderWire } from './wire';

/** Orders at Junction. They are placed with our booking id as `passthrough`, by which a lost order is found again. */
export function orderCalls(session: Session): OrderCalls {
  return {
    place: async (call, order) => {
      const body = newOrder(order, session.dialect.collectionMethod);
      return toOrder(
        await demand(session, call, 'place_order', postedOrderWire, { body, key: order.key }),
        session.notice,
      );
    },
    find: (call, where) => findOrder(session, call, where),
    list: (call, { createdSince }) => listOrders(session, call, createdSince),
    read: (call, orderId) => readOrder(session, call, orderId),
    cancel: (call, orderId) => cancelOrder(session, call, orderId),
    ofUser: (call, where) => ordersOfUser(session, call, where),
  };
}

/** Reads the order as it stands. */
export async function readOrder(session: Session, call: Call, orderId: string): Promise<Order> {
  return toOrder(await demand(session, call, 'read_order', orderWire, { orderId }), session.notice);
}

/**
 * Cancels the order. It neither looks first nor reads after, and does not believe what the answer shows of the order.
 */
async function cancelOrder(session: Session, call: Call, orderId: string): Promise<void> {
  await demand(session, call, 'cancel_order', postedOrderWire, { orderId });
}

/** The contract's largest page. */
const PAGE_SIZE = 100;

/** No real user has more pages of orders since a booking began. */
const MAX_PAGES = 50;

/** Enough for 50,000 orders. An audit of more has to ask for fewer days. */
const MAX_PAGES_OF_ACCOUNT = 500;

/** How far the provider's clock may be behind ours, in ms. The booking id decides in any case. */
const CLOCK_SLACK_MS = 3_600_000;

const GONE_PHASES: readonly Order['phase'][] = ['cancelled', 'failed'];

/** Phases in which no visit is still to come. */
const OVER_PHASES: readonly Order['phase'][] = [...GONE_PHASES, 'completed'];

/**
 * Finds the booking's order. A live one that the list shows is proof. To conclude that there is none, or only an ended
 * one, the list must be read whole.
 */
async function findOrder(
  session: Session,
  call: Call,
  where: { bookingId: string; userId: string; createdSince: string },
): Promise<Order | null> {
  const mine: Order[] = [];
  const query = { user_id: where.userId, start_date: startOf(where.createdSince) };
  let isRead = true;
  for await (const page of pagesOf(session, call, query, { maxPages: MAX_PAGES })) {
    isRead = page.isAll;
    const ours = readable(page.orders).filter(({ passthrough }) => passthrough === where.bookingId);
    mine.push(...ours.map((wire) => toOrder(wire, session.notice)));
  }
  const live = mine.find(({ phase }) => !GONE_PHASES.includes(phase));
  if (!live && !isRead) throw notRead();
  return live ?? mine[0] ?? null;
}

/**
 * Lists orders. Fails at its end if an order could not be read, because a comparison must know that the list is not
 * whole.
 */
async function* listOrders(session: Session, call: Call, createdSince: string): AsyncGenerator<Order> {
  const query = { start_date: startOf(createdSince), order_type: session.dialect.collectionMethod };
  let isRead = true;
  for await (const page of pagesOf(session, call, query, { maxPages: MAX_PAGES_OF_ACCOUNT })) {
    isRead = page.isAll;
    for (const wire of readable(page.orders)) {
      const order = toOrder(wire, session.notice);
      // An account may ignore the filter. Orders of another kind belong to the other provider's list.
      if (order.kind === session.dialect.collectionMethod) yield order;
    }
  }
  if (!isRead) throw notRead();
}

function notRead(): Failure {
  return unclear('read', 'an order of the list cannot be read');
}

async function ordersOfUser(
  session: Session,
  call: Call,
  { userId, max }: { userId: string; max: number },
): Promise<Order[]> {
  const { collectionMethod: kind } = session.dialect;
  const query = { user_id: userId, order_type: kind };
  const found = new Map<string, Order>();
  const pages = { maxPages: MAX_PAGES, direction: 'desc' } as const;
  for await (const { orders } of pagesOf(session, call, query, pages)) {
    // Unreadable orders are skipped: this list only explains a refusal, and nothing is concluded from an absence.
    for (const wire of readable(orders)) {
      const order = toOrder(wire, session.notice);
      const isTheirs = order.kind === kind && (order.userId ?? userId) === userId;
      if (isTheirs && !OVER_PHASES.includes(order.phase)) found.set(order.id, order);
    }
    if (found.size >= max) break;
  }
  return [...found.values()].slice(0, max);
}

function startOf(since: string): string {
  return new Date(Date.parse(since) - CLOCK_SLACK_MS).toISOString();
}

/**
 * A page of orders, with null for an unreadable one, and whether all orders up to and including this page could be
 * read.
 */
interface OrderPage {
  orders: (OrderWire | null)[];
  isAll: boolean;
}

/**
 * Yields all matching orders, page by page, oldest first by default: orders that are created meanwhile come last, and
 * none is skipped. Newest first, some may come twice.
 */
async function* pagesOf(
  session: Session,
  call: Call,
  where: Query,
  { maxPages, direction = 'asc' }: { maxPages: number; direction?: 'asc' | 'desc' },
): AsyncGenerator<OrderPage> {
  const query = { ...where, order_key: 'created_at', order_direction: direction, size: String(PAGE_SIZE) };
  const ids: ({ id: string } | null)[] = [];
  for (let page = 1; page <= maxPages; page++) {
    const { orders, total, size } = await demand(session, call, 'list_orders', orderPageWire, {
      query: { ...query, page: String(page) },
    });
    ids.push(...orders.map((order) => order && { id: order.id }));
    yield { orders, isAll: isAll(ids, total) };
    // A server may keep its pages shorter than we asked. Its own size and total count, unless it showed more orders.
    const isShort = orders.length < (size ?? PAGE_SIZE);
    const isLast =
      total == null || ids.length > total ? isShort : ids.length === total && (isShort || isWhole(ids));
    if (orders.length === 0 || isLast) return;
  }
  throw new Failure('unexpected_answer', { said: `more than ${maxPages} pages of orders` });
}
