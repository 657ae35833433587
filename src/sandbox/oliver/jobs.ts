import { appointmentOf, change } from './appointments';
import { mayFollow } from './clinic';
import type { Context } from './context';
import type { OliverJob } from './state';
import { complete, taskOf } from './tasks';

/** Runs a planned job, unless its task or appointment has changed so that the job no longer applies. */
export function runJob(context: Context, job: OliverJob): void {
  if (job.kind === 'task') return completeByItself(context, job.taskId);
  const appointment = appointmentOf(context, job.appointmentId);
  if (job.kind === 'visit' && appointment.startAt !== job.startAt) return;
  if (mayFollow(appointment.status, job.to)) change(context, appointment, { status: job.to });
}

function completeByItself(context: Context, taskId: string): void {
  const task = taskOf(context, taskId);
  if (context.state.clinics[task.practice].completesTasks) complete(context, task);
}
