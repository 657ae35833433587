import { change } from './appointments';
import { planTask } from './clinic';
import { isLive, newId, timestamp, type Context } from './context';
import { REFUSALS } from './errors';
import { clientOf, patientOf } from './people';
import type { AppointmentRecord, Practice, TaskRecord } from './state';
import type { CreateTask, UpdateTask } from './validation';

/**
 * Keeps staff tasks, in which partners ask a practice's people to do something, and does what those people would do.
 */

/** Adds a task. Refuses an unknown client or patient. */
export function createTask(context: Context, practice: Practice, body: CreateTask): TaskRecord {
  const at = timestamp(context);
  const task: TaskRecord = {
    id: newId(context),
    practice,
    type: body.task_type,
    status: 'pending',
    title: body.title,
    description: body.description,
    referenceTimeAt: body.reference_time_at ?? null,
    ...peopleOf(context, practice, { clientId: null, patientId: null }, body),
    finalizedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  context.state.tasks.push(task);
  planTask(context, task);
  return task;
}

/** Returns the task of an id. Refuses with 404 when there is none. */
export function taskOf(context: Context, id: string, practice?: Practice): TaskRecord {
  const found = context.state.tasks.find(
    (task) => task.id === id && (practice === undefined || task.practice === practice),
  );
  if (!found) throw REFUSALS.noTask();
  return found;
}

/**
 * Changes the fields that are given. Completing or cancelling a task sets the time of it, `pending` clears that time
 * (contract: StaffTask). A task that a partner completes changes no appointment: only the clinic's people do that.
 */
export function updateTask(context: Context, task: TaskRecord, body: UpdateTask): void {
  const people = peopleOf(context, task.practice, task, body);
  Object.assign(task, people, {
    type: body.task_type ?? task.type,
    title: body.title ?? task.title,
    description: body.description ?? task.description,
    referenceTimeAt: body.reference_time_at ?? task.referenceTimeAt,
    updatedAt: timestamp(context),
  });
  if (body.status !== undefined) setStatus(context, task, body.status);
}

/** Gives a task its status. */
export function setStatus(context: Context, task: TaskRecord, status: TaskRecord['status']): void {
  if (task.status === status) return;
  const at = timestamp(context);
  Object.assign(task, { status, finalizedAt: status === 'pending' ? null : at, updatedAt: at });
}

/** Does what a task says, as far as the clinic's people would understand it, and completes the task. */
export function complete(context: Context, task: TaskRecord): void {
  if (task.status !== 'pending') return;
  const named = asksToCancel(task) ? namedAppointment(context, task) : null;
  if (named) change(context, named, { status: 'DELETED' });
  setStatus(context, task, 'completed');
}

/** Returns true when a person would read the task as a wish to cancel: it has a word that starts with "cancel". */
function asksToCancel(task: TaskRecord): boolean {
  return /\bcancel/i.test(textOf(task));
}

/**
 * Returns the live appointment that a person would take the task to mean. That is the first appointment whose id
 * stands as a separate number in the title or the description; otherwise the only appointment of the task's client
 * (and patient) that starts at the task's reference time.
 */
function namedAppointment(context: Context, task: TaskRecord): AppointmentRecord | null {
  const live = context.state.appointments.filter((one) => one.practice === task.practice && isLive(one));
  const numbers = textOf(task).match(/(?<![\w-])\d+(?![\w-])/g) ?? [];
  for (const number of numbers) {
    const named = live.find(({ id }) => id === number);
    if (named) return named;
  }
  const [only, another] = live.filter((appointment) => isMeant(task, appointment));
  return only !== undefined && another === undefined ? only : null;
}

function isMeant(task: TaskRecord, appointment: AppointmentRecord): boolean {
  return (
    task.referenceTimeAt !== null &&
    Date.parse(task.referenceTimeAt) === Date.parse(appointment.startAt) &&
    task.clientId === appointment.clientId &&
    (task.patientId === null || task.patientId === appointment.patientId)
  );
}

function textOf({ title, description }: TaskRecord): string {
  return `${title}\n${description}`;
}

type People = Pick<TaskRecord, 'clientId' | 'patientId'>;

function peopleOf(context: Context, practice: Practice, before: People, body: UpdateTask): People {
  const { client_id: client, patient_id: patient } = body;
  return {
    clientId: client === undefined ? before.clientId : clientOf(context, practice, client).id,
    patientId: patient === undefined ? before.patientId : patientOf(context, practice, patient).id,
  };
}
