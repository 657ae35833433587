import type { ProviderName } from '../src/booking/model';
import type { POLLS } from '../src/booking/names';
import { syncWindowMs } from '../src/booking/request-parts';
import type { OwnershipClue } from '../src/booking/sighting';
import type { Call, Fence, Provider } from '../src/providers/provider';
import { lookedAfter, readAhead, type Place, type Taking } from './ahead';
import { createProviderAuditActivities } from './audit';
import { ordersOf, readCallOf, refuseReset, tiersOf, writeCallOf } from './call';
import { cancelAppointment } from './cancelling';
import type {
  AheadOf,
  BookAnswer,
  LookUp,
  OrderRead,
  ProviderActivities,
  ProviderAuditActivities,
  Target,
} from './contract';
import { atOnce, asActivity, notYet } from './failures';
import { changeOf, knownToBeThere, leaveAlone, lookUp, whileMissing } from './looking';
import { cancelOrder, findOtherVisit, placeOrder } from './ordering';
import { reading } from './patience';
import { addressOf, searchSlots } from './searching';
import { bookSlot, moveAppointment, requestVisit } from './taking';

export interface ProviderActivitiesOptions {
  providerFor: (name: ProviderName) => Provider;
  /** IANA zone of an account's place, where the provider gives none. */
  timezoneOf: (provider: ProviderName, account: string) => string | null;
  /** Asked before every write. The default asks Temporal whether the attempt still counts. */
  fence?: Fence;
}

/**
 * The activities of a provider's queue: calls of its adapter, with a look before every write and a read after every
 * undo.
 */
export function createProviderActivities({
  providerFor,
  timezoneOf,
  fence,
}: ProviderActivitiesOptions): ProviderActivities & ProviderAuditActivities {
  const placeOf: PlaceOf = ({ provider, account }) => ({
    provider: providerFor(provider),
    timezone: timezoneOf(provider, account),
  });
  return {
    ...createProviderAuditActivities(providerFor),
    ...readingActivities(placeOf),
    ...pollingActivities(placeOf),
    ...writingActivities(placeOf, fence),
  };
}

type PlaceOf = (target: Target) => Place;
type Reading = 'findOrder' | 'readOrder' | 'searchSlots' | 'chooseTier' | 'lookUp' | 'findOtherVisit';
type Polling = (typeof POLLS)[number];

function readingActivities(placeOf: PlaceOf): Pick<ProviderActivities, Reading> {
  const providerOf = (target: Target) => placeOf(target).provider;
  return {
    findOrder: ({ target, userId, createdSince }) =>
      reading(target, () => {
        const where = { bookingId: target.bookingId, userId, createdSince };
        return ordersOf(providerOf(target)).find(readCallOf(target), where);
      }),
    readOrder: ({ isKnown, ...input }) =>
      reading(input.target, () => {
        const read = () => readOrder(placeOf, input);
        return isKnown ? knownToBeThere(read) : read();
      }),
    searchSlots: (input) =>
      reading(input.target, () => {
        const { provider, timezone } = placeOf(input.target);
        return searchSlots(provider, readCallOf(input.target), timezone, input);
      }),
    chooseTier: ({ target, request, order }) =>
      reading(target, () =>
        tiersOf(providerOf(target)).choose(readCallOf(target), {
          address: addressOf(request, order),
          wanted: request.tier ?? null,
        }),
      ),
    lookUp: (input) => reading(input.target, () => look(placeOf, input)),
    findOtherVisit: (input) =>
      reading(input.target, () => findOtherVisit(providerOf(input.target), readCallOf(input.target), input)),
  };
}

function pollingActivities(placeOf: PlaceOf): Pick<ProviderActivities, Polling> {
  return {
    awaitOrderChange: ({ seenStatus, pauseMs, ...input }) =>
      asActivity(async () => {
        leaveAlone(pauseMs);
        return knownToBeThere(() => readOrder(placeOf, input, seenStatus));
      }, atOnce),
    awaitAppointmentChange: ({ seen, missingForMs, pauseMs, everyMs, until, ...wanted }) =>
      asActivity(async () => {
        leaveAlone(pauseMs, until);
        const sighting = await whileMissing(missingForMs, () => look(placeOf, wanted));
        return changeOf(seen, sighting, everyMs, until);
      }, atOnce),
  };
}

function writingActivities(
  placeOf: PlaceOf,
  fence: Fence | undefined,
): Omit<ProviderActivities, Reading | Polling> {
  /** Does what every write has in common: the check for a reset before it, and the fence before its request. */
  const writing = <T>(
    { target, clue }: { target: Target; clue?: OwnershipClue },
    write: (place: Place, call: Call) => Promise<T>,
    extraMs?: number,
  ): Promise<T> =>
    asActivity(() => {
      if (clue) refuseReset(target, clue);
      return write(placeOf(target), writeCallOf(target, { fence, extraMs }));
    });
  const taking = (
    input: Taking,
    take: (place: Place, call: Call) => Promise<BookAnswer>,
    extraMs?: number,
  ): Promise<BookAnswer> =>
    writing(input, async (place, call) => lookedAfter(place, input, await take(place, call)), extraMs);
  return {
    placeOrder: (input) => writing(input, (place, call) => placeOrder(place, call, input)),
    cancelOrder: (input) => writing(input, ({ provider }, call) => cancelOrder(provider, call, input)),
    requestVisit: (input) =>
      taking({ ...input, orderId: input.order.id }, ({ provider }, call) =>
        requestVisit(provider, call, input),
      ),
    bookSlot: (input) =>
      taking(input, ({ provider }, call) => bookSlot(provider, call, input), syncWindowMs(input.request)),
    moveAppointment: (input) => taking(input, ({ provider }, call) => moveAppointment(provider, call, input)),
    cancelAppointment: (input) =>
      writing(input, ({ provider }, call) => cancelAppointment(provider, call, input)),
  };
}

/** Reads an order, and reads ahead what the next steps need. Fails softly while the order's status is as last seen. */
async function readOrder(
  placeOf: PlaceOf,
  { target, orderId, ahead }: { target: Target; orderId: string } & AheadOf,
  seenStatus?: string,
): Promise<OrderRead> {
  const place = placeOf(target);
  const order = await ordersOf(place.provider).read(readCallOf(target), orderId);
  if (order.status === seenStatus) throw notYet('the order has not changed');
  return { order, ahead: ahead ? await readAhead(place, target, order, ahead.request, ahead) : null };
}

function look(placeOf: PlaceOf, wanted: LookUp) {
  return lookUp(placeOf(wanted.target).provider, readCallOf(wanted.target), wanted);
}
