import { DateTime, FixedOffsetZone } from 'luxon';
import { Failure } from '../../booking/failures';
import type { Appointment } from '../../booking/model';
import { offsetMinutes } from '../../booking/times';
import { luxonZone } from '../../booking/zones';
import { brief } from '../bounded';
import { unclear } from '../http';
import type { Call, CancelCall } from '../provider';
import { folded, isAll, readable } from '../reading';
import { isLastPage } from './appointment-list';
import type { Practice } from './appointments';
import { accountOf, demand } from './session';
import { taskPageWire, taskWire, type TaskWire } from './wire';

/**
 * Oliver has no cancel (docs/providers.md#what-oliver-lacks). A staff task asks the clinic, which deletes the
 * appointment itself.
 */

/** A list with more pages counts as endless. */
const MAX_PAGES = 100;
const PER_PAGE = 100;

/**
 * Asks the clinic to cancel. It can be repeated: an open task of ours for the appointment is reused. Returns the
 * appointment as it was seen, which is live until the clinic has deleted it; its reason names the task.
 */
export async function cancelAppointment(
  practice: Practice,
  call: Call,
  cancel: CancelCall,
): Promise<Appointment> {
  const title = titleOf(cancel.appointmentId);
  const task =
    (await openTask(practice, call, { title, isFirst: cancel.isFirst === true })) ??
    (await demand(practice.session, call, 'create_task', taskWire, {
      body: { title, ...(await taskBody(practice, call, cancel)) },
    }));
  return { ...cancel.seen, reason: reasonOf(task) };
}

/** Returns the task's title, by which it is found again. It names the appointment and no person. */
function titleOf(appointmentId: string): string {
  return `Cancel appointment ${appointmentId}`;
}

/**
 * Returns our open task, or null. Once the clinic may have been asked, "none" must come from a list that was read
 * whole; otherwise each try would ask the clinic again.
 */
async function openTask(
  { session }: Practice,
  call: Call,
  { title, isFirst }: { title: string; isFirst: boolean },
): Promise<TaskWire | null> {
  const all: (TaskWire | null)[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const wire = await demand(session, call, 'list_tasks', taskPageWire, {
      query: { status: 'pending', page: String(page), per_page: String(PER_PAGE) },
    });
    // The filter is not trusted, because a finished task would keep a new one from being made.
    const found = readable(wire.content).find(
      (task) => task.title === title && folded(task.status ?? 'pending') === 'pending',
    );
    if (found) return found;
    all.push(...wire.content);
    if (!isLastPage(wire, page, all.length)) continue;
    if (!isFirst && !isAll(all, wire.total_count))
      throw unclear('read', 'a task of the list of staff tasks cannot be read');
    return null;
  }
  throw new Failure('unexpected_answer', { said: 'the list of staff tasks has no end' });
}

async function taskBody(
  { session, resolve }: Practice,
  call: Call,
  cancel: CancelCall,
): Promise<Record<string, unknown>> {
  const { timezone } = accountOf(session, call);
  const party = await resolve(call, cancel.request).catch(withoutParty);
  return {
    description: descriptionOf(cancel, timezone),
    task_type: 'task',
    client_id: party?.client.id,
    patient_id: party?.patient.id ?? undefined,
    reference_time_at: cancel.seen.startsAt ?? undefined,
  };
}

/**
 * Returns null for an unknown party: a task without links still names the appointment, which is better than no task.
 */
function withoutParty(err: unknown): null {
  if (err instanceof Failure && UNRESOLVED.includes(err.code)) return null;
  throw err;
}

const UNRESOLVED: readonly string[] = ['client_not_found', 'patient_not_found', 'invalid_request'];

function descriptionOf(cancel: CancelCall, zone: string): string {
  const { startsAt, offsets, externalId } = cancel.seen;
  const clock = offsets ? FixedOffsetZone.instance(offsetMinutes(offsets.startsAt)) : luxonZone(zone);
  const when = startsAt
    ? ` on ${DateTime.fromISO(startsAt, { zone: clock, locale: 'en-US' }).toFormat("cccc, LLLL d, yyyy 'at' h:mm a")} (${zone})`
    : '';
  const inPims = externalId ? ` (${externalId} in your own system)` : '';
  const { reference } = cancel.request;
  return [
    `Please cancel appointment ${cancel.appointmentId}${inPims}${when}.`,
    'It was booked through the partner API, which cannot cancel; deleting or declining it in Oliver is enough.',
    cancel.reason && `Reason: ${cancel.reason}.`,
    cancel.bookingId && `Booking ${cancel.bookingId}, as at the end of the appointment's note.`,
    reference && `Reference: ${reference}.`,
  ]
    .filter(Boolean)
    .join('\n');
}

function reasonOf({ id, status }: TaskWire): string {
  return `the clinic is asked to cancel by staff task ${id ?? '(no id)'}, ${brief(status) ?? 'pending'}`;
}
