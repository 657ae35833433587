import type { FoundSlots, Order } from '../../src/booking/model';
import { MOST } from '../../src/booking/limits';
import { withoutOrderDetails } from '../../src/booking/request-parts';
import { reads } from './activities';
import { targetOf, type Booking } from './state';

/** Searches slots in the wanted windows, without those whose marks are `tried`. Reading only. */
export async function searchSlots(
  b: Booking,
  why: string,
  order: Order | null,
  tried: readonly string[] = [],
): Promise<FoundSlots> {
  const { request, capabilities, limits } = b.state.terms;
  const { attempts } = b.state.search;
  return reads(b, why).searchSlots({
    target: targetOf(b),
    request: withoutOrderDetails(request),
    order,
    capabilities,
    max: Math.min(limits.maxSlotsKept + attempts.length, 2 * MOST),
    tried,
  });
}
