import { CONFIRM_GRACE_MS, DEFAULT_CONFIRM_TIMEOUT_MS } from '../../src/booking/limits';
import { Failure } from '../../src/booking/failures';
import type { Appointment, Sighting } from '../../src/booking/model';
import { sightingMark } from '../../src/booking/sighting';
import { polls } from '../activities';
import { now } from '../clock';
import { ownIn, whose } from '../evidence';
import { lookUp } from '../lookups';
import { owned } from '../owned';
import { at, change, changeAttempt, type Booking } from '../state';
import { deadline, isOver, settleDeadline, sooner, untilOf, watch, type Deadline } from '../waiting';
import { isEnded } from './order';

/**
 * Step 5: the provider's word that the appointment stands. True when it came; false when the provider declined
 * or the time is up, so that the slot is to be released.
 */
export async function confirmed(b: Booking): Promise<boolean> {
  const limit = deadline(b, now(), confirmTimeoutMs(b));
  let mark = '';
  for (;;) {
    const verdict = verdictOf(b, b.state.appointment);
    if (verdict !== 'waiting') return settle(b, verdict);
    change(b, { status: 'awaiting_confirmation' });
    const until = sooner(b, sooner(b, limit, settleDeadline(b)), startDeadline(b));
    mark = await owned(b, async () => {
      const seen = await nextSighting(b, mark, untilOf(b, until));
      note(b, seen);
      if (seen.order && isEnded(seen.order) && seen.live.length === 0) throw new Failure('order_ended');
      return sightingMark(seen);
    });
    // A deadline never undoes by itself: this look was made after it and shows the appointment unconfirmed.
    if (isOver(b, until) && verdictOf(b, b.state.appointment) === 'waiting') return settle(b, 'late');
  }
}

type Verdict = 'confirmed' | 'declined' | 'waiting' | 'late';

function verdictOf(b: Booking, appointment: Appointment | null): Verdict {
  if (!appointment || appointment.standing === 'cancelled') return 'declined';
  const { standing } = appointment;
  if (standing === 'in_progress' || standing === 'completed') return 'confirmed';
  const settles = b.state.capabilities.settlesAt.some((settling) => settling === standing);
  return settles ? 'confirmed' : 'waiting';
}

function settle(b: Booking, verdict: Exclude<Verdict, 'waiting'>): boolean {
  if (b.state.attempts.length > 0) {
    if (verdict === 'confirmed') changeAttempt(b, 'confirmed');
    else if (verdict === 'declined')
      changeAttempt(b, 'declined', b.state.appointment?.reason ?? 'declined by the provider');
    else changeAttempt(b, 'released', 'not confirmed in time');
  }
  return verdict === 'confirmed';
}

function confirmTimeoutMs(b: Booking): number {
  const { confirmation } = b.state.request;
  const { confirmTimeoutMs: asked } = b.state.limits; // the request's own, where it has one
  if (asked !== null) return asked;
  return confirmation?.async
    ? (confirmation.asyncTimeoutMs ?? 900_000) + CONFIRM_GRACE_MS
    : DEFAULT_CONFIRM_TIMEOUT_MS;
}

/** The slot's start: an appointment still unconfirmed then is never kept. */
function startDeadline(b: Booking): Deadline {
  const startsAt = b.state.appointment?.startsAt ?? null;
  if (startsAt === null) return settleDeadline(b);
  return { from: startsAt, limitMs: 0, heldBackMs: b.state.heldBackMs };
}

/** What the provider shows next: by polling, at news, or once after the deadline. */
export async function nextSighting(
  b: Booking,
  mark: string,
  until: string | null,
  everyMs?: number,
): Promise<Sighting> {
  const { request, order, appointment } = b.state;
  const watched = await watch(b, waitsFor(b), until, () =>
    polls(b, `poll for the appointment's ${waitsFor(b)}`, everyMs).awaitAppointmentChange({
      at: at(b),
      request,
      orderId: order?.id ?? null,
      startsAt: appointment?.startsAt ?? null,
      seen: mark,
    }),
  );
  if (watched.by === 'poll') return watched.found;
  return lookUp(
    b,
    watched.by === 'news' ? 'read the provider after its news' : 'look once more after the deadline',
  );
}

function waitsFor(b: Booking): string {
  return b.state.status === 'awaiting_confirmation' ? 'confirmation' : 'the visit';
}

/** Notes how the booking's appointment stands; one that the provider no longer shows counts as cancelled. */
export function note(b: Booking, sighting: Sighting): void {
  const { appointment, order } = b.state;
  if (sighting.order && order) change(b, { order: { ...sighting.order, origin: order.origin } });
  const own = ownIn(b, sighting);
  if (own) change(b, { appointment: own });
  else if (appointment)
    change(b, { appointment: { ...appointment, standing: 'cancelled', status: 'cancelled' } });
  // Somebody else's appointment beside or instead of ours is for a person: nothing of theirs may be touched.
  const seen = whose(b, sighting);
  if (!own && seen.is !== 'none') throw new Failure('ambiguous_match');
}
