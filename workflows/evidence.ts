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

/**
 * How the booking's appointment stands in a sighting: the live one that is ours (a move may give it another id),
 * else the record with the id that we know; null when the provider no longer shows it.
 */
export function ownIn(b: Booking, sighting: Sighting): Appointment | null {
  const seen = whose(b, sighting);
  if (seen.is === 'ours') return seen.appointment;
  const id = b.state.appointment?.id;
  return [...sighting.live, ...sighting.ended].find((one) => one.id === id) ?? null;
}
