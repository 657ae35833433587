import { Failure } from '../../src/booking/failures';
import { sightingMark } from '../../src/booking/sighting';
import { after, now, nowMs } from '../clock';
import { Ending } from '../ending';
import { carryOnWhenLong } from '../long-life';
import { lookUp } from '../lookups';
import { attention, owned } from '../owned';
import { nextSighting, note } from '../sightings';
import { change, type Booking } from '../state';
import { move } from './move';

/**
 * Step 6: a confirmed booking stays open until its visit is over: moves, cancellations, the provider's changes.
 * Returns `completed`, or `rebook` when another slot is to be looked for.
 */
export async function keep(b: Booking): Promise<'completed' | 'rebook'> {
  let mark = '';
  let before = b.state.appointment?.standing;
  for (;;) {
    await carryOnWhenLong(b);
    const standing = b.state.appointment?.standing;
    if (isCompleted(b)) return 'completed';
    if (standing === 'cancelled') {
      // A slot that was only reserved was never promised: another is looked for, as before the reservation.
      if (before === 'reserved' || (await providerCancelled(b)) === 'rebook') return rebooking(b);
      continue;
    }
    before = standing;
    if (b.inbox.reschedule && standing !== 'in_progress') {
      if ((await moveAsAsked(b)) === 'rebook') return rebooking(b);
      mark = '';
      continue;
    }
    mark = await watchVisit(b, mark);
    if (b.state.finalWordDue && !isCompleted(b) && (await noFinalWord(b)) === 'completed') return 'completed';
  }
}

/** Waits for the next change of the appointment and notes it; the mark of what was seen. */
async function watchVisit(b: Booking, mark: string): Promise<string> {
  const status = b.state.appointment?.standing === 'in_progress' ? 'in_progress' : 'confirmed';
  change(b, { status });
  const until = finalWordBy(b);
  return owned(b, async () => {
    const everyMs = b.state.limits.keepPollMs;
    const takesMail = status === 'confirmed'; // a visit that has begun is not moved
    const what = 'the final word on the visit';
    const seen = await nextSighting(b, { what, mark, until, everyMs, takesMail });
    if (!seen) return mark;
    note(b, seen);
    change(b, { finalWordDue: until !== null && Date.parse(until) <= nowMs() });
    return sightingMark(seen);
  });
}

async function moveAsAsked(b: Booking): Promise<'stays' | 'rebook'> {
  const message = b.inbox.reschedule;
  b.inbox.reschedule = null;
  if (!message || (await move(b, message)) !== 'lost') return 'stays';
  const choice = await attention(b, new Failure('reschedule_lost'));
  if (choice === 'rebook') return 'rebook';
  throw new Ending('failed', 'reschedule_lost');
}

function rebooking(b: Booking): 'rebook' {
  change(b, { appointment: null, rebookings: b.state.rebookings + 1, settleFrom: now(), slots: [] });
  return 'rebook';
}

function isCompleted(b: Booking): boolean {
  // The order moves on once the sample is drawn, where the appointment itself is not told to.
  const phase = b.state.order?.phase;
  return b.state.appointment?.standing === 'completed' || phase === 'with_lab' || phase === 'completed';
}

function finalWordBy(b: Booking): string | null {
  const { appointment, limits } = b.state;
  const over = appointment?.endsAt ?? appointment?.startsAt ?? null;
  if (over === null) return null;
  const due = after(over, limits.finalWordMs);
  // After "look again" the next deadline is one polling pause away.
  return Date.parse(due) > nowMs() ? due : after(now(), limits.keepPollMs);
}

/** The provider took a confirmed appointment back: what follows is the request's policy, within its limits. */
async function providerCancelled(b: Booking): Promise<'rebook' | 'again'> {
  const policy = b.state.request.policy?.onProviderCancel ?? 'rebook';
  if (policy === 'compensate') throw new Ending('failed', 'provider_cancelled');
  if (policy === 'rebook' && b.state.rebookings < b.state.limits.maxRebookings) return 'rebook';
  const said = b.state.appointment?.reason ?? undefined;
  const choice = await attention(b, new Failure('provider_cancelled', { said }));
  if (choice === 'rebook') return 'rebook';
  if (choice === 'end') throw new Ending('failed', 'provider_cancelled');
  await owned(b, async () => note(b, await lookUp(b, 'look again at the cancelled appointment')));
  return 'again';
}

async function noFinalWord(b: Booking): Promise<'completed' | 'again'> {
  change(b, { finalWordDue: false });
  const choice = await attention(b, new Failure('no_final_word'));
  if (choice === 'end') throw new Ending('failed', 'no_final_word');
  return choice === 'completed' ? 'completed' : 'again';
}
