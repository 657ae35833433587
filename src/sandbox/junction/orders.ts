import { randomUUID } from 'node:crypto';
import { DateTime } from 'luxon';
import { MINUTE_MS, SECOND_MS } from '../clock';
import { LAB_TESTS, type LabTest } from './catalogue';
import { announceAppointment, announceOrder, moveAppointment, moveOrder, statusOf } from './changes';
import { currentAppointment, isLive, orderOf, timestamp, type Context } from './context';
import { refuse, refuseInput, refuseTransition, REFUSALS } from './errors';
import { lowLevel, MODALITY_RULES, orderStatus } from './rules';
import type { OrderRecord } from './state';
import type { CreateOrder, OrdersQuery } from './validation';

/** The operations on orders. */

/** How long after an order is placed its requisition is created, in sandbox ms. */
const REQUISITION_AFTER_MS = MINUTE_MS;

/** Places an order. Refuses an unknown user or lab test, a method that does not fit, a minor without a proxy. */
export function createOrder(context: Context, request: CreateOrder): OrderRecord {
  if (context.state.unknownUsers.includes(request.user_id)) throw REFUSALS.noUser();
  const labTest = labTestOf(request);
  checkPatient(context, request);
  if (context.state.account.physicianRequired && !request.physician) {
    throw refuse(400, 'A physician is required for this lab account.');
  }
  const at = timestamp(context);
  const first = {
    id: context.state.nextEventId++,
    created_at: at,
    status: orderStatus(labTest.method, 'ordered'),
  };
  const order: OrderRecord = {
    id: randomUUID(),
    detailId: randomUUID(),
    transactionId: randomUUID(),
    sampleId: String(100_000_000 + first.id),
    modality: labTest.method,
    labTestId: labTest.id,
    request,
    createdAt: at,
    updatedAt: at,
    events: [first],
  };
  context.state.orders[order.id] = order;
  announceOrder(context, order, 'labtest.order.created');
  const inMs = context.clock.scaled(REQUISITION_AFTER_MS);
  context.plan({ kind: 'advance_order', orderId: order.id, to: 'requisition_created' }, inMs);
  return order;
}

function labTestOf(request: CreateOrder): LabTest {
  const ids = [
    ...(request.order_set?.lab_test_ids ?? []),
    ...(request.lab_test_id ? [request.lab_test_id] : []),
  ];
  const tests = ids.map((id) => LAB_TESTS.find((test) => test.id === id));
  const [first] = tests;
  if (ids.length === 0) throw refuse(400, 'Either lab_test_id or order_set must be provided.');
  if (!first || tests.includes(undefined)) throw refuse(400, 'Lab test not found.');
  const method = request.collection_method ?? first.method;
  if (tests.some((test) => test?.method !== method)) {
    throw refuse(400, `Collection method ${method} is not supported by the lab test.`);
  }
  return first;
}

function checkPatient(context: Context, request: CreateOrder): void {
  const loc = ['body', 'patient_details'];
  const { dob, medical_proxy: proxy } = request.patient_details;
  const now = DateTime.fromMillis(context.clock.now(), { zone: 'utc' });
  const age = now.diff(DateTime.fromISO(dob, { zone: 'utc' }), 'years').years;
  if (age < 0) {
    throw refuseInput([{ loc: [...loc, 'dob'], msg: 'must be in the past', type: 'value_error' }]);
  }
  if (age < 18 && !proxy) {
    const msg = 'is required for minors';
    throw refuseInput([{ loc: [...loc, 'medical_proxy'], msg, type: 'value_error' }]);
  }
}

/** Cancels an order, and at home its appointment too. Refuses the transition where the modality's rules forbid it. */
export function cancelOrder(context: Context, id: string): OrderRecord {
  const order = orderOf(context, id);
  const rules = MODALITY_RULES[order.modality];
  const from = statusOf(order);
  if (!rules.cancellableFrom.includes(from))
    throw refuseTransition(orderStatus(order.modality, from), 'cancelled');
  const appointment = currentAppointment(context, id);
  moveOrder(context, order, 'cancelled');
  if (rules.cancelTakesAppointment && appointment && isLive(appointment)) {
    moveAppointment(context, appointment, 'cancelled', { origin: 'vital', reason: 'order_cancelled' });
  }
  return order;
}

/** Returns one page of the orders that fit the query, newest first unless the query says `asc`. */
export function listOrders(context: Context, query: OrdersQuery): { page: OrderRecord[]; total: number } {
  const newestLast = Object.values(context.state.orders).filter((order) => matches(order, query));
  const sorted = query.order_direction === 'asc' ? newestLast : newestLast.reverse();
  const from = (query.page - 1) * query.size;
  return { page: sorted.slice(from, from + query.size), total: sorted.length };
}

function matches(order: OrderRecord, query: OrdersQuery): boolean {
  const created = Date.parse(order.createdAt);
  const updated = Date.parse(order.updatedAt);
  return (
    (query.user_id === undefined || query.user_id === order.request.user_id) &&
    (query.order_ids === undefined || query.order_ids.includes(order.id)) &&
    (query.order_type === undefined || query.order_type.includes(order.modality)) &&
    (query.status === undefined || query.status.includes(statusOf(order))) &&
    within(created, query.start_date, query.end_date) &&
    within(updated, query.updated_start_date, query.updated_end_date)
  );
}

function within(at: number, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY): boolean {
  return at >= from && at <= to;
}

/**
 * Moves an order along its modality's path up to `finalStatus` (dotted or low-level; default: the end), one step each
 * `delaySeconds` (sandbox time), as the simulation of the vendor's sandbox does.
 */
export function simulateOrder(context: Context, id: string, finalStatus?: string, delaySeconds = 0): void {
  const order = orderOf(context, id);
  const { path } = MODALITY_RULES[order.modality];
  const target = lowLevel(finalStatus ?? 'completed');
  const to = path.indexOf(target);
  const steps = to < 0 ? [target] : path.slice(path.indexOf(statusOf(order)) + 1, to + 1);
  const everyMs = context.clock.scaled(delaySeconds * SECOND_MS);
  if (everyMs === 0) return steps.forEach((step) => moveOrder(context, order, step));
  context.plan({ kind: 'simulate', orderId: id, steps, everyMs }, everyMs);
}

/** Sends the last events of these orders, or of those updated in a time span, again. Returns the orders' ids. */
export function resendEvents(
  context: Context,
  which: { order_ids?: string[] | null; start_at?: string | null; end_at?: string | null },
): string[] {
  const from = which.start_at ? Date.parse(which.start_at) : undefined;
  const to = which.end_at ? Date.parse(which.end_at) : undefined;
  const orders = which.order_ids
    ? which.order_ids.map((id) => orderOf(context, id))
    : Object.values(context.state.orders).filter((order) => within(Date.parse(order.updatedAt), from, to));
  for (const order of orders) {
    announceOrder(context, order, 'labtest.order.updated');
    const appointment = currentAppointment(context, order.id);
    if (appointment) announceAppointment(context, appointment, 'labtest.appointment.updated');
  }
  return orders.map((order) => order.id);
}
