import type { CancelMessage } from './messages';
import type { AppointmentPhase } from './model';
import type { BookingView } from './schema/view';

/** A book call whose effect is not known yet. */
export interface UnknownCall {
  since: string;
  startsAt: string | null;
  /** Whether it moves an appointment that stands: then only the appointment at the new time is its effect. */
  isMove: boolean;
}

/** A call that was not answered and names the order, not the appointment: it may hit whatever the order has by then. */
export interface OpenWrite {
  what: 'cancel' | 'move';
  /** When its late-commit window is over. */
  until: string;
}

/** A cancellation of ours that the provider accepted: from then on it may no longer show the appointment at all. */
export interface AcceptedCancel {
  id: string;
  at: string;
}

/** An appointment that was there before and was taken over: known by its id and by the ref that it carried then. */
export interface TakenOver {
  id: string;
  ref: string | null;
}

/**
 * What a booking knows of its own calls beyond its view: with both, and the request that it began with, what it left can
 * be undone after it was cut off. Without slots and request, so that it stays small: it is kept in the memo.
 */
export interface BookingTraces {
  /** Whether its request was read: before that it can have made nothing. */
  opened: boolean;
  /** See the parts of the state in workflows/saga/parts/. */
  ownAppointmentIds: readonly string[];
  leftIds: readonly string[];
  inferredIds: readonly string[];
  acceptedCancels: readonly AcceptedCancel[];
  askedOfStaff: readonly string[];
  openWrites: readonly OpenWrite[];
  unansweredStarts: readonly string[];
  acceptedRunId: string | null;
  /** Whether it goes on from a run that a reset made and nobody had go on. Left out where it does not. */
  isAfterReset?: boolean;
  seenBefore: readonly string[];
  partlySeenStarts?: readonly string[];
  inferredUntil?: string | null;
  tookOver: boolean;
  takenOver: TakenOver | null;
  orderRefused: boolean;
  orderLeft: boolean;
  unknownBook: UnknownCall | null;
  unknownOrderSince: string | null;
  undoCalls: readonly BookingView['compensation'][number]['step'][];
  cancel: CancelMessage | null;
  acceptFees: boolean;
  /** What the view's appointment means to the saga. */
  phase: AppointmentPhase | null;
  /** The old one of a move, while both stand. */
  replaces: { id: string; startsAt: string | null; phase: AppointmentPhase } | null;
}
