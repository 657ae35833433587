import { hasEndedUnseen } from '../src/booking/absence';
import { Failure } from '../src/booking/failures';
import type { Appointment, Sighting } from '../src/booking/model';
import { isOwn, liveById } from '../src/booking/sighting';
import { isSameTime } from '../src/booking/times';
import { beforeSending } from '../src/providers/before-sending';
import type { Call, Provider } from '../src/providers/provider';
import { tiersOf } from './call';
import type { BookAnswer, LookUp, ProviderActivities } from './contract';
import { lookBarely, lookUp } from './looking';
import { addressOf } from './searching';
import { afterSending, unansweredOf, wordsOf } from './unanswered';

/** Taking an appointment. Every write looks first, at every provider and whatever the attempt number says. */

type BookInput = Parameters<ProviderActivities['bookSlot']>[0];
type VisitInput = Parameters<ProviderActivities['requestVisit']>[0];
type MoveInput = Parameters<ProviderActivities['moveAppointment']>[0];

export async function bookSlot(provider: Provider, call: Call, input: BookInput): Promise<BookAnswer> {
  const { request, orderId, slot, ref, key, clue } = input;
  const wanted = lookFor(input, orderId, slot.startsAt);
  return lookThenTake(provider, call, wanted, async () => {
    const { key: slotKey, startsAt } = slot;
    const booking = { orderId, slotKey, startsAt, ref, request, key, before: clue.before };
    const appointment = await provider.book(call, booking);
    if (key !== null) return freshAnswer(provider, call, wanted, appointment);
    return { is: 'held', appointment, earlier: false };
  });
}

export async function requestVisit(provider: Provider, call: Call, input: VisitInput): Promise<BookAnswer> {
  const { request, order, vendor, ref } = input;
  return lookThenTake(provider, call, lookFor(input, order.id, null), async () => {
    const address = addressOf(request, order);
    const visit = { orderId: order.id, vendor, address, ref, request };
    return { is: 'held', appointment: await tiersOf(provider).request(call, visit), earlier: false };
  });
}

/** Moves an appointment, unless a look shows it at the wanted time already. */
export async function moveAppointment(provider: Provider, call: Call, input: MoveInput): Promise<BookAnswer> {
  const { request, orderId, appointmentId, slot, ref } = input;
  const wanted = alsoFor(appointmentId, lookFor(input, orderId, slot.startsAt));
  const held = await beforeSending(async () =>
    toMove(await lookUp(provider, call, wanted), appointmentId, wanted),
  );
  if (isSameTime(held.startsAt, slot.startsAt)) return { is: 'held', appointment: held, earlier: true };
  const { reschedule } = provider;
  if (!reschedule) throw new Failure('cannot_reschedule', { sent: 'no' });
  return taken(async () => {
    const { key: slotKey, startsAt } = slot;
    const move = { orderId, appointmentId: held.id, slotKey, startsAt, ref, request };
    return { is: 'held', appointment: await reschedule(call, move), earlier: false };
  });
}

/**
 * Returns the look before a book call or a move. It has no liveIds: it does not wait for appointments known to stand.
 */
function lookFor(
  input: Pick<BookInput, 'target' | 'request' | 'clue' | 'acceptedCancels' | 'mayBePartial'>,
  orderId: string | null,
  startsAt: string | null,
): LookUp {
  const { target, request, clue, acceptedCancels, mayBePartial } = input;
  return {
    target,
    request,
    clue,
    acceptedCancels,
    mayBePartial,
    orderId,
    startsAt,
    liveIds: [],
    fresh: true,
  };
}

/** Returns the same look, extended to the appointment with this id, wherever in time it is. */
export function alsoFor<T extends LookUp>(appointmentId: string | null, wanted: T): T {
  if (appointmentId === null) return wanted;
  const ownIds = [...new Set([...wanted.clue.ownIds, appointmentId])];
  return { ...wanted, clue: { ...wanted.clue, ownIds } };
}

/**
 * Looks before a write, and writes only when the look finds nothing in the way. An appointment of this booking that is
 * there already is held. Somebody else's on the same order is never booked over. Where refs do not return, a new
 * appointment at that start may be ours, so the outcome is unknown.
 */
async function lookThenTake(
  provider: Provider,
  call: Call,
  wanted: LookUp,
  write: () => Promise<BookAnswer>,
): Promise<BookAnswer> {
  const found = await beforeSending(async () => foundIn(await lookUp(provider, call, wanted), wanted));
  return found ?? taken(write);
}

function foundIn({ live }: Sighting, { clue, orderId, startsAt }: LookUp): BookAnswer | null {
  const wasBefore = ({ id }: Appointment): boolean => clue.before.includes(id);
  const ours = live.find((seen) => isOwn(seen, clue) && !wasBefore(seen));
  if (ours) return { is: 'held', appointment: ours, earlier: true };
  if (orderId !== null && live.some((seen) => !isOwn(seen, clue))) throw new Failure('appointment_exists');
  const isNew =
    !clue.refReturns && live.some((seen) => !wasBefore(seen) && isSameTime(seen.startsAt, startsAt));
  return isNew ? { is: 'unknown', said: NEW_BEFORE, isUnsent: true } : null;
}

const NEW_BEFORE = 'something new stands at that time before the call';

/**
 * Returns the appointment to move: the one with this id, or where it was moved by somebody else. One of ours that we knew
 * before is a copy from before an earlier move, and moving that again might make a second one. Fails when it is not shown,
 * which does not prove that it has ended.
 */
function toMove(sighting: Sighting, id: string, wanted: LookUp): Appointment {
  const { clue } = wanted;
  const isNew = (seen: Appointment): boolean => isOwn(seen, clue) && !clue.ownIds.includes(seen.id);
  const live = liveById(sighting.live, id, clue) ?? sighting.live.find(isNew);
  if (live) return live;
  const hasEnded =
    sighting.ended.some((seen) => seen.id === id || isOwn(seen, clue)) ||
    hasEndedUnseen(sighting, id, wanted);
  if (hasEnded) throw new Failure('appointment_gone');
  throw new Failure('appointment_missing', { said: `appointment ${id} is not shown at all` });
}

/** Checks the answer of a keyed call by a read, because it may be the replay of an old answer. */
async function freshAnswer(
  provider: Provider,
  call: Call,
  wanted: LookUp,
  answered: Appointment,
): Promise<BookAnswer> {
  const seen = await afterSending(() => lookBarely(provider, call, wanted));
  if (seen instanceof Failure)
    return { is: 'unknown', said: `the answer may be a replay, and cannot be checked: ${wordsOf(seen)}` };
  const shown = seen.live.find(({ id }) => id === answered.id);
  if (!shown)
    return { is: 'unknown', said: 'the answer was a replay, and the provider shows no such appointment' };
  return { is: 'held', appointment: shown, earlier: false };
}

async function taken(take: () => Promise<BookAnswer>): Promise<BookAnswer> {
  try {
    return await take();
  } catch (err) {
    const answer = err instanceof Failure ? (unansweredOf(err) ?? refusedSlot(err)) : null;
    if (!answer) throw err;
    return answer;
  }
}

function refusedSlot({ code, message }: Failure): BookAnswer | null {
  if (code === 'slot_gone' || code === 'slot_declined')
    return { is: 'gone', reason: message, searchAgain: false };
  if (code === 'slot_key_invalid') return { is: 'gone', reason: message, searchAgain: true };
  return null;
}
