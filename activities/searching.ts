import { Failure } from '../src/booking/failures';
import type { FoundSlots, Order, PostalAddress } from '../src/booking/model';
import { carried, chooseSlots } from '../src/booking/rank';
import type { BookingRequest } from '../src/booking/schema/request';
import { daysAround, daysOf } from '../src/booking/windows';
import type { Call, DayRange, Provider } from '../src/providers/provider';
import type { ProviderActivities } from './contract';

/** Finding slots in the wanted windows, and the address of a visit. */

export async function searchSlots(
  provider: Provider,
  call: Call,
  timezone: string | null,
  input: Parameters<ProviderActivities['searchSlots']>[0],
): Promise<FoundSlots> {
  const { request, order, capabilities, tried, max } = input;
  const found = await provider.searchSlots(call, {
    days: daysWanted(request),
    address: postalAddress(request, order),
    location: null,
    request,
  });
  const slots = chooseSlots({
    slots: found.slots,
    request,
    now: new Date(),
    leadTimeMs: capabilities.leadTimeMs,
    minAgeYears: capabilities.minAgeYears,
    dob: order?.dob ?? request.patient?.dob ?? null,
    timezone,
    tried,
    max,
  });
  return { slots: carried(slots), complete: found.complete };
}

/**
 * Returns the days to search. A named slot may lie on a neighbouring day in the zone of its place, so those days count
 * too.
 */
function daysWanted({ windows, slot }: BookingRequest): DayRange[] {
  if (windows) return daysOf(windows);
  return slot ? [daysAround(new Date(slot.startsAt))] : [];
}

function postalAddress(request: BookingRequest, order: Order | null): PostalAddress | null {
  return order?.address ?? request.patient?.address ?? null;
}

/** Returns the address of a visit at home. Fails with `invalid_request` when there is none. */
export function addressOf(request: BookingRequest, order: Order | null): PostalAddress {
  const address = postalAddress(request, order);
  if (!address)
    throw new Failure('invalid_request', {
      field: 'patient.address',
      hint: 'A visit at home needs an address.',
    });
  return address;
}
