import type { Appointment, Sighting } from '../src/booking/model';
import { whose as whoseIs, type Whose } from '../src/booking/sighting';
import { maker, type Booking } from './state';

/** Whose live appointment a sighting shows, by what this booking knows of its own calls. */
export function whose(b: Booking, sighting: Sighting): Whose {
  return whoseIs(sighting, {
    maker: maker(b),
    ownIds: b.state.ownAppointmentIds,
    refReturns: b.state.capabilities.refReturns,
    before: b.state.seenBefore,
    triedStartsAt: b.state.attempts.at(-1)?.startsAt ?? null,
  });
}

/** How the booking's appointment stands in a sighting; null when the provider no longer shows it. */
export function ownIn(b: Booking, sighting: Sighting): Appointment | null {
  const id = b.state.appointment?.id;
  return [...sighting.live, ...sighting.ended].find((seen) => seen.id === id) ?? null;
}
