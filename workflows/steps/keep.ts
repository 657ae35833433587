import { Failure } from '../../src/booking/failures';
import { sightingMark } from '../../src/booking/sighting';
import { after, now, nowMs } from '../clock';
import { Ending } from '../ending';
import { lookUp } from '../lookups';
import { attention, owned } from '../owned';
import { change, type Booking } from '../state';
import { nextSighting, note } from '../sightings';

/**
 * Step 6: a confirmed booking stays open until its visit is over. Returns `completed`, or `rebook` when a
 * person asks for another slot after the provider took this one back.
 */
export async function keep(b: Booking): Promise<'completed' | 'rebook'> {
  let mark = '';
  let before = b.state.appointment?.standing;
  for (;;) {
    const standing = b.state.appointment?.standing;
    if (standing === 'completed' || orderIsPastVisit(b)) return 'completed';
    if (standing === 'cancelled') {
      // A slot that was only reserved was never promised: another is looked for, as before the reservation.
      if (before === 'reserved') return 'rebook';
      if ((await providerCancelled(b)) === 'rebook') return 'rebook';
      continue;
    }
    before = standing;
    change(b, { status: standing === 'in_progress' ? 'in_progress' : 'confirmed' });
    const until = finalWordBy(b);
    mark = await owned(b, async () => {
      const seen = await nextSighting(b, {
        what: 'the visit',
        mark,
        until,
        everyMs: b.state.limits.keepPollMs,
      });
      note(b, seen);
      return sightingMark(seen);
    });
    if (until !== null && Date.parse(until) <= nowMs() && !isCompleted(b)) {
      if ((await noFinalWord(b)) === 'completed') return 'completed';
    }
  }
}

function isCompleted(b: Booking): boolean {
  return b.state.appointment?.standing === 'completed' || orderIsPastVisit(b);
}

/** The order moves on once the sample is drawn, where the appointment itself is not told to. */
function orderIsPastVisit(b: Booking): boolean {
  const phase = b.state.order?.phase;
  return phase === 'with_lab' || phase === 'completed';
}

function finalWordBy(b: Booking): string | null {
  const { appointment, limits } = b.state;
  const over = appointment?.endsAt ?? appointment?.startsAt ?? null;
  if (over === null) return null;
  const due = after(over, limits.finalWordMs);
  // After "look again" the next deadline is one polling pause away.
  return Date.parse(due) > nowMs() ? due : after(now(), limits.keepPollMs);
}

/** The provider took a confirmed appointment back. */
async function providerCancelled(b: Booking): Promise<'rebook' | 'again'> {
  const choice = await attention(
    b,
    new Failure('provider_cancelled', { said: b.state.appointment?.reason ?? undefined }),
  );
  if (choice === 'rebook') return 'rebook';
  if (choice === 'end') throw new Ending('failed', 'provider_cancelled');
  await owned(b, async () => note(b, await lookUp(b, 'look again at the cancelled appointment')));
  return 'again';
}

async function noFinalWord(b: Booking): Promise<'completed' | 'again'> {
  const choice = await attention(b, new Failure('no_final_word'));
  if (choice === 'end') throw new Ending('failed', 'no_final_word');
  return choice === 'completed' ? 'completed' : 'again';
}
