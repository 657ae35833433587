import { hasRequisition, moveAppointment, moveOrder, statusOf } from './changes';
import type { Context } from './context';
import type { JunctionJob } from './state';

/** Runs a planned job, unless its order or appointment has changed so that the job no longer applies. */
export async function runJob(context: Context, job: JunctionJob): Promise<void> {
  if (job.kind === 'deliver') return context.webhooks.attempt(job.message, job.attempt);
  if (job.kind === 'advance_order') advanceOrder(context, job);
  else if (job.kind === 'simulate') simulateStep(context, job);
  else if (job.kind === 'decide') decide(context, job);
  else if (job.kind === 'requisition_due') cancelWithoutRequisition(context, job);
  else visit(context, job);
}

type JobOf<K extends JunctionJob['kind']> = Extract<JunctionJob, { kind: K }>;

/** The statuses from which an order takes each step by itself. */
const ADVANCES_FROM: Readonly<Record<string, readonly string[]>> = {
  requisition_created: ['ordered'],
  completed: ['draw_completed', 'appointment_scheduled'],
};

function advanceOrder(context: Context, job: JobOf<'advance_order'>): void {
  const order = context.state.orders[job.orderId];
  if (!context.state.advanceOrders || !order) return;
  if (ADVANCES_FROM[job.to]?.includes(statusOf(order))) moveOrder(context, order, job.to);
}

function simulateStep(context: Context, job: JobOf<'simulate'>): void {
  const order = context.state.orders[job.orderId];
  const [step, ...rest] = job.steps;
  if (!order || step === undefined) return;
  moveOrder(context, order, step);
  if (rest.length > 0) context.plan({ ...job, steps: rest }, job.everyMs);
}

function decide(context: Context, job: JobOf<'decide'>): void {
  const appointment = context.state.appointments[job.appointmentId];
  if (!appointment || !['pending', 'reserved'].includes(appointment.status)) return;
  const data = job.reason === null ? null : { origin: 'provider', cancellation_reason: job.reason };
  moveAppointment(context, appointment, job.to, data);
}

function cancelWithoutRequisition(context: Context, job: JobOf<'requisition_due'>): void {
  const appointment = context.state.appointments[job.appointmentId];
  const order = appointment && context.state.orders[appointment.orderId];
  if (!appointment || !order || hasRequisition(order)) return;
  if (!['pending', 'reserved'].includes(appointment.status)) return;
  moveAppointment(context, appointment, 'cancelled', {
    origin: 'vital',
    cancellation_reason: 'no_requisition',
  });
}

function visit(context: Context, job: JobOf<'visit'>): void {
  const appointment = context.state.appointments[job.appointmentId];
  const stands = appointment && ['confirmed', 'in_progress'].includes(appointment.status);
  if (!stands || appointment.startAt !== job.startAt || appointment.status === job.to) return;
  moveAppointment(context, appointment, job.to);
}
