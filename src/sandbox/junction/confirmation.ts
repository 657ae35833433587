import { setTimeout as pause } from 'node:timers/promises';
import { MINUTE_MS } from '../clock';
import { addAppointment, hasRequisition, moveAppointment } from './changes';
import type { Context } from './context';
import { REFUSALS } from './errors';
import {
  confirmationPlanSchema,
  type AppointmentRecord,
  type ConfirmationPlan,
  type OrderRecord,
} from './state';
import type { Book } from './validation';

/**
 * How the provider behind Junction reacts to a booking:
 * - `sync` (when nothing is planned): it confirms at once;
 * - `async`: it confirms `afterMs` later;
 * - `decline`: it cancels `afterMs` later and gives the reason;
 * - `never`: it never reacts, and the async timeout cancels;
 * - `reserve`: it reserves at once, and confirms `afterMs` later when that is given, otherwise by a control.
 *
 * A booking without async confirmation that is not confirmed at once answers 500 when the sync window is over.
 * It leaves no appointment, unless the plan says `held`: then the booking goes on although the caller got a 500.
 */

const SYNC_TIMEOUT_MS = 2_500;
const ASYNC_TIMEOUT_MS = 15 * MINUTE_MS;
/** How long the provider takes to decide where the plan gives no time, in sandbox ms. */
const WORD_AFTER_MS = MINUTE_MS;

/** Returns the first plan of the queue and uses it for one booking; a `sync` plan when the queue is empty. */
export function nextPlan(context: Context): ConfirmationPlan {
  const { confirmations } = context.state;
  const [head] = confirmations;
  if (!head) return confirmationPlanSchema.parse({ mode: 'sync' });
  head.times -= 1;
  if (head.times < 1) confirmations.shift();
  return head;
}

/**
 * Confirms a new appointment as planned. Resolves when the call is to be answered, with the appointment as the
 * answer must show it. Throws 500 where the caller must not learn the outcome.
 */
export async function confirm(
  context: Context,
  appointment: AppointmentRecord,
  order: OrderRecord,
  body: Book,
): Promise<void> {
  const plan = nextPlan(context);
  const waits = body.async_confirmation && context.state.account.asyncConfirmation === 'on';
  const mode = hasRequisition(order) || plan.mode !== 'sync' ? plan.mode : 'reserve';
  if (mode === 'sync' || mode === 'reserve') {
    addAppointment(context, appointment);
    moveAppointment(context, appointment, mode === 'sync' ? 'confirmed' : 'reserved');
    if (mode === 'reserve' && plan.afterMs !== undefined) planWord(context, appointment, plan, body);
    return;
  }
  if (waits || plan.held) {
    addAppointment(context, appointment);
    planWord(context, appointment, plan, body);
  }
  await pause(context.clock.scaled(body.sync_confirmation_timeout_millisecond ?? SYNC_TIMEOUT_MS));
  if (!waits) throw REFUSALS.unconfirmed();
}

function planWord(
  context: Context,
  appointment: AppointmentRecord,
  plan: ConfirmationPlan,
  body: Book,
): void {
  const { clock } = context;
  const limitMs = clock.scaled(body.async_confirmation_timeout_millisecond ?? ASYNC_TIMEOUT_MS);
  const wordMs = plan.mode === 'never' ? Infinity : (plan.afterMs ?? clock.scaled(WORD_AFTER_MS));
  const late = plan.mode !== 'reserve' && wordMs >= limitMs;
  const decision = { kind: 'decide', appointmentId: appointment.id } as const;
  if (late) {
    context.plan({ ...decision, to: 'cancelled', reason: 'async_confirmation_timeout' }, limitMs);
  } else if (plan.mode === 'decline') {
    context.plan({ ...decision, to: 'cancelled', reason: plan.reason }, wordMs);
  } else {
    context.plan({ ...decision, to: 'confirmed', reason: null }, wordMs);
  }
}
