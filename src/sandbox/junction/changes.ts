import { HOUR_MS, MINUTE_MS } from '../clock';
import { isLive, currentAppointment, timestamp, type Context } from './context';
import {
  eventStatus,
  lowLevel,
  MODALITY_RULES,
  ORDER_AFTER_APPOINTMENT,
  orderIsLive,
  orderStatus,
} from './rules';
import type { AppointmentRecord, OrderRecord } from './state';
import { appointmentAnswer, eventBody, orderAnswer } from './wire';

/** Changes orders and appointments, and sends the events of each change. Every change goes through here. */

/** How long the results take after the end of the visit, in sandbox ms. */
const RESULTS_AFTER_MS = 24 * HOUR_MS;

/**
 * An appointment made before the requisition is cancelled when the requisition is still missing 8 h after the order or
 * 2 h before the start, whichever comes first.
 */
const REQUISITION_WITHIN_MS = 8 * HOUR_MS;
const REQUISITION_BEFORE_START_MS = 120 * MINUTE_MS;

type EventData = Record<string, unknown> | null;

/** Returns an order's low-level status. */
export function statusOf(order: OrderRecord): string {
  return lowLevel((order.events.at(-1) ?? order.events[0]).status);
}

/** Returns true when the order's requisition exists or will never be needed. */
export function hasRequisition(order: OrderRecord): boolean {
  return order.events.some(({ status }) =>
    ['requisition_created', 'requisition_bypassed'].includes(lowLevel(status)),
  );
}

/** Moves an order to a low-level status and sends the event. Its appointment changes with it where it has to. */
export function moveOrder(context: Context, order: OrderRecord, to: string): void {
  const at = timestamp(context);
  order.events.push({
    id: context.state.nextEventId++,
    created_at: at,
    status: orderStatus(order.modality, to),
  });
  order.updatedAt = at;
  announceOrder(context, order, 'labtest.order.updated');
  const appointment = currentAppointment(context, order.id);
  if (!appointment || !isLive(appointment)) return;
  if (to === 'requisition_created' || to === 'requisition_bypassed') {
    moveOrder(context, order, 'appointment_pending');
    if (appointment.status === 'reserved') moveAppointment(context, appointment, 'confirmed');
  } else if (to === 'draw_completed' || to === 'completed') {
    moveAppointment(context, appointment, 'completed');
  }
}

/** Sends the event of a new or changed order. */
export function announceOrder(context: Context, order: OrderRecord, eventType: string): void {
  const body = eventBody(context, eventType, order.request.user_id, orderAnswer(context, order));
  context.webhooks.emit(eventType, body);
}

/** Sends the event of a new or changed appointment. */
export function announceAppointment(
  context: Context,
  appointment: AppointmentRecord,
  eventType: string,
): void {
  const body = eventBody(context, eventType, appointment.userId, appointmentAnswer(context, appointment));
  context.webhooks.emit(eventType, body);
}

/** Adds an appointment that was just made, and moves its order accordingly. */
export function addAppointment(context: Context, appointment: AppointmentRecord): void {
  context.state.appointments[appointment.id] = appointment;
  announceAppointment(context, appointment, 'labtest.appointment.created');
  afterMove(context, appointment);
}

/** Moves an appointment to a status and sends the event; its order follows. */
export function moveAppointment(
  context: Context,
  appointment: AppointmentRecord,
  to: string,
  data: EventData = null,
): void {
  appointment.status = to;
  noteAppointment(context, appointment, data);
  afterMove(context, appointment);
}

/** Gives an appointment other times and keeps its status (`scheduled` follows `scheduled`). */
export function retimeAppointment(
  context: Context,
  appointment: AppointmentRecord,
  times: { startAt: string | null; endAt: string | null; slotId: string | null },
  data: EventData,
): void {
  Object.assign(appointment, times);
  noteAppointment(context, appointment, data);
  planVisit(context, appointment);
}

function noteAppointment(context: Context, appointment: AppointmentRecord, data: EventData): void {
  const event = { created_at: timestamp(context), status: eventStatus(appointment.status), data };
  appointment.events.push(event);
  announceAppointment(context, appointment, 'labtest.appointment.updated');
}

function afterMove(context: Context, appointment: AppointmentRecord): void {
  const order = context.state.orders[appointment.orderId];
  if (appointment.status === 'confirmed') planVisit(context, appointment);
  if (!order || !orderIsLive(orderStatus(order.modality, statusOf(order)))) return;
  if (appointment.status === 'completed') return afterVisit(context, order);
  if (!hasRequisition(order)) return planRequisitionDue(context, appointment, order);
  const next = ORDER_AFTER_APPOINTMENT[appointment.status];
  if (next !== undefined && next !== statusOf(order)) moveOrder(context, order, next);
}

function afterVisit(context: Context, order: OrderRecord): void {
  const { afterVisit: next } = MODALITY_RULES[order.modality];
  if (next !== null && statusOf(order) !== next) moveOrder(context, order, next);
  const inMs = context.clock.scaled(RESULTS_AFTER_MS);
  context.plan({ kind: 'advance_order', orderId: order.id, to: 'completed' }, inMs);
}

/** Plans the start and end of a confirmed appointment's visit at its own times: visits take place in real time. */
function planVisit(context: Context, appointment: AppointmentRecord): void {
  const { id: appointmentId, startAt, endAt } = appointment;
  if (appointment.status !== 'confirmed' || startAt === null || endAt === null) return;
  const visit = { kind: 'visit', appointmentId, startAt } as const;
  context.plan({ ...visit, to: 'in_progress' }, Date.parse(startAt) - context.clock.now());
  context.plan({ ...visit, to: 'completed' }, Date.parse(endAt) - context.clock.now());
}

function planRequisitionDue(context: Context, appointment: AppointmentRecord, order: OrderRecord): void {
  if (!isLive(appointment)) return;
  const now = context.clock.now();
  const sinceOrderMs = now - Date.parse(order.createdAt);
  const afterOrderMs = context.clock.scaled(REQUISITION_WITHIN_MS) - sinceOrderMs;
  const beforeStartMs =
    appointment.startAt === null
      ? Number.POSITIVE_INFINITY
      : Date.parse(appointment.startAt) - REQUISITION_BEFORE_START_MS - now;
  const inMs = Math.max(0, Math.min(afterOrderMs, beforeStartMs));
  context.plan({ kind: 'requisition_due', appointmentId: appointment.id }, inMs);
}
