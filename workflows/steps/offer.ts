import { Failure, type FailureCode } from '../../src/booking/failures';
import type { FoundSlots, Slot } from '../../src/booking/model';
import { withoutOrderDetails } from '../../src/booking/request-parts';
import { slotMark } from '../../src/booking/slot-mark';
import { isSameTime } from '../../src/booking/times';
import type { AttemptOutcome } from '../../src/booking/schema/view';
import { reads } from '../saga/activities';
import { foundAhead } from '../saga/ahead';
import { nowMs } from '../saga/clock';
import { failureOf } from '../saga/ending';
import { stepBegan } from '../saga/parts/progress';
import { slotsFound, slotsOutdated, type Offer } from '../saga/parts/search';
import { searchSlots } from '../saga/search';
import { targetOf, type Booking } from '../saga/state';

/** Finds what there is to take. It only reads, so there is nothing to undo. */

/** Returns the best untried slot: from the last search while its keys are valid, else from a new search. */
export async function nextSlot(b: Booking): Promise<Slot> {
  const kept = b.state.search.slots.filter((slot) => isUsable(b, slot));
  const { slots, complete } = kept.length > 0 ? { slots: kept, complete: true } : await search(b);
  const [best, ...rest] = slots;
  if (!best) throw new Failure(complete ? 'no_slot' : 'search_incomplete');
  slotsFound(b, rest);
  return best;
}

/** Searches for slots and leaves out those that were tried, except the one marked `again`. */
async function search(b: Booking, again: string | null = null): Promise<FoundSlots> {
  stepBegan(b, 'searching');
  slotsOutdated(b);
  const { attempts, triedFrom } = b.state.search;
  const order = b.state.order.known;
  const tried = new Set(attempts.slice(triedFrom).map((attempt) => attempt.slotMark));
  if (again !== null) tried.delete(again);
  const searched = () => searchSlots(b, 'search slots in the wanted windows', order, [...tried]);
  const first = foundAhead(b) ?? (await searched());
  // After a time without workers an answer is old when it comes. Then it does not prove that there is no slot.
  const { slots, complete } = isOutdated(first) ? await searched() : first;
  if (isOutdated({ slots, complete })) throw new Failure('unexpected_answer', { said: ALL_EXPIRED });
  return { slots: slots.filter((slot) => slotMark(slot) === again || isUsable(b, slot)), complete };
}

const ALL_EXPIRED = 'every slot that two searches gave had expired when they were heard of';

/** Searches again for the same slot, for a fresh key, and keeps the others for later. Returns null when it is gone. */
export async function sameSlot(b: Booking, slot: Slot): Promise<Slot | null> {
  const mark = slotMark(slot);
  const { slots, complete } = await search(b, mark);
  const again = slots.find((one) => slotMark(one) === mark);
  slotsFound(
    b,
    slots.filter((one) => one !== again),
  );
  if (!again && !complete) throw new Failure('search_incomplete');
  return again ?? null;
}

/** Returns true when slots were found and none of them can be booked any more. */
function isOutdated({ slots }: FoundSlots): boolean {
  return slots.length > 0 && !slots.some(isCurrent);
}

function isUsable(b: Booking, slot: Slot): boolean {
  return isCurrent(slot) && !isTried(b, slot);
}

function isCurrent({ startsAt, expiresAt }: Slot): boolean {
  const isExpired = expiresAt !== null && Date.parse(expiresAt) <= nowMs();
  return !isExpired && Date.parse(startsAt) > nowMs();
}

/** Returns true when this search has tried the slot, or the appointment that it would replace is there. */
function isTried(b: Booking, slot: Slot): boolean {
  const { attempts, triedFrom } = b.state.search;
  const appointment = b.state.appointment.held;
  if (isSameTime(appointment?.startsAt ?? null, slot.startsAt)) return true;
  return attempts.slice(triedFrom).some((attempt) => attempt.slotMark === slotMark(slot));
}

/**
 * Returns the next offer: the best slot, or a visit to ask a vendor for when the request says so or the place has no
 * slots to book. How the area is served is read only when that is in question.
 */
export async function nextOffer(b: Booking): Promise<Offer> {
  const { capabilities, request } = b.state.terms;
  const open = capabilities.requestTier && request.tier === undefined && !request.slot;
  if (capabilities.requestTier && request.tier === 'request') return vendorOffer(b);
  try {
    return { kind: 'book', slot: await nextSlot(b) };
  } catch (err) {
    const failure = failureOf(err);
    if (!open || !failure || !MAY_BE_BY_PHONE.includes(failure.code)) throw err;
    return vendorOffer(b, failure);
  }
}

/** The failures of a search at a place that may have no slots at all. */
const MAY_BE_BY_PHONE: readonly FailureCode[] = ['area_not_served', 'search_incomplete'];

/** Offers a visit that a vendor is asked for. Throws `otherwise` when the place is served by slots after all. */
async function vendorOffer(b: Booking, otherwise = new Failure('area_not_served')): Promise<Offer> {
  const { request } = b.state.terms;
  const { attempts, triedFrom } = b.state.search;
  const order = b.state.order.known;
  const tier = await reads(b, 'see how the area is served').chooseTier({
    target: targetOf(b),
    request: withoutOrderDetails(request),
    order,
  });
  if (tier.tier === 'book') throw otherwise;
  // Each vendor is asked once, because a vendor that refused this patient refuses again. A vendor whose call was
  // unanswered may never have heard us, and one that agreed and cancelled later may agree again.
  const answered = attempts.slice(triedFrom).filter(({ outcome }) => !MAY_AGREE.includes(outcome));
  if (answered.some(({ slotMark: mark }) => mark === tier.vendor)) throw new Failure('no_slot');
  return { kind: 'visit', vendor: tier.vendor };
}

const MAY_AGREE: readonly AttemptOutcome[] = ['unknown', 'confirmed'];
