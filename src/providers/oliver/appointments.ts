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
 * Takes a slot for a client and patient that exist. The caller's notes go in with our ref, for people: they do not
 * come back.
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
 * Returns true when the list, read after the refusal, shows a live appointment of the party at the slot's start that
 * was not there before: then the refusal may have come after its effect. A list that can't be read proves nothing.
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
 * What a refused create is called that had no effect: a slot that is still on offer was not at fault, the request was.
 * Where open times can't be read, another slot is the milder way on.
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
 * The booking's own appointments, wherever the clinic has moved them, and those of the request's client and patient
 * around a start, from the practice's shared reading; nobody else's leave it. The list keeps what was deleted or
 * declined (docs/providers.md#answers-of-oliver). A client or patient who is no longer found here, after the search found them, is
 * `unexpected_answer` and for a person: appointments of theirs may stand.
 *
 * A list with a row that cannot be read proves what it shows and no absence. It serves a look at what the booking knows as
 * its own, or else at what stands; a look from which something is concluded about what is not there (an own one missing,
 * nothing live, a fresh one around a write) has failed, unless it may be partial.
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
    // Where a name is only nearly the same, what a lost create of ours has made is looked out for, and that alone.
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
  // What was the booking's own and is over counts; of the others any few will do.
  ended.sort((one, other) => Number(isOwn(other.id)) - Number(isOwn(one.id)));
  const seen = { order: null, live, ended: ended.slice(0, MAX_SHOWN) };
  return isWhole ? seen : { ...seen, isPartial: true };
}

/** More of one client and patient in two weeks are no patient's, and a booking carries what it is shown. */
const MAX_SHOWN = 50;

/** Ends nothing by itself, as the same failure would before a booking made anything. */
function lostParty(err: unknown): unknown {
  const isLost = err instanceof Failure && LOST.includes(err.code);
  return isLost ? new Failure('unexpected_answer', { field: err.facts.field, hint: LOST_HINT }) : err;
}

const LOST: readonly string[] = ['client_not_found', 'patient_not_found', 'invalid_request'];
const LOST_HINT = 'The practice no longer shows exactly one such client and patient.';

/** Exactly one form of naming each; the clinic's own status unless the request asks for one. */
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

/** An id as the contract has it, an integer, with all of its digits. */
function integer(id: number | string | undefined): number | bigint | undefined {
  return typeof id === 'string' ? BigInt(id) : id;
}
