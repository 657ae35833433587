/**
 * Every limit on waiting and retrying, in one place. A deployment overrides them with BOOKING_LIMITS (JSON), and a
 * request some of them (requestLimitsSchema). All are in ms unless the name says a count.
 */
export interface Limits {
  /** Slots tried before the booking gives up. */
  maxSlotAttempts: number;
  /** Events after which a booking that waits continues as a new run. */
  maxHistoryEvents: number;
  /** Times that a booking looks for another slot after the provider cancelled, over its whole life. */
  maxRebookings: number;
  /** Slots that one search keeps for trying. */
  maxSlotsKept: number;
  /** How long a slot may stay unconfirmed. Null: the async timeout and a minute where there is one, else 4 h. */
  confirmTimeoutMs: number | null;
  /** How long before its start an unconfirmed slot is released at the latest. */
  releaseBeforeStartMs: number;
  /** How long the whole booking may take until it is confirmed. */
  settleWithinMs: number;
  /** How long to wait for the order to become bookable. */
  readyTimeoutMs: number;
  /** How long a failing read or a refused-for-load write is retried before a person is asked. */
  patienceMs: number;
  /** How long a failing undo is retried before a person is asked. */
  undoPatienceMs: number;
  /** First pause between two retries or two polls. Also before the first poll for a requisition where news is heard. */
  pollFirstMs: number;
  /** Longest pause between two retries or two polls while something is awaited. */
  pollMaxMs: number;
  /** Pause between two polls of a confirmed appointment. */
  keepPollMs: number;
  /** The same until two days before its visit, where the provider tells news that we hear and no poll fails. */
  keepPollFarMs: number;
  /** How long after the visit's end the provider may take to say how it ended. */
  finalWordMs: number;
  /** How long after its end a visit counts as over at a provider that never tells, if a look then shows that it stands. */
  visitOverMs: number;
  /** How long a provider's staff may take to carry out a cancellation before a person is asked. */
  staffTaskDueMs: number;
  /** Look-ups after an unknown outcome, spread over the late-commit window; at least 3. */
  lookUps: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_LIMITS: Readonly<Limits> = {
  maxSlotAttempts: 5,
  maxHistoryEvents: 4_000,
  maxRebookings: 3,
  maxSlotsKept: 20,
  confirmTimeoutMs: null,
  releaseBeforeStartMs: 15 * MINUTE_MS,
  settleWithinMs: 3 * DAY_MS,
  readyTimeoutMs: 2 * DAY_MS,
  patienceMs: 15 * MINUTE_MS,
  undoPatienceMs: 30 * MINUTE_MS,
  pollFirstMs: 15 * SECOND_MS,
  pollMaxMs: 5 * MINUTE_MS,
  keepPollMs: HOUR_MS,
  keepPollFarMs: DAY_MS,
  finalWordMs: 2 * DAY_MS,
  visitOverMs: HOUR_MS,
  staffTaskDueMs: DAY_MS,
  lookUps: 4,
};

/** From so long before its start on a visit is near: a patient may be on the way soon. In ms. */
export const NEAR_VISIT_MS = 2 * DAY_MS;

/** The longest setting of any wait, in ms: a visit is at most a year ahead, and its final word comes soon after. */
export const LONGEST_MS = 400 * DAY_MS;

/** The highest setting of any count of tries, slots or looks. */
export const MOST = 50;

/** What a number may be set to, both ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const COUNT: Range = { min: 1, max: MOST };
const DURATION: Range = { min: 1, max: LONGEST_MS };

/** What a deployment may set each limit to. */
export const LIMIT_RANGES: Readonly<Record<keyof Limits, Range>> = {
  maxSlotAttempts: COUNT,
  // Temporal ends a run at 51,200 events; a step and the answers to its callers must fit in after the last check.
  maxHistoryEvents: { min: 20, max: 10_000 },
  maxRebookings: COUNT,
  maxSlotsKept: COUNT,
  confirmTimeoutMs: DURATION,
  releaseBeforeStartMs: DURATION,
  settleWithinMs: DURATION,
  readyTimeoutMs: DURATION,
  patienceMs: DURATION,
  undoPatienceMs: DURATION,
  pollFirstMs: DURATION,
  pollMaxMs: DURATION,
  keepPollMs: DURATION,
  keepPollFarMs: DURATION,
  finalWordMs: DURATION,
  visitOverMs: DURATION,
  staffTaskDueMs: DURATION,
  lookUps: { min: 3, max: MOST },
};

/** What the settings beside these limits may be set to. */
export const SETTING_RANGES = {
  /** An activity makes up to nine calls in a row, and its loss is noticed only after the time for all of them. */
  callTimeoutMs: { min: 100, max: 10 * MINUTE_MS },
  /** A look-up within the late-commit window would miss recent effects in an older list. */
  listMaxAgeMs: { min: 0, max: HOUR_MS },
  /** As far back as an open booking may have booked. */
  lookBackDays: { min: 1, max: LONGEST_MS / DAY_MS },
  /** At least once a day, so that cut-off bookings are found well within Temporal's retention; 0 for never. */
  sweepMinutes: { min: 0, max: DAY_MS / MINUTE_MS },
} as const satisfies Readonly<Record<string, Range>>;

/** Confirmation deadline where the request has no async timeout. */
export const DEFAULT_CONFIRM_TIMEOUT_MS = 4 * HOUR_MS;

/** How many calls one read may make in a row (sign in, look, list pages). */
export const CALLS_IN_AN_ACTIVITY = 3;

/**
 * How many calls one write makes in a row at most, with its look before and its read after. The longest create: sign
 * in, client, patient, list, create, sign in anew, create, list after a refusal, open times. An order's undo: order,
 * appointment, order, cancel, order, appointment, order.
 */
export const CALLS_IN_A_WRITE = 9;

/** Added to the provider's async timeout, so that its own verdict comes before ours. */
export const CONFIRM_GRACE_MS = MINUTE_MS;
