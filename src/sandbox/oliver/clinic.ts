import { MINUTE_MS } from '../clock';
import type { Context } from './context';
import type { AppointmentRecord, Clinic, Practice, TaskRecord } from './state';

/**
 * How a practice reacts to a new appointment:
 * - `auto` (as delivered): auto-accept is on, so the appointment is ACCEPTED at once;
 * - `accept`, `confirm`, `decline`, `delete`: it is REQUESTED, and the clinic does what the mode says `afterMs` later;
 * - `leave`: it stays REQUESTED until a control moves it.
 * A status that a create sets (contract: CreateAppointmentRequest) replaces the first status. The clinic still acts
 * later, as far as its new status may follow that one (see `mayFollow`).
 */

type Mode = Clinic['accept'];

const WORDS: Readonly<Partial<Record<Mode, string>>> = {
  accept: 'ACCEPTED',
  confirm: 'CONFIRMED',
  decline: 'DECLINED',
  delete: 'DELETED',
};

const MAY_FOLLOW: Readonly<Record<string, readonly string[]>> = {
  ACCEPTED: ['REQUESTED'],
  CONFIRMED: ['REQUESTED', 'ACCEPTED'],
  DECLINED: ['REQUESTED'],
  DELETED: ['REQUESTED', 'ACCEPTED', 'CONFIRMED'],
  IN_PROGRESS: ['ACCEPTED', 'CONFIRMED'],
  DONE: ['IN_PROGRESS'],
};

/** How long the clinic takes to act by itself where no time is set, in sandbox ms. */
const ACTS_AFTER_MS = MINUTE_MS;

/** Returns true when the clinic, acting by itself, moves an appointment from one status to the other. */
export function mayFollow(from: string, to: string): boolean {
  return MAY_FOLLOW[to]?.includes(from) ?? false;
}

/** Returns the status that the clinic's auto-accept setting gives to a new appointment. */
export function statusAtCreate(context: Context, practice: Practice): string {
  return context.state.clinics[practice].accept === 'auto' ? 'ACCEPTED' : 'REQUESTED';
}

/** Plans what the clinic does about a new appointment; with `auto` and `leave` it does nothing. */
export function planWord(context: Context, appointment: AppointmentRecord): void {
  const { accept, afterMs } = context.state.clinics[appointment.practice];
  const to = WORDS[accept];
  if (to === undefined) return;
  context.plan({ kind: 'word', appointmentId: appointment.id, to }, inRealMs(context, afterMs));
}

/** Plans the completion of a task when the clinic completes its tasks by itself. */
export function planTask(context: Context, task: TaskRecord): void {
  const { completesTasks, afterTaskMs } = context.state.clinics[task.practice];
  if (completesTasks) context.plan({ kind: 'task', taskId: task.id }, inRealMs(context, afterTaskMs));
}

/** Changes a practice's settings. When it starts to complete its tasks, it begins with the pending ones. */
export function setClinic(context: Context, practice: Practice, clinic: Partial<Clinic>): void {
  const { clinics, tasks } = context.state;
  const began = clinic.completesTasks === true && !clinics[practice].completesTasks;
  Object.assign(clinics[practice], clinic);
  if (!began) return;
  tasks
    .filter((task) => task.practice === practice && task.status === 'pending')
    .forEach((task) => planTask(context, task));
}

function inRealMs(context: Context, afterMs: number | null): number {
  return afterMs ?? context.clock.scaled(ACTS_AFTER_MS);
}
