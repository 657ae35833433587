import type { ProviderName } from './model';

/**
 * What a provider can do. The saga learns only here how providers differ. A booking's first activity resolves this
 * table with the account's settings, and freezes the result into the booking. Sources: docs/providers.md#capabilities
 * and the sections of each provider.
 */
export interface Capabilities {
  /** Which systems of credentials, limits and webhooks the provider belongs to. */
  vendor: 'junction' | 'oliver';
  /** Task queue of the provider's activities. */
  taskQueue: string;
  /** The collection method that an order must have; null where the provider has no orders. */
  orderKind: string | null;
  /** Whether booking waits for the order's requisition (accounts opted in to book before it: a setting). */
  needsRequisition: boolean;
  /** Whether our ref comes back on the appointment, so that "is it ours?" can be read instead of inferred. */
  refReturns: boolean;
  /** Whether some areas have no slots to book: the provider is asked, and calls the patient to agree on a time. */
  requestTier: boolean;
  /** How the provider undoes an appointment: a call, or a task for its staff and waiting. */
  cancelBy: 'call' | 'staff_task';
  /** Whether cancelling the order takes its appointment with it. */
  orderCancelTakesAppointment: boolean;
  /** Whether the provider moves appointments itself. */
  reschedule: 'native' | 'none';
  /**
   * Whether cancels and moves name the order and not the appointment: a late one hits whatever the order has by then.
   */
  writesNameOrder: boolean;
  /**
   * Whether the provider tells news by itself; polling stands behind it either way. In a booking: and the workers know
   * the secret that it is signed with.
   */
  webhooks: boolean;
  /** The phases of an appointment by which its booking is confirmed. */
  confirmedBy: readonly ('confirmed' | 'reserved')[];
  /** How long after an unknown outcome its effect may still surface, in ms. */
  lateCommitWindowMs: number;
  /** Cancelling closer to the start than this costs a fee, in ms; 0 = no fee known. */
  feeWindowMs: number;
  /** How far ahead of its start a slot must be, in ms. */
  leadTimeMs: number;
  /** How old the patient must be on the day of the visit; null = any age. */
  minAgeYears: number | null;
  /** How long an order's idempotency key counts, in ms; 0 = no key. */
  orderKeyLifetimeMs: number;
  /** Whether the book call takes an idempotency key at all; whether the account has it is `bookKeyLifetimeMs`. */
  bookTakesKey: boolean;
  /** How long a book call's idempotency key counts, in ms; 0 = no key, or the account lacks it. */
  bookKeyLifetimeMs: number;
  /** One HTTP call's time limit, in ms; the book call's sync window is added to it. */
  callTimeoutMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const JUNCTION = {
  vendor: 'junction',
  taskQueue: 'bookings-junction',
  needsRequisition: true,
  refReturns: true,
  cancelBy: 'call',
  reschedule: 'native',
  writesNameOrder: true,
  webhooks: true,
  confirmedBy: ['confirmed'],
  lateCommitWindowMs: 120_000,
  leadTimeMs: 0,
  orderKeyLifetimeMs: DAY_MS,
  bookKeyLifetimeMs: 0,
  callTimeoutMs: 15_000,
} as const;

export const CAPABILITIES: Readonly<Record<ProviderName, Capabilities>> = {
  'junction-phlebotomy': {
    ...JUNCTION,
    orderKind: 'at_home_phlebotomy',
    requestTier: true,
    orderCancelTakesAppointment: true,
    bookTakesKey: false,
    feeWindowMs: DAY_MS,
    minAgeYears: 18,
  },
  'junction-psc': {
    ...JUNCTION,
    orderKind: 'walk_in_test',
    requestTier: false,
    orderCancelTakesAppointment: false,
    bookTakesKey: true,
    feeWindowMs: 0,
    minAgeYears: null,
  },
  oliver: {
    vendor: 'oliver',
    taskQueue: 'bookings-oliver',
    orderKind: null,
    requestTier: false,
    needsRequisition: false,
    refReturns: false,
    cancelBy: 'staff_task',
    orderCancelTakesAppointment: false,
    reschedule: 'none',
    writesNameOrder: false,
    webhooks: false,
    confirmedBy: ['confirmed'],
    lateCommitWindowMs: 300_000,
    feeWindowMs: 0,
    leadTimeMs: 0,
    minAgeYears: null,
    orderKeyLifetimeMs: 0,
    bookTakesKey: false,
    bookKeyLifetimeMs: 0,
    callTimeoutMs: 15_000,
  },
};
