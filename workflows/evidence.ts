import type { Appointment, Sighting } from '../src/booking/model';
import { bookRef } from '../src/booking/ref';
import { whose as whoseIs, type Whose } from '../src/booking/sighting';
import { maker, type Booking } from './state';

/** Whose live appointment a sighting shows: by our ref, by an id that an answer to our own call named, or not ours. */
export function whose(b: Booking, sighting: Sighting): Whose {
  const attempt = b.state.attempts.at(-1);
  return whoseIs(
    { ...sighting, live: sighting.live.map((seen) => withKnownRef(b, seen)) },
    {
      bookingId: maker(b),
      refReturns: b.state.capabilities.refReturns,
      before: b.state.seenBefore,
      triedStartsAt: attempt?.startsAt ?? null,
    },
  );
}

/** An id from the answer to our own book call is as good as a ref: some answers leave the notes out. */
function withKnownRef(b: Booking, seen: Appointment): Appointment {
  return b.state.ownAppointmentIds.includes(seen.id) ? { ...seen, ref: bookRef(maker(b), 0) } : seen;
}

/** How the booking's appointment stands in a sighting; null when the provider no longer shows it. */
export function ownIn(b: Booking, sighting: Sighting): Appointment | null {
  const id = b.state.appointment?.id;
  return [...sighting.live, ...sighting.ended].find((seen) => seen.id === id) ?? null;
}
