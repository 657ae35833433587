import type { BookingView } from './schema/view';
import type { BookingTraces } from './traces';

/**
 * Operating bookings from outside of them (sweeps, audits, resuming after an incident): what passes between the workflows that do it, their activities and
 * the client. Plain JSON. Pure types: every layer may take them.
 */

/** A booking's run that ended without the booking's own end: somebody pressed Terminate, or its time ran out. */
export interface CutOff {
  bookingId: string;
  runId: string;
  /** Temporal's word for how it ended. */
  how: 'TERMINATED' | 'TIMED_OUT' | 'CANCELLED' | 'FAILED';
}

/** What a run that was cut off left to be known by: read by the clean-up after it, and by nobody else. */
export interface LeftBehind {
  /** When the booking began and when this run of it was cut off, RFC 3339. */
  createdAt: string;
  cutOffAt: string;
  /** As it was given to the run; unparsed. */
  request: unknown;
  /** The last that the run put into its memo; null when it never came so far. */
  view: BookingView | null;
  traces: BookingTraces | null;
  /** Whether it was a later run, as one that a reset in Temporal makes: without traces it tells nothing of the runs before it. */
  isLaterRun: boolean;
  /** Whether it was made by a reset, and no person had it go on: its traces may not tell what the run before it made. */
  isAfterReset: boolean;
}

/** A run that was cut off and that the next sweep looks into again. */
export interface LookedIntoAgain extends CutOff {
  /** Whether it is a run of the booking, or of the clean-up after it. */
  workflow: 'booking' | 'cleanup';
  /** How many sweeps in a row could not look into it; 0 while it only waits for another booking to end. */
  tries: number;
  /** What the last of them met: a failure's code or an error's name. */
  why: string | null;
}

/** What one sweep did. Every time is Temporal's, RFC 3339. */
export interface Swept {
  /** What ended from here on was looked at. */
  since: string;
  /** Everything that ended before this has been looked at. */
  until: string;
  /** Bookings whose clean-up it began. */
  begun: string[];
  /** Those to look at again: a newer booking holds the order, or Temporal did not answer about them. */
  again: LookedIntoAgain[];
}

/** A booking that cannot report itself. */
export interface StuckBooking {
  bookingId: string;
  /**
   * `task_failing`: its workflow task fails again and again; `activity_waiting`: nobody takes up its activity;
   * `cut_off_unsettled`: it was cut off, and sweep after sweep cannot begin its clean-up; `not_described`: Temporal does
   * not say how it stands, while its provider's queue has no worker.
   */
  cause: 'task_failing' | 'activity_waiting' | 'cut_off_unsettled' | 'not_described';
  /** Type of the activity or cause of the failing, in Temporal's words. */
  detail: string;
  /** RFC 3339; null where Temporal does not say. */
  since: string | null;
}

export interface StuckReport {
  stuck: StuckBooking[];
  /** Task queues without a worker that open bookings need: `bookings`, or one whose activities wait. */
  unattendedQueues: string[];
  /** False where this Temporal server does not tell which workflow tasks keep failing. */
  tellsFailingTasks: boolean;
  /** How the newest sweep ended, in Temporal's word, when not well; null when it did, or none has ended. */
  sweepFails: string | null;
}

/** Bookings that wait for a person for one and the same reason. */
export interface Incident {
  reason: string;
  provider: string;
  account: string;
  count: number;
  /** When the first of them began, RFC 3339: its attention is not older than that. */
  since: string | null;
  /** The first hundred. */
  bookingIds: string[];
}

/** Which incident; any provider or account where none is named. */
export interface IncidentFilter {
  reason: string;
  provider?: string;
  account?: string;
}

/** What a booking is told that is to try again. */
export interface Retrying {
  /** Who asks, for the booking's records. */
  by: string;
  /** What it waits for; one that waits for something else by now is left alone. */
  reason: string;
  /** The request's own token: by it a booking that was told already is known. An earlier build gives none. */
  id?: string;
}

/** Since when each waited when it was listed, RFC 3339, by workflow id. Of one whose view cannot be read, nothing. */
export type WaitingSince = Readonly<Record<string, string>>;

/** What became of one that was to try again; `changed`: it does not wait any more as it was listed, and was left alone. */
export type Told = 'resumed' | 'ended' | 'changed';

/** Resuming the bookings of an incident. */
export interface BulkInput {
  incident: IncidentFilter;
  /** Bookings a second, 0.1 to 50. */
  ratePerSecond: number;
  /** Who asks, for the bookings' records. */
  by: string;
  /** The request's own token, by which it is told from the next one for the same incident. An earlier build gives none. */
  requestId?: string;
}

/** How far it has come with the newest request that was taken up. */
export interface BulkProgress {
  /** Those that were found; null until the bookings have been counted. */
  total: number | null;
  resumed: number;
  /** Those that had ended when their turn came. */
  passedOver: number;
  /** Those that did not wait any more as they were listed when their turn came: decided meanwhile, or asking anew. They were left alone. */
  changed: number;
  /** Those that could not be told. While it is under way they are told again at the end. */
  failed: number;
  /** The first hundred of those. */
  failedIds: string[];
  done: boolean;
}

/** Where a listing of those that wait goes on: after this one, the oldest first. */
export interface WaitingCursor {
  startedAt: string;
  workflowId: string;
}

/** A piece of those that wait for a person. */
export interface Waiting {
  /** The oldest first; so many that they fit into one payload. */
  workflowIds: string[];
  /** An earlier build tells none. */
  sinceOf?: WaitingSince;
  /** How many there are from the cursor on, these included. */
  count: number;
  /** Null when these are the last. */
  next: WaitingCursor | null;
}

/** What became of those that were told to try again. */
export interface Resumed {
  passedOver: number;
  /** An earlier build does not tell. */
  changed?: number;
  failedIds: string[];
}
