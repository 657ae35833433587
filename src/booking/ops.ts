import type { BookingView } from './schema/view';
import type { BookingTraces } from './traces';

/**
 * Operating bookings from outside (sweeps, resuming after an incident): the data that passes between the workflows that
 * do it, their activities and the client. Plain JSON and pure types, so every layer may use them.
 */

/** A booking's run that ended without the booking's own end: somebody pressed Terminate, or its time ran out. */
export interface CutOff {
  bookingId: string;
  runId: string;
  /** Temporal's word for how it ended. */
  how: 'TERMINATED' | 'TIMED_OUT' | 'CANCELLED' | 'FAILED';
}

/** What a cut-off run published. Only the clean-up after it reads this. */
export interface LeftBehind {
  /** When the booking began and when this run of it was cut off, RFC 3339. */
  createdAt: string;
  cutOffAt: string;
  /** The run's input, unparsed. */
  request: unknown;
  /** The last view that the run put into its memo; null when it never came that far. */
  view: BookingView | null;
  traces: BookingTraces | null;
  /** Whether a run came before it (a reset makes such a run): without traces it tells nothing about earlier runs. */
  isLaterRun: boolean;
  /** Whether a reset made it and no person allowed it to go on: its traces may not tell what the run before it made. */
  isAfterReset: boolean;
}

/** A cut-off run that the next sweep looks into again. */
export interface LookedIntoAgain extends CutOff {
  /** Whether it is a run of the booking or of the clean-up after it. */
  workflow: 'booking' | 'cleanup';
  /** How many sweeps in a row could not look into it; 0 while it only waits for another booking to end. */
  tries: number;
  /** Why the last of them could not: a failure's code or an error's name. */
  why: string | null;
}

/** What one sweep did. Every time is Temporal's, RFC 3339. */
export interface Swept {
  /** Runs that ended from this time on were looked at. */
  since: string;
  /** All runs that ended before this time have been looked at. */
  until: string;
  /** Bookings whose clean-up it began. */
  begun: string[];
  /** Runs to look at again: a newer booking holds the order, or Temporal did not answer about them. */
  again: LookedIntoAgain[];
}

/** A booking that cannot report itself. */
export interface StuckBooking {
  bookingId: string;
  /**
   * `task_failing`: its workflow task fails again and again; `activity_waiting`: nobody takes up its activity;
   * `cut_off_unsettled`: it was cut off, and sweep after sweep cannot begin its clean-up; `not_described`: Temporal
   * does not say how it stands, while its provider's queue has no worker.
   */
  cause: 'task_failing' | 'activity_waiting' | 'cut_off_unsettled' | 'not_described';
  /** The activity's type or the cause of the failures, in Temporal's words. */
  detail: string;
  /** RFC 3339; null where Temporal does not say. */
  since: string | null;
}

export interface StuckReport {
  stuck: StuckBooking[];
  /** Task queues without a worker that open bookings need: `bookings`, or one whose activities wait. */
  unattendedQueues: string[];
  /** False when this Temporal server does not tell which workflow tasks keep failing. */
  tellsFailingTasks: boolean;
  /** How the newest sweep failed, in Temporal's word; null when it ended well, or when none has ended. */
  sweepFails: string | null;
}

/** Bookings that wait for a person for the same reason. */
export interface Incident {
  reason: string;
  provider: string;
  account: string;
  count: number;
  /** When the oldest of them began, RFC 3339: its attention is not older than that. */
  since: string | null;
  /** The first hundred. */
  bookingIds: string[];
}

/** Names an incident. A provider or account that is left out means any. */
export interface IncidentFilter {
  reason: string;
  provider?: string;
  account?: string;
}

/** What a booking is told when it is to try again. */
export interface Retrying {
  /** Who asks, for the booking's records. */
  by: string;
  /** What it waits for. A booking that waits for something else by now is left alone. */
  reason: string;
  /** The request's own token, which shows that a booking was told already. Absent from earlier builds. */
  id?: string;
}

/**
 * Since when each booking waited when it was listed, RFC 3339, by workflow id. Bookings with unreadable views are left
 * out.
 */
export type WaitingSince = Readonly<Record<string, string>>;

/**
 * What became of a booking that was to try again. `changed`: it no longer waits as it was listed, and was left alone.
 */
export type Told = 'resumed' | 'ended' | 'changed';

/** Resuming the bookings of an incident. */
export interface BulkInput {
  incident: IncidentFilter;
  /** Bookings a second, 0.1 to 50. */
  ratePerSecond: number;
  /** Who asks, for the bookings' records. */
  by: string;
  /**
   * The request's own token, which tells it from the next request for the same incident. Absent from earlier builds.
   */
  requestId?: string;
}

/** How far the bulk workflow has come with the newest request that it took up. */
export interface BulkProgress {
  /** How many bookings were found; null until they have been counted. */
  total: number | null;
  resumed: number;
  /** How many had ended when their turn came. */
  passedOver: number;
  /**
   * How many no longer waited as they were listed when their turn came, because they were decided meanwhile or ask
   * anew. They were left alone.
   */
  changed: number;
  /** How many could not be told. They are told again at the end. */
  failed: number;
  /** The first hundred of those. */
  failedIds: string[];
  done: boolean;
}

/** Where a listing of waiting bookings goes on: after this one, the oldest first. */
export interface WaitingCursor {
  startedAt: string;
  workflowId: string;
}

/** A piece of the listing of bookings that wait for a person. */
export interface Waiting {
  /** The oldest first; only as many as fit into one payload. */
  workflowIds: string[];
  /** Absent from earlier builds. */
  sinceOf?: WaitingSince;
  /** How many wait from the cursor on, these included. */
  count: number;
  /** Null when these are the last. */
  next: WaitingCursor | null;
}

/** What became of the bookings that were told to try again. */
export interface Resumed {
  passedOver: number;
  /** Absent from earlier builds. */
  changed?: number;
  failedIds: string[];
}
