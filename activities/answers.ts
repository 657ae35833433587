import type { Appointment, Order, Sighting, Unanswered } from '../src/booking/model';

/** What the writes at a provider answer. Part of contract.ts. */

export type BookAnswer =
  /** The appointment is held: by this call, or (`earlier`) by an earlier call of this booking that surfaced. */
  | {
      is: 'held';
      appointment: Appointment;
      earlier: boolean;
      /** The look that followed, order included; null where it did not come through at once. */
      seenAfter?: Sighting | null;
    }
  /** The slot cannot be had. `searchAgain`: its key is bad, so others of the same search may be too. */
  | { is: 'gone'; reason: string; searchAgain: boolean }
  /**
   * `isUnsent`: nothing was sent, because a new appointment stood at that start: an earlier call's effect, or
   * anybody's.
   */
  | (Unanswered & { isUnsent?: boolean });

/** What became of an appointment that was to be cancelled. It is looked up before the call and read after it. */
export type CancelAnswer =
  /** A read shows it ended, or it is absent after an accepted cancel of ours. `byUs`: a cancel of ours was accepted. */
  | { is: 'ended'; appointment: Appointment; byUs: boolean }
  /** The look showed nothing live of the booking's own, and no call was made. */
  | { is: 'nothing_there'; sighting: Sighting }
  /** The look showed it in one of `sparedPhases`, and no call was made. */
  | { is: 'spared'; appointment: Appointment }
  /** The provider's staff was asked; the appointment stands until they have cancelled it. */
  | { is: 'asked'; appointment: Appointment }
  /** The cancel may still take effect late. `accepted`: the provider accepted it, but no read has shown the end. */
  | (Unanswered & { appointment: Appointment; accepted: boolean });

/** What became of an order that was to be cancelled. */
export type OrderCancelAnswer =
  /** A read shows it ended. `byUs`: it ended after this very call, not before it. */
  { is: 'ended'; order: Order; byUs: boolean } | (Unanswered & { order: Order });
