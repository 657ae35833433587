import { Failure } from '../../src/booking/failures';
import type { Slot } from '../../src/booking/model';
import type { AttemptOutcome } from '../../src/booking/schema/view';
import { reads } from '../activities';
import { nowMs } from '../clock';
import { failureOf } from '../ending';
import { at, change, enter, type Booking } from '../state';

/** Step 3: what there is to take. Reading only: nothing to undo. */

/** The best slot not tried yet: of the last search while its keys live, else of a new one. */
export async function nextSlot(b: Booking): Promise<Slot> {
  const kept = b.state.slots.filter((slot) => isUsable(b, slot));
  const slots = kept.length > 0 ? kept : (await search(b)).filter((slot) => isUsable(b, slot));
  const [best, ...rest] = slots;
  if (!best) throw new Failure('no_slot');
  change(b, { slots: rest });
  return best;
}

async function search(b: Booking): Promise<Slot[]> {
  enter(b, 'searching');
  change(b, { slots: [] });
  const { request, order, capabilities, limits, attempts } = b.state;
  return reads(b, 'search slots in the wanted windows').searchSlots({
    at: at(b),
    request,
    order,
    capabilities,
    max: limits.maxSlotsKept + attempts.length,
  });
}

function isUsable(b: Booking, slot: Slot): boolean {
  const expired = slot.expiresAt !== null && Date.parse(slot.expiresAt) <= nowMs();
  return !expired && !isTried(b, slot) && Date.parse(slot.startsAt) > nowMs();
}

/** Whether this search has tried the slot, or the appointment that it would replace is there. */
function isTried(b: Booking, slot: Slot): boolean {
  const { attempts, triedFrom, appointment } = b.state;
  if (appointment?.startsAt && Date.parse(appointment.startsAt) === Date.parse(slot.startsAt)) return true;
  return attempts.slice(triedFrom).some((attempt) => attempt.slotMark === slotMark(slot));
}

/** A slot's identity across searches: keys change from one to the next, time and place do not. */
export function slotMark(slot: Slot): string {
  return `${slot.startsAt}@${slot.place?.code ?? ''}`;
}

/** What is taken: a slot, a visit that a vendor is asked for, or another slot for an appointment that stands. */
export type Offer =
  | { kind: 'book'; slot: Slot }
  | { kind: 'visit'; vendor: string }
  | { kind: 'move'; slot: Slot; appointmentId: string };

/**
 * The next thing to take: the best slot, or a visit that is asked for where the request says so or the place has
 * no slots to book. How the area is served is only read when that is in question.
 */
export async function nextOffer(b: Booking): Promise<Offer> {
  const { capabilities, request } = b.state;
  const open = capabilities.requestTier && request.tier === undefined && !request.slot;
  if (capabilities.requestTier && request.tier === 'request') return vendorOffer(b);
  try {
    return { kind: 'book', slot: await nextSlot(b) };
  } catch (err) {
    if (!open || failureOf(err)?.code !== 'area_not_served') throw err;
    return vendorOffer(b);
  }
}

async function vendorOffer(b: Booking): Promise<Offer> {
  const { request, order, attempts, triedFrom } = b.state;
  const tier = await reads(b, 'see how the area is served').chooseTier({ at: at(b), request, order });
  if (tier.tier === 'book') throw new Failure('area_not_served');
  // Asked once: a vendor that said no to this patient says no again. One that never heard us said nothing, and one
  // that had agreed and cancelled later may agree again.
  const answered = attempts.slice(triedFrom).filter(({ outcome }) => !MAY_AGREE.includes(outcome));
  if (answered.some(({ slotMark: mark }) => mark === tier.vendor)) throw new Failure('no_slot');
  return { kind: 'visit', vendor: tier.vendor };
}

const MAY_AGREE: readonly AttemptOutcome[] = ['unknown', 'confirmed'];
