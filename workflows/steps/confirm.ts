import { CONFIRM_GRACE_MS, DEFAULT_CONFIRM_TIMEOUT_MS } from '../../src/booking/limits';
import { Failure } from '../../src/booking/failures';
import type { Appointment } from '../../src/booking/model';
import { hasOrderEnded, sightingMark } from '../../src/booking/sighting';
import { carryOnMidStep } from '../saga/long-life';
import type { Deadline } from '../saga/parts/deadlines';
import { lookUp } from '../saga/lookups';
import { nextSighting, recordSighting } from '../saga/sightings';
import { withAttention } from '../saga/attention';
import { stepBegan } from '../saga/parts/progress';
import { attemptBecame } from '../saga/parts/search';
import type { Booking } from '../saga/state';
import { newPace } from '../saga/pace';
import { hasPassed, soonest, untilOf, waitWithin } from '../saga/waiting';

/**
 * Waits for the provider to confirm the appointment. Returns true when it does, and false when it declined or the time
 * is up: then the slot is to be released.
 */
export function confirmed(b: Booking): Promise<boolean> {
  return waitWithin(b, confirmTimeoutMs(b), ({ own, settleBy }) => confirmedWithin(b, own, settleBy));
}

async function confirmedWithin(b: Booking, limit: Deadline, settleBy: Deadline): Promise<boolean> {
  const pace = newPace();
  let mark = '';
  for (;;) {
    const verdict = verdictOf(b, b.state.appointment.held);
    if (verdict !== 'waiting') return recordVerdict(b, verdict);
    stepBegan(b, 'awaiting_confirmation');
    await carryOnMidStep(b);
    let until = limit;
    mark = await withAttention(b, async () => {
      // Computed anew at each try: while a person was asked, the slot's start may have come near.
      until = soonest(b, limit, settleBy, startDeadline(b));
      const seen = await nextSighting(b, { what: 'confirmation', mark, pace, until: untilOf(b, until) });
      if (!seen) return mark;
      recordSighting(b, seen);
      if (seen.order && hasOrderEnded(seen.order) && seen.live.length === 0) throw new Failure('order_ended');
      if (hasPassed(b, until)) refuseUnknown(b.state.appointment.held);
      return sightingMark(seen);
    });
    // A deadline never undoes by itself: this look was made after it and shows the appointment unconfirmed.
    if (hasPassed(b, until) && verdictOf(b, b.state.appointment.held) === 'waiting')
      return recordVerdict(b, 'late');
  }
}

/**
 * Asks a person about an unknown status that spared an appointment, and looks at the provider again after their answer.
 */
export async function understood(b: Booking): Promise<void> {
  let isAsked = false;
  await withAttention(b, async () => {
    if (isAsked) recordSighting(b, await lookUp(b, 'look what the provider says by now'));
    isAsked = true;
    refuseUnknown(b.state.appointment.held);
  });
}

/** Fails with `status_unknown` when the status is unknown: that is not "unconfirmed", so a person reads it. */
function refuseUnknown(appointment: Appointment | null): void {
  if (appointment?.phase !== 'unknown') return;
  const { status, eventStatus } = appointment;
  throw new Failure('status_unknown', { said: [status, eventStatus].filter(Boolean).join(', ') });
}

type Verdict = 'confirmed' | 'declined' | 'waiting' | 'late';

function verdictOf(b: Booking, appointment: Appointment | null): Verdict {
  if (!appointment || appointment.phase === 'cancelled') return 'declined';
  const { phase } = appointment;
  if (phase === 'in_progress' || phase === 'completed') return 'confirmed';
  const isConfirmed = b.state.terms.capabilities.confirmedBy.some((confirming) => confirming === phase);
  return isConfirmed ? 'confirmed' : 'waiting';
}

function recordVerdict(b: Booking, verdict: Exclude<Verdict, 'waiting'>): boolean {
  if (b.state.search.attempts.length > 0) {
    if (verdict === 'confirmed') attemptBecame(b, 'confirmed');
    else if (verdict === 'declined')
      attemptBecame(b, 'declined', b.state.appointment.held?.reason ?? 'declined by the provider');
    else attemptBecame(b, 'released', 'not confirmed in time');
  }
  return verdict === 'confirmed';
}

function confirmTimeoutMs(b: Booking): number {
  const { confirmation } = b.state.terms.request;
  const { confirmTimeoutMs: asked, settleWithinMs } = b.state.terms.limits; // the request's own, where it has one
  if (asked !== null) return asked;
  // Without a time yet, the provider still has to reach the patient: only the whole booking's limit counts.
  if (b.state.appointment.held?.startsAt === null) return settleWithinMs;
  return confirmation?.async
    ? (confirmation.asyncTimeoutMs ?? 900_000) + CONFIRM_GRACE_MS
    : DEFAULT_CONFIRM_TIMEOUT_MS;
}

/** Returns a deadline a while before the slot's start: an appointment that is unconfirmed by then is never kept. */
function startDeadline(b: Booking): Deadline | null {
  const startsAt = b.state.appointment.held?.startsAt ?? null;
  if (startsAt === null) return null;
  return { from: startsAt, limitMs: -b.state.terms.limits.releaseBeforeStartMs, heldBackMs: null };
}
