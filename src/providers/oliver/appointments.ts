import { Failure } from '../../booking/failures';
import type { Appointment, Sighting } from '../../booking/model';
import { notesWithRef } from '../../booking/ref';
import type { BookCall, Call, Where } from '../provider';
import { isAround, isOf } from './matching';
import { toAppointment } from './parse';
import type { Resolve } from './people';
import { accountOf, ask, type Session } from './session';
import { isOnOffer } from './slots';
import type { Sweep } from './sweep';
import { createdWire } from './wire';

/** What the calls of one Oliver share besides the session. */
export interface Practice {
  session: Session;
  sweep: Sweep;
  resolve: Resolve;
}

/**
 * Takes a slot for a client and patient that exist. The caller's notes go in with our ref, for people: they do not
 * come back. A refusal that may mean a taken slot is settled by another look at the open times: no longer on offer
 * is `slot_gone`, still on offer is `request_refused`.
 */
export async function book(
  { session, sweep, resolve }: Practice,
  call: Call,
  booking: BookCall,
): Promise<Appointment> {
  await resolve(call, booking.request);
  const reply = await ask(session, call, 'create_appointment', createdWire, {
    body: createBody(booking),
  }).finally(() => sweep.noteWrite(call.account));
  if (reply.is === 'done') return toAppointment(reply.value, accountOf(session, call), session.notice);
  if (await isOnOffer(session, call, booking.slotKey, booking.request)) throw reply.failure;
  throw new Failure('slot_gone', { said: reply.failure.facts.said });
}

/**
 * The booking's own appointments, wherever the clinic has moved them, and those of the request's client and patient
 * around a start, from the practice's shared sweep; nobody else's leave it. The list keeps what was deleted or
 * declined (providers.md), so one that stood and is not in it is `appointment_missing`, as in the list of another
 * practice. A client or patient who is no longer found here, after the search found them, is `unexpected_answer`
 * and for a person: appointments of theirs may stand.
 */
export async function lookUp(
  { session, sweep, resolve }: Practice,
  call: Call,
  { request, startsAt, ownIds, standingIds }: Where,
): Promise<Sighting> {
  const account = accountOf(session, call);
  const party = await resolve(call, request).catch((err: unknown) => {
    throw lostParty(err);
  });
  const rows = await sweep.appointments(call);
  const missing = standingIds.find((id) => !rows.has(id));
  if (missing !== undefined)
    throw new Failure('appointment_missing', {
      said: `appointment ${missing} is not in the practice's list`,
    });
  const isOwn = (id: string) => ownIds.includes(id);
  const theirs = [...rows]
    .filter(([id, row]) => isOwn(id) || isOf(party, row))
    .map(([, row]) => toAppointment(row, account, session.notice))
    .filter(({ id, startsAt: start }) => isOwn(id) || isAround(start, startsAt));
  const live = theirs.filter(({ standing }) => standing !== 'cancelled');
  if (live.length > MAX_SHOWN) {
    const said = `${live.length} live appointments of one client and patient around one time`;
    throw new Failure('unexpected_answer', { said });
  }
  const ended = theirs.filter(({ standing }) => standing === 'cancelled');
  // What was the booking's own and is over counts; of the others any few will do.
  ended.sort((one, other) => Number(isOwn(other.id)) - Number(isOwn(one.id)));
  return { order: null, live, ended: ended.slice(0, MAX_SHOWN) };
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

/** Exactly one form of naming each, the one that the request uses; the clinic's own status unless it asks for one. */
function createBody({ slotKey, ref, request }: BookCall): Record<string, unknown> {
  const { client, patient, notes, status } = request;
  return {
    slot_id: slotKey,
    client_id: client?.id,
    client_remote_id: client?.remoteId,
    first_name: client?.firstName,
    last_name: client?.lastName,
    phone: client?.phone,
    email: client?.email,
    patient_id: patient?.id,
    patient_remote_id: patient?.remoteId,
    note: notesWithRef(notes, ref),
    status,
  };
}
