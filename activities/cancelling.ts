import { Context } from '@temporalio/activity';
import { hasEndedUnseen, isCancelAccepted } from '../src/booking/absence';
import { CAPABILITIES } from '../src/booking/capabilities';
import { Failure } from '../src/booking/failures';
import { costsFeeNow } from '../src/booking/fee';
import type { Appointment, Sighting } from '../src/booking/model';
import { isOwn, liveById, ownershipIn } from '../src/booking/sighting';
import { beforeSending } from '../src/providers/before-sending';
import type { Call, Provider } from '../src/providers/provider';
import type { CancelAnswer, FeeTerms, ProviderActivities } from './contract';
import { isRetryable } from './failures';
import { lookBarely, lookUp } from './looking';
import { alsoFor } from './taking';
import { afterSending, unansweredOf, wordsOf } from './unanswered';

/**
 * Cancelling an appointment, with a look before and a read after. It counts as ended only when a read shows that, or no
 * longer shows the appointment after an accepted cancel of ours.
 */

type CancelInput = Parameters<ProviderActivities['cancelAppointment']>[0];

export async function cancelAppointment(
  provider: Provider,
  call: Call,
  given: CancelInput,
): Promise<CancelAnswer> {
  const input = alsoFor(given.appointmentId, given);
  const found = await beforeSending(async () => meantIn(await lookUp(provider, call, input), input));
  if (found.is !== 'live') return found;
  const { appointment } = found;
  try {
    const answered = await provider.cancelAppointment(call, {
      orderId: input.orderId,
      appointmentId: appointment.id,
      request: input.request,
      bookingId: input.target.bookingId,
      seen: appointment,
      reason: input.reason,
      isFirst: input.isFirst,
    });
    if (CAPABILITIES[input.target.provider].cancelBy === 'staff_task')
      return { is: 'asked', appointment: answered ?? appointment };
    return await afterDone(provider, call, input, { appointment, isAccepted: !isShownLive(answered) });
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    const unanswered = unansweredOf(err);
    if (unanswered) return { ...unanswered, appointment, accepted: false };
    return afterRefused(provider, call, input, appointment, err);
  }
}

type Found =
  | { is: 'live'; appointment: Appointment }
  | Extract<CancelAnswer, { is: 'ended' | 'nothing_there' | 'spared' }>;

/** Returns the appointment to cancel, or why there is none to cancel. Fails when it must not be cancelled. */
function meantIn(sighting: Sighting, input: CancelInput): Found {
  const live = liveOne(sighting, input);
  if (live) {
    if (isSpared(live, input)) return { is: 'spared', appointment: live };
    refuseBegun(live);
    refuseFee(live, input.fees);
    return { is: 'live', appointment: live };
  }
  const ended = endedOne(sighting, input);
  if (!ended) return { is: 'nothing_there', sighting };
  return { is: 'ended', appointment: ended, byUs: isCancelAccepted(input.acceptedCancels, ended.id) };
}

/** Returns true when the appointment is spared. One whose cancel was accepted is not: it is about to end. */
function isSpared({ id, phase }: Appointment, { sparedPhases = [], acceptedCancels }: CancelInput): boolean {
  return sparedPhases.includes(phase) && !isCancelAccepted(acceptedCancels, id);
}

/** Returns the live appointment with the given id, else the booking's own: by ref, or by its known ids without refs. */
function liveOne(sighting: Sighting, { appointmentId, clue }: CancelInput): Appointment | null {
  const { live } = sighting;
  if (appointmentId !== null) return liveById(live, appointmentId, clue);
  if (clue.refReturns) {
    const found = ownershipIn(sighting, clue);
    if (found.is === 'ambiguous') throw new Failure('ambiguous_match');
    return found.is === 'ours' ? found.appointment : null;
  }
  const [own, ...others] = liveOwn(sighting, { clue });
  if (others.length > 0) throw new Failure('ambiguous_match');
  return own ?? null;
}

function liveOwn({ live }: Sighting, { clue }: Pick<CancelInput, 'clue'>): Appointment[] {
  return live.filter((seen) => isOwn(seen, clue));
}

