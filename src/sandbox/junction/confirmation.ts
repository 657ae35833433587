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
 * How the provider behind Junction takes a booking:
 * - `sync` (when nothing is planned): confirms at once;
 * - `async`: confirms `afterMs` later;
 * - `decline`: cancels `afterMs` later, saying why;
 * - `never`: says nothing; the async timeout cancels;
 * - `reserve`: reserves at once; confirms `afterMs` later when that is given, else when told by hand.
 *
 * A booking without async confirmation that is not confirmed at once answers 500 when the sync window is over.
 * The attempt is dropped and leaves no appointment, unless the plan says `held`: then it goes on unseen.
 */

const SYNC_TIMEOUT_MS = 2_500;
const ASYNC_TIMEOUT_MS = 15 * MINUTE_MS;
/** The provider's word comes after this long, in sandbox ms, where the plan does not say. */
const WORD_AFTER_MS = MINUTE_MS;

/** Takes one booking off the plan at the head of the queue. */
export function nextPlan(context: Context): ConfirmationPlan {
  const { confirmations } = context.state;
  const [head] = confirmations;
  if (!head) return confirmationPlanSchema.parse({ mode: 'sync' });
  head.times -= 1;
  if (head.times < 1) confirmations.shift();
  return head;
}

/**
 * Puts a new appointment through its confirmation. Returns when the call is to be answered; the appointment then
 * stands as the answer must show it. Throws 500 where the caller must not learn the outcome.
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
