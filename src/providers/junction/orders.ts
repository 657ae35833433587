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

/** Orders at Junction: placed with our booking id as `passthrough`, which is how a lost one is found again. */
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

/** The order as it stands. */
export async function readOrder(session: Session, call: Call, orderId: string): Promise<Order> {
  return toOrder(await demand(session, call, 'read_order', orderWire, { orderId }), session.notice);
}

/** Neither looks first nor reads after: what the answer shows of the order is not believed. */
async function cancelOrder(session: Session, call: Call, orderId: string): Promise<void> {
  await demand(session, call, 'cancel_order', postedOrderWire, { orderId });
}

/** The contract's largest page. */
const PAGE_SIZE = 100;

/** A user with more orders than this since a booking began is no user. */
const MAX_PAGES = 50;

/** An audit of more than 50,000 orders asks for fewer days. */
const MAX_PAGES_OF_ACCOUNT = 500;

/** The provider's clock may be behind ours; the booking id decides in any case, in ms. */
const CLOCK_SLACK_MS = 3_600_000;

const GONE_PHASES: readonly Order['phase'][] = ['cancelled', 'failed'];

/** Phases in which no visit is still to come. */
const OVER_PHASES: readonly Order['phase'][] = [...GONE_PHASES, 'completed'];

/** A live one that is shown is proof. That there is none, or only one that has ended, takes a list that was read whole. */
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

/** Fails at its end where an order could not be read: whoever compares must know that the list was not whole. */
async function* listOrders(session: Session, call: Call, createdSince: string): AsyncGenerator<Order> {
  const query = { start_date: startOf(createdSince), order_type: session.dialect.collectionMethod };
  let isRead = true;
  for await (const page of pagesOf(session, call, query, { maxPages: MAX_PAGES_OF_ACCOUNT })) {
    isRead = page.isAll;
    for (const wire of readable(page.orders)) {
      const order = toOrder(wire, session.notice);
      // An account may ignore the filter: another kind is the other provider's to list.
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
    // What cannot be read explains nothing, and nothing is concluded from what is not here.
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

/** A page of orders, in which one that cannot be read is null, and whether with it all orders so far could be read. */
interface OrderPage {
  orders: (OrderWire | null)[];
  isAll: boolean;
}

/**
 * All orders that fit, page by page, oldest first unless told otherwise: ones that come while we page come last and none is
 * skipped. The other way round some may come twice.
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
    // A server may hold its pages shorter than we asked; its own words about size and total count, unless it showed more.
    const isShort = orders.length < (size ?? PAGE_SIZE);
    const isLast =
      total == null || ids.length > total ? isShort : ids.length === total && (isShort || isWhole(ids));
    if (orders.length === 0 || isLast) return;
  }
  throw new Failure('unexpected_answer', { said: `more than ${maxPages} pages of orders` });
}
