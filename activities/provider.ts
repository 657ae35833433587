import type { ProviderName } from '../src/booking/model';
import { syncWindowMs } from '../src/booking/request-parts';
import type { OwnershipClue } from '../src/booking/sighting';
import type { Call, Fence, Provider } from '../src/providers/provider';
import { createProviderAuditActivities } from './audit';
import { ordersOf, readCallOf, refuseReset, tiersOf, writeCallOf } from './call';
import { cancelAppointment } from './cancelling';
import type { At, LookUp, ProviderActivities, ProviderAuditActivities } from './contract';
import { atOnce, crossing, notYet } from './failures';
import { changeOf, knownToBeThere, leaveAlone, lookUp, whileMissing } from './looking';
import { cancelOrder, findOtherVisit, placeOrder } from './ordering';
import { reading } from './patience';
import { addressOf, searchSlots } from './searching';
import { bookSlot, moveAppointment, requestVisit } from './taking';

export interface ProviderActivitiesOptions {
  providerFor: (name: ProviderName) => Provider;
  /** IANA zone of an account's place, where the provider gives none. */
  timezoneOf: (provider: ProviderName, account: string) => string | null;
  /** Asked before every write; by default Temporal is, whether the attempt still counts. */
  fence?: Fence;
}

/** The activities of a provider's queue: its adapter, looked before every write and read after every undo. */
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
    findOrder: ({ at, userId, createdSince }) =>
      reading(at, () => {
        const where = { bookingId: at.bookingId, userId, createdSince };
        return ordersOf(providerFor(at.provider)).find(readCallOf(at), where);
      }),
    readOrder: ({ at, orderId, isKnown }) =>
      reading(at, () => {
        const read = () => readOrder(providerFor, at, orderId);
        return isKnown ? knownToBeThere(read) : read();
      }),
    searchSlots: (input) =>
      reading(input.at, () =>
        searchSlots(providerFor(input.at.provider), timezoneOf(input.at.provider, input.at.account), input),
      ),
    chooseTier: ({ at, request, order }) =>
      reading(at, () =>
        tiersOf(providerFor(at.provider)).choose(readCallOf(at), {
          address: addressOf(request, order),
          wanted: request.tier ?? null,
        }),
      ),
    lookUp: (input) => reading(input.at, () => look(providerFor, input)),
    findOtherVisit: (input) =>
      reading(input.at, () => findOtherVisit(providerFor(input.at.provider), readCallOf(input.at), input)),
  };
}

function pollingActivities(providerFor: ProviderFor): Pick<ProviderActivities, Polling> {
  return {
    awaitOrderChange: ({ at, orderId, seenStatus, pauseMs }) =>
      crossing(async () => {
        leaveAlone(pauseMs);
        const order = await knownToBeThere(() => readOrder(providerFor, at, orderId));
        if (order.status === seenStatus) throw notYet('the order has not changed');
        return order;
      }, atOnce),
    awaitAppointmentChange: ({ seen, missingForMs, pauseMs, ...wanted }) =>
      crossing(async () => {
        leaveAlone(pauseMs);
        return changeOf(seen, await whileMissing(missingForMs, () => look(providerFor, wanted)));
      }, atOnce),
  };
}

function writingActivities(
  providerFor: ProviderFor,
  fence: Fence | undefined,
): Omit<ProviderActivities, Reading | Polling> {
  /** What every write has in common: what must hold before it, and the fence before its request. */
  const writing = <T>(
    { at, clue }: { at: At; clue?: OwnershipClue },
    write: (provider: Provider, call: Call) => Promise<T>,
    extraMs?: number,
  ): Promise<T> =>
    crossing(() => {
      if (clue) refuseReset(at, clue);
      return write(providerFor(at.provider), writeCallOf(at, { fence, extraMs }));
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

function readOrder(providerFor: ProviderFor, at: At, orderId: string) {
  return ordersOf(providerFor(at.provider)).read(readCallOf(at), orderId);
}

function look(providerFor: ProviderFor, wanted: LookUp) {
  return lookUp(providerFor(wanted.at.provider), readCallOf(wanted.at), wanted);
}
