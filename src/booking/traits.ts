/**
 * What a provider's entry says of how it differs from others (the provider's `facts.ts`). The saga learns it from the
 * capabilities (capabilities.ts), which add what follows from the vendor. Sources: docs/providers.md#capabilities and the
 * sections of each provider.
 */
export interface Traits {
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
   * Whether an appointment keeps its id when it is moved. If not, and no ref returns, a cancelled one may have been moved,
   * and a person is asked.
   */
  moveKeepsId: boolean;
  /**
   * Whether the provider tells how a visit ended. By the clock, it is over once a look after its end shows that the
   * appointment stands.
   */
  visitEnds: 'told' | 'clock';
  /**
   * Whether cancels and moves name the order and not the appointment: a late one hits whatever the order has by then.
   */
  writesNameOrder: boolean;
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
