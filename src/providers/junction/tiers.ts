import { Failure } from '../../booking/failures';
import type { Appointment } from '../../booking/model';
import { notesWithRef } from '../../booking/notes';
import { unclear } from '../http';
import type { Call, Tier, TierCalls, VisitCall } from '../provider';
import { folded, isWhole, readable } from '../reading';
import { MAX_NOTES_LENGTH } from './appointments';
import { usAddress } from './operations';
import { toAppointment } from './parse';
import { demand, type Session } from './session';
import { appointmentWire, areaInfoWire, type AreaInfoWire } from './wire';

/** Junction's words for the ways in which an area is served at home (contract: AppointmentServiceType), folded. */
const TIERS: Readonly<Record<string, Tier['tier']>> = {
  appointment_ready: 'book',
  appointment_request: 'request',
};

/** Visits at home by tier: slots that are booked, or a vendor that is asked and agrees on the time by phone. */
export function tierCalls(session: Session): TierCalls {
  return {
    choose: async (call, { address, wanted }) => {
      const query = { zip_code: address.zip.slice(0, ZIP_LENGTH) };
      const area = await demand(session, call, 'area_info', areaInfoWire, { query });
      return chosen(offersOf(session, area), wanted);
    },
    request: (call, visit) => requestVisit(session, call, visit),
  };
}

/** The contract takes five digits here, unlike in addresses. */
const ZIP_LENGTH = 5;

/** What an area offers, and whether the answer says more of it than could be read. */
interface Offers {
  tiers: Tier[];
  hasOdd: boolean;
}

/**
 * What the area offers, in Junction's order. The documentation names a provider's tiers `tier`, the contract
 * `service_types`; a word that is neither tier is noticed and left out.
 */
function offersOf(session: Session, { phlebotomy }: AreaInfoWire): Offers {
  if (!phlebotomy.is_served) throw new Failure('area_not_served', { field: 'patient.address.zip' });
  const { providers } = phlebotomy;
  if (!providers) throw unclear('read', 'the area is served, and the list of who serves it cannot be read');
  const lists = readable(providers).flatMap(({ name, tier, service_types: types }) =>
    [tier, types].flatMap((words) => (words ? [{ name, words }] : [])),
  );
  return {
    tiers: lists.flatMap(({ name, words }) =>
      readable(words).flatMap((word) => offerOf(session, word, name) ?? []),
    ),
    hasOdd: !isWhole(providers) || lists.some(({ words }) => !isWhole(words)),
  };
}

function offerOf({ notice }: Session, word: string, vendor: string): Tier | null {
  const known = folded(word);
  const tier = Object.hasOwn(TIERS, known) ? TIERS[known] : undefined;
  if (tier === 'request') return { tier, vendor };
  if (tier === undefined) notice('area.tier', word);
  return tier === 'book' ? { tier } : null;
}

/**
 * The wanted tier, else slots before requests. An area without the tier that was asked for does not serve the request; that
 * it is without it takes an answer that was read whole.
 */
function chosen({ tiers, hasOdd }: Offers, wanted: Tier['tier'] | null): Tier {
  const order = wanted === null ? (['book', 'request'] as const) : [wanted];
  const [best] = order.flatMap((tier) => tiers.find((offer) => offer.tier === tier) ?? []);
  if (best) return best;
  if (hasOdd) throw unclear('read', 'the area is served, and not all of by whom can be read');
  if (tiers.length === 0)
    throw new Failure('unexpected_answer', { said: 'the area is served, but by no tier that is known' });
  throw new Failure('area_not_served', {
    field: 'tier',
    hint: 'The place is served by the other tier only.',
  });
}

/** Asks the vendor to call the patient. The appointment stays pending and without times until they agreed. */
async function requestVisit(session: Session, call: Call, visit: VisitCall): Promise<Appointment> {
  const { orderId, vendor, address, ref, request } = visit;
  const body = {
    address: usAddress(address),
    provider: vendor,
    appointment_notes: notesWithRef(request.notes, ref, MAX_NOTES_LENGTH),
  };
  const wire = await demand(session, call, 'request_visit', appointmentWire, { orderId, body });
  return toAppointment(wire, orderId, session.notice);
}
