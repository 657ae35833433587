import {
  createClaimActivities,
  createCoreActivities,
  createProviderActivities,
  type ClaimWork,
} from '../../activities';
import type { CoreActivities, ProviderActivities } from '../../activities/contract';
import type { CoreOptions } from '../../activities/core';
import { CAPABILITIES } from '../../src/booking/capabilities';
import { Failure } from '../../src/booking/failures';
import { DEFAULT_LIMITS } from '../../src/booking/limits';
import type { Appointment, Order, Sighting, Slot, AppointmentPhase } from '../../src/booking/model';
import type { BookingRequest } from '../../src/booking/schema/request';
import { createJunction } from '../../src/providers/junction';
import type { Provider } from '../../src/providers/provider';

/**
 * A provider in a few lines that lives by the server's clock. The sandboxes keep real time, which a server that
 * skips hours does not wait for; so where a rule is about hours, the world is scripted, and only there.
 */
export interface Script {
  /** How the appointment stands; a test changes it as the provider would. */
  phase: AppointmentPhase;
  /** Whether our credentials are rejected just now. */
  lockedOut: boolean;
  /** The ref of the appointment that was booked; null before. */
  ref: string | null;
  orderIsCancelled: boolean;
  slot: { startsAt: string; endsAt: string };
  /** What was done to the provider, with the server's time in ms. */
  log: { did: 'book' | 'look' | 'cancel appointment' | 'cancel order'; atMs: number }[];
}

export const ORDER_ID = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';

/** Refs return here, and nobody else has the order. */
const NO_CLAIMS: ClaimWork = {
  othersClaims: () => Promise.reject(new Error('not asked where refs return')),
  isOrderUsedElsewhere: () => Promise.resolve(false),
};

/** The project's own activities over a script. `clock` is the server's. */
export function scriptedActivities(
  script: Script,
  clock: () => Promise<number>,
  options: CoreOptions,
): { core: CoreActivities; junction: ProviderActivities } {
  const provider = scriptedProvider(script, clock);
  const junction = createProviderActivities({
    providerFor: () => provider,
    timezoneOf: () => 'America/Phoenix',
  });
  return {
    core: {
      ...createCoreActivities(options),
      ...createClaimActivities(NO_CLAIMS, options.config),
      // The real one reads the request by the real date; the server's is days ahead of it.
      openBooking: ({ request }) => Promise.resolve(opened(request)),
    },
    junction: {
      ...junction,
      // The real one drops what lies in the past by the real clock, ahead as well.
      searchSlots: () => Promise.resolve({ slots: [slotOf(script)], complete: true }),
      readOrder: async (input) => ({ ...(await junction.readOrder(input)), ahead: null }),
    },
  };
}

function opened(input: unknown): Awaited<ReturnType<CoreActivities['openBooking']>> {
  // The test wrote the request itself.
  const request = input as BookingRequest;
  return {
    request,
    capabilities: { ...CAPABILITIES['junction-phlebotomy'], feeWindowMs: 0 },
    limits: { ...DEFAULT_LIMITS, ...request.limits },
  };
}

function scriptedProvider(script: Script, clock: () => Promise<number>): Provider {
  const note = async (did: Script['log'][number]['did']): Promise<void> => {
    if (script.lockedOut) throw new Failure('credentials_rejected');
    script.log.push({ did, atMs: await clock() });
  };
  const { orders, ...junction } = createJunction('junction-phlebotomy', {
    accounts: {},
    log: { warn: () => undefined },
  });
  return {
    ...junction,
    tiers: null,
    orders: orders && {
      ...orders,
      read: () => Promise.resolve(orderOf(script)),
      async cancel() {
        await note('cancel order');
        script.orderIsCancelled = true;
      },
    },
    async book(_call, { ref }) {
      await note('book');
      script.ref = ref;
      return appointmentOf(script, ref);
    },
    async lookUp() {
      await note('look');
      return sightingOf(script);
    },
    async cancelAppointment() {
      await note('cancel appointment');
      script.phase = 'cancelled';
      return null;
    },
  };
}

function sightingOf(script: Script): Sighting {
  if (script.ref === null) return { order: orderOf(script), live: [], ended: [] };
  const shown = appointmentOf(script, script.ref);
  return shown.phase === 'cancelled'
    ? { order: orderOf(script), live: [], ended: [shown] }
    : { order: null, live: [shown], ended: [] };
}

function orderOf({ orderIsCancelled }: Script): Order {
  const phase = orderIsCancelled ? 'cancelled' : 'ready';
  const unsaid = {
    passthrough: null,
    userId: null,
    address: null,
    dob: null,
    createdAt: null,
    hasAppointmentSince: null,
  };
  return {
    id: ORDER_ID,
    status: `${phase}.at_home_phlebotomy`,
    phase,
    kind: 'at_home_phlebotomy',
    ...unsaid,
  };
}

function slotOf({ slot }: Script): Slot {
  const unsaid = {
    expiresAt: null,
    timezone: null,
    price: null,
    distance: null,
    location: null,
    place: null,
  };
  return { key: 'a-slot', ...slot, ...unsaid };
}

function appointmentOf({ phase, slot }: Script, ref: string): Appointment {
  return {
    id: '5d2c1a6e-0000-4000-8000-000000000001',
    orderId: ORDER_ID,
    provider: 'getlabs',
    providerId: null,
    externalId: null,
    type: 'phlebotomy',
    status: phase,
    eventStatus: phase,
    phase,
    ...slot,
    timezone: null,
    address: null,
    location: null,
    place: null,
    canReschedule: true,
    ref,
    reason: null,
  };
}
