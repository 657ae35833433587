import type { ProviderName } from '../src/booking/model';
import { syncWindowMs } from '../src/booking/request-parts';
import type { OwnershipClue } from '../src/booking/sighting';
import type { Call, Fence, Provider } from '../src/providers/provider';
import { createProviderAuditActivities } from './audit';
import { ordersOf, readCallOf, refuseReset, tiersOf, writeCallOf } from './call';
import { cancelAppointment } from './cancelling';
import type { Target, LookUp, ProviderActivities, ProviderAuditActivities } from './contract';
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
  return {
    ...createProviderAuditActivities(providerFor),
    ...readingActivities(providerFor, timezoneOf),
    ...pollingActivities(providerFor),
    ...writingActivities(providerFor, fence),
  };
}

type ProviderFor = ProviderActivitiesOptions['providerFor'];
type Reading = 'findOrder' | 'readOrder' | 'searchSlots' | 'chooseTier' | 'lookUp' | 'findOtherVisit';
type Polling = 'awaitOrderChange' | 'awaitAppointmentChange';

function readingActivities(
  providerFor: ProviderFor,
  timezoneOf: ProviderActivitiesOptions['timezoneOf'],
): Pick<ProviderActivities, Reading> {
  return {
    findOrder: ({ target, userId, createdSince }) =>
      reading(target, () => {
        const where = { bookingId: target.bookingId, userId, createdSince };
        return ordersOf(providerFor(target.provider)).find(readCallOf(target), where);
      }),
    readOrder: ({ target, orderId, isKnown }) =>
      reading(target, () => {
        const read = () => readOrder(providerFor, target, orderId);
        return isKnown ? knownToBeThere(read) : read();
      }),
    searchSlots: (input) =>
      reading(input.target, () =>
        searchSlots(
          providerFor(input.target.provider),
          timezoneOf(input.target.provider, input.target.account),
          input,
        ),
      ),
    chooseTier: ({ target, request, order }) =>
      reading(target, () =>
        tiersOf(providerFor(target.provider)).choose(readCallOf(target), {
          address: addressOf(request, order),
          wanted: request.tier ?? null,
        }),
      ),
    lookUp: (input) => reading(input.target, () => look(providerFor, input)),
    findOtherVisit: (input) =>
      reading(input.target, () =>
        findOtherVisit(providerFor(input.target.provider), readCallOf(input.target), input),
      ),
  };
}

function pollingActivities(providerFor: ProviderFor): Pick<ProviderActivities, Polling> {
  return {
    awaitOrderChange: ({ target, orderId, seenStatus, pauseMs }) =>
      asActivity(async () => {
        leaveAlone(pauseMs);
        const order = await knownToBeThere(() => readOrder(providerFor, target, orderId));
        if (order.status === seenStatus) throw notYet('the order has not changed');
        return order;
      }, atOnce),
    awaitAppointmentChange: ({ seen, missingForMs, pauseMs, ...wanted }) =>
      asActivity(async () => {
        leaveAlone(pauseMs);
        return changeOf(seen, await whileMissing(missingForMs, () => look(providerFor, wanted)));
      }, atOnce),
  };
}

function writingActivities(
  providerFor: ProviderFor,
  fence: Fence | undefined,
): Omit<ProviderActivities, Reading | Polling> {
  /** Does what every write has in common: the check for a reset before it, and the fence before its request. */
  const writing = <T>(
    { target, clue }: { target: Target; clue?: OwnershipClue },
    write: (provider: Provider, call: Call) => Promise<T>,
    extraMs?: number,
  ): Promise<T> =>
    asActivity(() => {
      if (clue) refuseReset(target, clue);
      return write(providerFor(target.provider), writeCallOf(target, { fence, extraMs }));
    });
  return {
    placeOrder: (input) => writing(input, (provider, call) => placeOrder(ordersOf(provider), call, input)),
    cancelOrder: (input) => writing(input, (provider, call) => cancelOrder(provider, call, input)),
    requestVisit: (input) => writing(input, (provider, call) => requestVisit(provider, call, input)),
    bookSlot: (input) =>
      writing(input, (provider, call) => bookSlot(provider, call, input), syncWindowMs(input.request)),
    moveAppointment: (input) => writing(input, (provider, call) => moveAppointment(provider, call, input)),
    cancelAppointment: (input) =>
      writing(input, (provider, call) => cancelAppointment(provider, call, input)),
  };
}

function readOrder(providerFor: ProviderFor, target: Target, orderId: string) {
  return ordersOf(providerFor(target.provider)).read(readCallOf(target), orderId);
}

function look(providerFor: ProviderFor, wanted: LookUp) {
  return lookUp(providerFor(wanted.target.provider), readCallOf(wanted.target), wanted);
}
