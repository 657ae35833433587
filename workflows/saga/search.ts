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
  const { request, capabilities } = b.state.terms;
  return reads(b, why).searchSlots({
    target: targetOf(b),
    request: withoutOrderDetails(request),
    order,
    capabilities,
    max: mostSlots(b),
    tried,
  });
}

/** Returns how many slots a search gives at most. */
export function mostSlots({ state }: Booking): number {
  const { limits } = state.terms;
  return Math.min(limits.maxSlotsKept + state.search.attempts.length, 2 * MOST);
}
