import { MINUTE_MS } from '../clock';
import type { Context } from './context';
import type { AppointmentRecord, Clinic, Practice, TaskRecord } from './state';

/**
 * How a practice takes what it is sent:
 * - `auto` (as delivered): auto-accept is on, a new appointment is ACCEPTED at once;
 * - `accept`, `confirm`, `decline`, `delete`: it is REQUESTED, and the clinic says so `afterMs` later;
 * - `leave`: it stays REQUESTED until somebody is told to move it.
 * The status that a create sets (contract: CreateAppointmentRequest) takes the place of the first one; the clinic's word
 * still comes, as far as it fits (see `mayFollow`).
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

/** What the clinic does by itself comes after this long, in sandbox ms, where it was not told otherwise. */
const ACTS_AFTER_MS = MINUTE_MS;

/** Returns true when the clinic, acting by itself, moves an appointment from one status to the other. */
export function mayFollow(from: string, to: string): boolean {
  return MAY_FOLLOW[to]?.includes(from) ?? false;
}

/** The status that the clinic's auto-accept setting gives. */
export function statusAtCreate(context: Context, practice: Practice): string {
  return context.state.clinics[practice].accept === 'auto' ? 'ACCEPTED' : 'REQUESTED';
}

/** Plans the clinic's word on a new appointment, where it has one. */
export function planWord(context: Context, appointment: AppointmentRecord): void {
  const { accept, afterMs } = context.state.clinics[appointment.practice];
  const to = WORDS[accept];
  if (to === undefined) return;
  context.plan({ kind: 'word', appointmentId: appointment.id, to }, inRealMs(context, afterMs));
}

/** Plans the completion of a task, where the clinic completes its tasks by itself. */
export function planTask(context: Context, task: TaskRecord): void {
  const { completesTasks, afterTaskMs } = context.state.clinics[task.practice];
  if (completesTasks) context.plan({ kind: 'task', taskId: task.id }, inRealMs(context, afterTaskMs));
}

/** Changes a practice's ways. One that starts to complete its tasks begins with those that wait. */
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
