import type { Appointment, Sighting } from '../src/booking/model';
import { whose as whoseIs, type Whose } from '../src/booking/sighting';
import { maker, type Booking } from './state';

/**
 * Whose live appointment a sighting shows, by what this booking knows of its own calls. Where refs do not return,
 * an id that we were told is ours and what else the client has is their business; only while a call is
 * unanswered is what is new at the tried start looked at.
 */
export function whose(b: Booking, sighting: Sighting): Whose {
  const { capabilities, ownAppointmentIds: ownIds, unknownBook, seenBefore, attempts } = b.state;
  const isKnown = (seen: Appointment) => ownIds.includes(seen.id);
  if (!capabilities.refReturns && !unknownBook) {
    const own = sighting.live.find(isKnown);
    return own ? { is: 'ours', appointment: own } : { is: 'none' };
  }
  const live = capabilities.refReturns ? sighting.live : sighting.live.filter((seen) => !isKnown(seen));
  return whoseIs(
    { ...sighting, live },
    {
      maker: maker(b),
      ownIds,
      refReturns: capabilities.refReturns,
      before: seenBefore,
      triedStartsAt: attempts.at(-1)?.startsAt ?? null,
    },
  );
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
