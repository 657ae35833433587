import { Failure, type FailureCode } from '../../booking/failures';
import type { Appointment, Sighting } from '../../booking/model';
import { notesWithRef } from '../../booking/notes';
import { plainPhone } from '../../booking/phone';
import { beforeSending } from '../before-sending';
import { unclear } from '../http';
import type { BookCall, Call, Where } from '../provider';
import type { AppointmentList } from './appointment-list';
import { failureOf } from './errors';
import { isAround, ownerOf } from './matching';
import { toAppointment } from './parse';
import { namedAs, type Party, type Resolve } from './people';
import { accountOf, ask, type Session } from './session';
import { isOnOffer } from './slots';
import { createdWire } from './wire';

/** What the calls of one Oliver share besides the session. */
export interface Practice {
  session: Session;
  list: AppointmentList;
  resolve: Resolve;
}

/**
 * Takes a slot for an existing client and patient. The caller's notes go in with our ref, but only for people to read:
 * notes do not come back.
 */
export async function book(practice: Practice, call: Call, booking: BookCall): Promise<Appointment> {
  const { session, list, resolve } = practice;
  const party = await beforeSending(() => resolve(call, booking.request));
  const reply = await ask(session, call, 'create_appointment', createdWire, {
    body: createBody(booking, party),
  }).finally(() => list.discardOnWrite(call.account));
  if (reply.is === 'done') return toAppointment(reply.value, accountOf(session, call), session.notice);
  if (await isNewThere(practice, call, party, booking)) {
    throw unclear('write', `${reply.said} (but the list shows a new appointment at that start)`);
  }
  const means = reply.row.means ?? (await meansOfRefusal(session, call, booking));
  throw failureOf(means, reply.row, reply.said);
}

/**
 * Returns true when the list, read after the refusal, shows a new live appointment of the party at the slot's start:
 * then the create may have taken effect all the same. Throws an unknown outcome when the list cannot be read.
 */
async function isNewThere(
  { session, list }: Practice,
  call: Call,
  party: Party,
  { startsAt, before }: BookCall,
): Promise<boolean> {
  const account = accountOf(session, call);
  const unread = 'refused, and the list of appointments could not be read after it';
  const { rows, isWhole } = await list.appointments(call).catch((err: unknown) => {
    throw call.signal.aborted || err instanceof Failure ? unclear('write', unread) : err;
  });
  const isNew = [...rows.values()]
    .filter((row) => ownerOf(party, row) !== 'others')
    .map((row) => toAppointment(row, account, session.notice))
    .filter(({ id, phase }) => phase !== 'cancelled' && !before.includes(id))
    .some((seen) => seen.startsAt === null || Date.parse(seen.startsAt) === Date.parse(startsAt));
  if (!isNew && !isWhole) throw unclear('write', unread);
  return isNew;
}

/**
 * Returns the failure of a refused create that had no effect. If the slot is still on offer, the request was at fault,
 * not the slot. If open times can't be read, trying another slot is the milder choice.
 */
async function meansOfRefusal(session: Session, call: Call, booking: BookCall): Promise<FailureCode> {
  try {
    return (await isOnOffer(session, call, booking.slotKey, booking.request))
      ? 'request_refused'
      : 'slot_gone';
  } catch (err) {
    if (err instanceof Failure) return 'slot_gone';
    throw err;
  }
}

/**
 * Returns the booking's own appointments, wherever the clinic has moved them, and those of the request's client and
 * patient around a start, from the practice's shared reading. Nobody else's are returned. The list keeps deleted and
 * declined appointments (docs/providers.md#answers-of-oliver). A client or patient who was found before and is not
 * found now is `unexpected_answer`, for a person: their appointments may still stand.
 *
 * A list with an unreadable row proves what it shows, but no absence. It is enough for a look at the booking's own
 * appointments if it shows them all, or at live ones. Without `mayBePartial`, a look that has to prove an absence (an
 * own appointment is missing, nothing is live, or a fresh look around a write) fails.
 */
export async function lookUp(
  { session, list, resolve }: Practice,
  call: Call,
  { request, startsAt, ownIds, fresh, mayBePartial }: Where,
): Promise<Sighting> {
  const account = accountOf(session, call);
  const party = await resolve(call, request).catch((err: unknown) => {
    throw lostParty(err);
  });
  const { rows, isWhole } = await list.appointments(call, fresh);
  const isOwn = (id: string) => ownIds.includes(id);
  const theirs = [...rows].flatMap(([id, row]) => {
    const owner = isOwn(id) ? 'theirs' : ownerOf(party, row);
    if (owner === 'others') return [];
    const seen = toAppointment(row, account, session.notice);
    // A near match is shown only at the exact start, where a lost create of ours may have made it.
    const isSeen = isOwn(id) || isAround(seen.startsAt, startsAt, owner === 'near' ? 0 : undefined);
    return isSeen ? [owner === 'near' ? { ...seen, isNearMatch: true as const } : seen] : [];
  });
  const live = theirs.filter(({ phase }) => phase !== 'cancelled');
  const showsOwn = ownIds.every((id) => rows.has(id));
  const isEnough = showsOwn && (mayBePartial || (!fresh && (ownIds.length > 0 || live.length > 0)));
  if (!isWhole && !isEnough) throw unclear('read', 'a row of the list of appointments cannot be read');
  if (live.length > MAX_SHOWN) {
    const said = `${live.length} live appointments of one client and patient around one time`;
    throw new Failure('unexpected_answer', { said });
  }
  const ended = theirs.filter(({ phase }) => phase === 'cancelled');
  // The booking's own ended appointments must be shown; of the others any few will do.
  ended.sort((one, other) => Number(isOwn(other.id)) - Number(isOwn(one.id)));
  const seen = { order: null, live, ended: ended.slice(0, MAX_SHOWN) };
  return isWhole ? seen : { ...seen, isPartial: true };
}

/** How many live or ended appointments a look returns: no patient has more in two weeks, and a booking carries them. */
const MAX_SHOWN = 50;

/** Turns a lost client or patient into `unexpected_answer`, which ends no booking by itself. */
function lostParty(err: unknown): unknown {
  const isLost = err instanceof Failure && LOST.includes(err.code);
  return isLost ? new Failure('unexpected_answer', { field: err.facts.field, hint: LOST_HINT }) : err;
}

const LOST: readonly string[] = ['client_not_found', 'patient_not_found', 'invalid_request'];
const LOST_HINT = 'The practice no longer shows exactly one such client and patient.';

/**
 * Returns the body of a create. It names client and patient in exactly one form each, and a status only if the request
 * does.
 */
function createBody({ slotKey, ref, request }: BookCall, party: Party): Record<string, unknown> {
  const { patient, notes, status } = request;
  const client = namedAs(request.client, party.client);
  return {
    slot_id: slotKey,
    client_id: integer(client?.id),
    client_remote_id: client?.remoteId,
    first_name: client?.firstName,
    last_name: client?.lastName,
    phone: client?.phone === undefined ? undefined : plainPhone(client.phone),
    email: client?.email,
    patient_id: integer(patient?.id),
    patient_remote_id: patient?.remoteId,
    note: notesWithRef(notes, ref),
    status,
  };
}

/** Returns an id as an integer with all of its digits, as the contract has it. */
function integer(id: number | string | undefined): number | bigint | undefined {
  return typeof id === 'string' ? BigInt(id) : id;
}
