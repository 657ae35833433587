import type { CancelMessage } from './messages';
import type { AppointmentPhase } from './model';
import type { BookingView } from './schema/view';

/** A book call whose effect is not known yet. */
export interface UnknownCall {
  since: string;
  startsAt: string | null;
  /** Whether it moves an existing appointment: then only the appointment at the new time is its effect. */
  isMove: boolean;
}

/** An unanswered call that names the order and not the appointment: it may hit whatever the order has by then. */
export interface OpenWrite {
  what: 'cancel' | 'move';
  /** When its late-commit window is over. */
  until: string;
}

/** A cancellation of ours that the provider accepted. From then on it may not show the appointment at all. */
export interface AcceptedCancel {
  id: string;
  at: string;
}

/** An appointment that was there before and was taken over, recognised by its id and the ref that it had then. */
export interface TakenOver {
  id: string;
  ref: string | null;
}

/**
 * What a booking knows of its own calls beyond its view. With both, and the request that it began with, a clean-up can
 * undo what a cut-off booking left. It holds neither slots nor request, so that it stays small enough for the memo.
 */
export interface BookingTraces {
  /** Whether its request was read. Before that it made nothing. */
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
  /** Whether a reset made the run that it continues, and no person allowed that run to go on. Left out when false. */
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
  /** The old appointment of a move, while both stand. */
  replaces: { id: string; startsAt: string | null; phase: AppointmentPhase } | null;
}
