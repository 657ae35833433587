/**
 * Looking after bookings from outside of them: what passes between the workflows that do it, their activities and
 * the client. Plain JSON. Pure types: every layer may take them.
 */

/** A booking's run that ended without the booking's own end: somebody pressed Terminate, or its time ran out. */
export interface CutOff {
  bookingId: string;
  runId: string;
  /** Temporal's word for how it ended. */
  how: 'TERMINATED' | 'TIMED_OUT' | 'CANCELLED' | 'FAILED';
}

/** What a clean-up is told of the booking that was cut off. */
export interface CutOffBooking {
  how: CutOff['how'];
  /** When it was cut off, RFC 3339. */
  at: string;
  /** The booking's own state, as its `bookingState` query tells it; null when nobody can say any more. */
  state: unknown;
}

/** What one sweep did. */
export interface Swept {
  /** What ended from here on was looked at, RFC 3339. */
  since: string;
  /** Everything that ended before this has been looked at, RFC 3339. */
  until: string;
  /** Bookings whose clean-up it began. */
  begun: string[];
  /** Those to look at again: a newer booking holds the order, or nobody could tell how they stand. */
  again: CutOff[];
}

/** A booking that cannot report itself. */
export interface Problem {
  bookingId: string;
  /** `task_failing`: its workflow task fails again and again; `activity_waiting`: nobody takes up its activity. */
  problem: 'task_failing' | 'activity_waiting';
  /** Type of the activity or cause of the failing, in Temporal's words. */
  detail: string;
  /** RFC 3339; null where Temporal does not say. */
  since: string | null;
}

export interface Problems {
  problems: Problem[];
  /** Task queues without a worker that open bookings need: `bookings`, or one whose activities wait. */
  unattendedQueues: string[];
  /** False where this Temporal server does not tell which workflow tasks keep failing. */
  tellsFailingTasks: boolean;
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
}

/** Resuming the bookings of an incident. */
export interface BulkInput {
  incident: IncidentFilter;
  /** Bookings a second, 0.1 to 50. */
  ratePerSecond: number;
  /** Who asks, for the bookings' records. */
  by: string;
}

export interface BulkProgress {
  /** Null until the bookings have been counted. */
  total: number | null;
  resumed: number;
  /** Those that had ended when their turn came. One that was decided meanwhile counts as resumed, and is left alone. */
  passedOver: number;
  done: boolean;
}
