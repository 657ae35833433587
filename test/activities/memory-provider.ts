import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createProviderActivities } from '../../activities';
import type { Target, LookUp, ProviderActivities } from '../../activities/contract';
import type { FailureFacts } from '../../src/booking/failures';
import type { Appointment, Order, ProviderName, Sighting, Slot } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import type { BookingRequest } from '../../src/booking/schema/request';
import type { OwnershipClue } from '../../src/booking/sighting';
import type { Fence, Provider, Where } from '../../src/providers/provider';

/** A provider in memory that shows and answers what a test says, for what the activities make of it. */

export const START = '2026-12-07T15:00:00.000Z';
export const MAKER = 'b00k1ng.k1';
export const REF = bookRef(MAKER, 1);

export function anAppointment(id: string, more: Partial<Appointment> = {}): Appointment {
  const unsaid = { providerId: null, externalId: null, timezone: null, address: null, location: null };
  return {
    ...{ id, orderId: null, provider: 'getlabs', type: 'phlebotomy', ...unsaid, place: null },
    ...{ status: 'confirmed', eventStatus: null, phase: 'confirmed', canReschedule: null },
    ...{ startsAt: START, endsAt: null, ref: null, reason: null },
    ...more,
  };
}

export function anOrder(more: Partial<Order> = {}): Order {
  const unsaid = { passthrough: null, userId: null, address: null, dob: null, createdAt: null };
  return {
    ...{ id: 'o1', status: 'received', phase: 'ready', kind: 'at_home_phlebotomy', ...unsaid },
    ...{ hasAppointmentSince: null, ...more },
  };
}

export const SLOT: Slot = {
  ...{ key: 'a-key', startsAt: START, endsAt: '2026-12-07T16:00:00.000Z', expiresAt: null, timezone: null },
  ...{ price: null, distance: null, location: null, place: null },
};

export const REQUEST: BookingRequest = { provider: 'oliver', account: 'default', preference: 'earliest' };

/** What the provider shows and answers; each is called anew, so that it can change. */
export interface Memory {
  look: (where: Where) => Sighting;
  /** Null: there are no orders. */
  order: (() => Order) | null;
  book: () => Appointment;
  cancel: () => Appointment | null;
  cancelOrder: () => void;
  move: (() => Appointment) | null;
  ofUser: () => Order[];
}

const unexpected = (): never => {
  throw new TypeError('not expected to be called');
};

/** The activities over it, each call run as an attempt of this run, and the calls that they made. */
export function remembering(
  memory: Partial<Memory>,
  fence?: Fence,
): { activities: ProviderActivities; calls: string[] } {
  const calls: string[] = [];
  const provider = providerOf(memory, calls);
  const activities = createProviderActivities({
    providerFor: () => provider,
    timezoneOf: () => null,
    fence: fence ?? (() => Promise.resolve()),
  });
  return { activities: inContext(activities), calls };
}

function providerOf(memory: Partial<Memory>, calls: string[]): Provider {
  const { look = unexpected, order = null, book = unexpected, cancel = unexpected, move = null } = memory;
  const { cancelOrder = unexpected, ofUser = unexpected } = memory;
  const noted = async <T>(call: string, answer: () => T, fence?: Fence): Promise<T> => {
    await fence?.();
    calls.push(call);
    return answer();
  };
  return {
    name: 'oliver',
    tiers: null,
    searchSlots: unexpected,
    lookUp: (_call, where) => noted(where.fresh ? 'look afresh' : 'look', () => look(where)),
    book: ({ fence }) => noted('book', book, fence),
    cancelAppointment: ({ fence }) => noted('cancel', cancel, fence),
    reschedule: move && (({ fence }) => noted('move', move, fence)),
    orders: order && {
      place: unexpected,
      find: unexpected,
      list: unexpected,
      read: () => noted('read', order),
      cancel: ({ fence }) => noted('cancel order', cancelOrder, fence),
      ofUser: () => noted('orders', ofUser),
    },
  };
}

const SILENT = new DefaultLogger('ERROR', () => undefined);
export const RUN_ID = '00000000-0000-0000-0000-000000000000';

function inContext(activities: ProviderActivities): ProviderActivities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    (input: unknown) =>
      new MockActivityEnvironment({}, { logger: SILENT }).run(
        activity as (input: unknown) => Promise<unknown>,
        input,
      ),
  ]);
  // The same functions under the same names, each within a context of its own.
  return Object.fromEntries(wrapped) as ProviderActivities;
}

/** Where a look goes: at home unless told otherwise, where an order takes its appointment along and a call cancels. */
export function lookAt(
  clue: Partial<OwnershipClue> = {},
  more: Partial<LookUp> & { provider?: ProviderName } = {},
): LookUp {
  const { provider = 'junction-phlebotomy', ...rest } = more;
  const orderId = clue.orderId === undefined ? 'o1' : clue.orderId;
  return {
    target: atProvider(provider),
    request: {},
    orderId,
    startsAt: START,
    clue: {
      ...{ maker: MAKER, ownIds: [], takenOver: null, refReturns: true, before: [], triedStartsAt: START },
      ...{ ...clue, orderId },
    },
    liveIds: [],
    acceptedCancels: [],
    ...rest,
  };
}

/** A look of a booking that knows nothing yet, at a provider without orders. */
export function lookWithoutOrder(target: Target): LookUp {
  const clue = { orderId: null, refReturns: false, triedStartsAt: null };
  return lookAt(clue, { target, startsAt: null });
}

export function atProvider(provider: ProviderName, runIds: readonly string[] = [RUN_ID]): Target {
  return { provider, account: 'default', bookingId: 'b', callTimeoutMs: 1_000, runIds };
}

/** What crosses to the workflow when the activity fails. */
export async function failureOf(call: Promise<unknown>): Promise<{ code: string; facts: FailureFacts }> {
  const outcome = await call.then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)}`),
    (err: unknown) => err,
  );
  if (!(outcome instanceof ApplicationFailure)) throw outcome;
  return { code: outcome.type ?? '', facts: outcome.details?.[0] ?? {} }; // written by failures.ts
}