/** Returns the ended appointment that was known last, if there are several. */
function endedOne({ ended }: Sighting, { appointmentId, clue }: CancelInput): Appointment | null {
  if (appointmentId !== null) return ended.find(({ id }) => id === appointmentId) ?? null;
  const own = ended.filter((seen) => isOwn(seen, clue));
  const known = own.toSorted((one, other) => clue.ownIds.indexOf(other.id) - clue.ownIds.indexOf(one.id));
  return known[0] ?? null;
}

/** Fails with `visit_begun` when the visit is taking place or has taken place: it is not undone. */
export function refuseBegun({ id, phase, startsAt }: Appointment): void {
  if (phase !== 'in_progress' && phase !== 'completed') return;
  throw new Failure('visit_begun', { said: `appointment ${id} at ${startsAt ?? 'no time yet'}` });
}

/**
 * Fails with `fee_window` when cancelling costs a fee that is not accepted. It goes by the later of Temporal's time and
 * ours, so that a person is asked early rather than late when the clocks differ.
 */
export function refuseFee(appointment: Appointment, { feeWindowMs, accepted }: FeeTerms): void {
  const nowMs = Math.max(Date.now(), Context.current().info.currentAttemptScheduledTimestampMs);
  if (!accepted && costsFeeNow(appointment, feeWindowMs, nowMs)) throw new Failure('fee_window');
}

/**
 * Returns true when the body of a success still shows the appointment live: then the cancel does not count as accepted.
 */
function isShownLive(answered: Appointment | null): boolean {
  return answered !== null && answered.phase !== 'cancelled';
}

/** Reads after a successful answer to the cancel: only the read shows whether the appointment has ended. */
async function afterDone(
  provider: Provider,
  call: Call,
  input: CancelInput,
  { appointment, isAccepted }: { appointment: Appointment; isAccepted: boolean },
): Promise<CancelAnswer> {
  const cancel = { id: appointment.id, at: new Date().toISOString() };
  const acceptedCancels = isAccepted ? [...input.acceptedCancels, cancel] : input.acceptedCancels;
  const ended = await endedNow(provider, call, { ...input, acceptedCancels }, appointment);
  if (ended && !(ended instanceof Failure)) return { is: 'ended', appointment: ended, byUs: true };
  const did = isAccepted ? 'the cancel was accepted' : 'the answer to the cancel shows it as it was';
  const why = ended ? `cannot be read: ${wordsOf(ended)}` : 'is not shown as ended';
  return { is: 'unknown', said: `${did}, and it ${why}`, appointment, accepted: isAccepted };
}

/**
 * Reads after a refusal, which may mean that it has ended already; not if nothing was sent or load caused the refusal.
 */
async function afterRefused(
  provider: Provider,
  call: Call,
  input: CancelInput,
  appointment: Appointment,
  refusal: Failure,
): Promise<CancelAnswer> {
  if (refusal.facts.sent === 'no' || isRetryable(refusal)) throw refusal;
  const ended = await endedNow(provider, call, input, appointment);
  if (!ended || ended instanceof Failure) throw refusal;
  return { is: 'ended', appointment: ended, byUs: isCancelAccepted(input.acceptedCancels, ended.id) };
}

/**
 * Reads the appointment now. Returns it when it has ended, null when it has not, and a Failure when it cannot be read. One
 * that stands under another id has not ended: it was moved right before the cancel.
 */
async function endedNow(
  provider: Provider,
  call: Call,
  input: CancelInput,
  appointment: Appointment,
): Promise<Appointment | Failure | null> {
  const seen = await afterSending(() => lookBarely(provider, call, { ...input, fresh: true }));
  if (seen instanceof Failure) return seen;
  if (input.appointmentId === null && input.clue.refReturns && liveOwn(seen, input).length > 0) return null;
  const shown = seen.ended.find(({ id }) => id === appointment.id);
  if (shown) return shown;
  return hasEndedUnseen(seen, appointment.id, input) ? { ...appointment, phase: 'cancelled' } : null;
}
