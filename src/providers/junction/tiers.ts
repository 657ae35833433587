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

/** Junction's words, folded, for the ways in which an area is served at home (contract: AppointmentServiceType). */
const TIERS: Readonly<Record<string, Tier['tier']>> = {
  appointment_ready: 'book',
  appointment_request: 'request',
};

/** Visits at home by tier: slots that are booked, or a vendor that agrees the time with the patient by phone. */
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

/** What an area offers, and whether part of the answer could not be read. */
interface Offers {
  tiers: Tier[];
  hasOdd: boolean;
}

/**
 * Returns what the area offers, in Junction's order. The documentation calls a provider's tiers `tier`, the contract
 * calls them `service_types`. An unknown word is noticed and left out.
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
 * Returns the wanted tier; if none is wanted, slots before requests. An area without the wanted tier does not serve the
 * request, but to conclude that, the answer must be read whole.
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

/** Asks the vendor to call the patient. The appointment stays pending and without times until they have agreed. */
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
