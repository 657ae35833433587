import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { At } from '../activities/contract';
import type { Capabilities } from '../src/booking/capabilities';
import { DEFAULT_LIMITS, type Limits } from '../src/booking/limits';
import type { CancelMessage, MessageKind, AcceptedMove, ResolveMessage } from '../src/booking/messages';
import { PROVIDERS, type ProviderName, type Slot } from '../src/booking/model';
import { makerOf } from '../src/booking/ref';
import type { BookingRequest } from '../src/booking/schema/request';
import type { AttemptOutcome, BookingStatus, BookingView } from '../src/booking/schema/view';
import { now, nowMs } from './clock';
import { NO_APPOINTMENT, type AppointmentPart } from './parts/appointment';
import { NO_DOUBTS, type DoubtsPart } from './parts/doubts';
import { NO_ORDER, type OrderPart } from './parts/order';
import { NOTHING_UNDONE, type UndoPart } from './parts/undo';

/** Everything a booking knows: plain JSON, so that it can be carried from run to run. */
export interface BookingState {
  id: string;
  revision: number;
  createdAt: string;
  updatedAt: string;
  /** The provider and account that the request names; null where it names none that could be. */
  named: { provider: ProviderName | null; account: string | null };
  request: BookingRequest;
  capabilities: Capabilities;
  limits: Limits;
  status: BookingStatus;
  waitingFor: BookingView['waitingFor'];
  readonly order: OrderPart;
  readonly appointment: AppointmentPart;
  readonly doubts: DoubtsPart;
  readonly undo: UndoPart;
  /** The run, made by a reset in Temporal, that a person had go on. */
  acceptedRunId: string | null;
  /** Of a clean-up: whether the run that was cut off was made by a reset, and nobody had it go on. */
  isAfterReset: boolean;
  /** Slots that the last search found and that were not tried yet, best first. */
  slots: Slot[];
  attempts: Attempt[];
  attention: BookingView['attention'];
  /** What was tried before a person was asked, newest last. */
  tried: string[];
  /** How many older lines of that are gone. */
  triedLeftOut: number;
  failure: BookingView['failure'];
  lastRequest: BookingView['lastRequest'];
  cancel: CancelMessage | null;
  /** The change that was asked for last, so that the same one has no effect twice. */
  lastMove: string | null;
  /** The sender's own token for it. */
  lastMoveId: string | null;
  lastMoveDone: boolean;
  rebookings: number;
  /** Whether the time for the provider's final word was up at the last look. */
  finalWordDue: boolean;
  /** Since when the booking is to be settled: its creation, or its last move or rebooking. */
  settleFrom: string;
  /** For how long attention had held the deadlines back by then, in ms. */
  settleHeldBackMs: number;
  /** The attempts before this one belong to an earlier search: their slots may be tried again. */
  triedFrom: number;
  /** For how long attention held the deadlines back, in ms. */
  heldBackMs: number;
  /** Whether the booking's end may cost a fee: by its request, by its cancel or by a person's word at the end. */
  acceptFees: boolean;
}

/** One book call. Its number in the list, from 1, is the generation of its ref. */
export interface Attempt {
  /** What tells the slot from others across searches, whose keys change. */
  slotMark: string;
  /** Null where the provider agrees on the time with the patient. */
  startsAt: string | null;
  outcome: AttemptOutcome;
  reason: string | null;
  at: string;
  /** How often it was made anew, after a window in which its effect did not show: each has an idempotency key of its own. */
  renewals?: number;
}

/** What callers and providers have sent and the main line has not taken yet. */
export interface Inbox {
  /** Somebody says that something changed: read the provider once. */
  news: boolean;
  decision: ResolveMessage | null;
  reschedule: AcceptedMove | null;
  /** Messages that could not be decrypted, oldest first; see unread.ts. */
  unread: UnreadMessage[];
  /** What a person has decided about them. */
  unreadDecision: UnreadChoice | null;
  /** Since when a person is asked about them, in ms; null while nobody is. */
  askedSinceMs: number | null;
}

/** A message that could not be decrypted when it came. */
export interface UnreadMessage {
  kind: MessageKind;
  /** What stands for its ciphertext; its plain body where a worker that has its key replayed the booking. */
  body: unknown;
  at: string;
  /** Whether an activity is to try to read it. */
  isFresh: boolean;
}

export type UnreadChoice = 'retry' | 'drop';

/** A running booking: its state and its inbox. */
export interface Booking {
  state: BookingState;
  inbox: Inbox;
  /** Signals that came to this run. */
  heard: number;
  /** Whether its request was read: before that there is nothing true to publish. */
  opened: boolean;
  compensating: boolean;
  /**
   * Whether fees were accepted for the move or the single undo that is under way, and for nothing else: no cancel and no
   * clean-up inherits that, so it is no part of the state.
   */
  areFeesAccepted: boolean;
  /** Whether the state changed since search attributes and details were last published. */
  dirty: boolean;
  /** The search attributes as they were upserted last. */
  published: Record<string, string>;
  /** What the memo holds: the view of this revision, and the traces as JSON. */
  inMemo: { revision: number; traces: string };
}

/** A booking at its very start, before its request is known to be valid. */
export function newBooking(id: string, createdAt: string, input?: unknown): Booking {
  return {
    state: {
      id,
      revision: 1,
      createdAt,
      updatedAt: createdAt,
      named: namedIn(input),
      // Replaced by openBooking's answer before any step runs; a booking whose request is refused ends before that.
      request: { provider: 'junction-phlebotomy', account: 'default', preference: 'earliest' },
      capabilities: UNOPENED,
      limits: DEFAULT_LIMITS,
      status: 'ordering',
      waitingFor: null,
      order: NO_ORDER,
      appointment: NO_APPOINTMENT,
      doubts: NO_DOUBTS,
      undo: NOTHING_UNDONE,
      acceptedRunId: null,
      isAfterReset: false,
      slots: [],
      attempts: [],
      attention: null,
      tried: [],
      triedLeftOut: 0,
      failure: null,
      lastRequest: null,
      cancel: null,
      lastMove: null,
      lastMoveId: null,
      lastMoveDone: false,
      rebookings: 0,
      finalWordDue: false,
      settleFrom: createdAt,
      settleHeldBackMs: 0,
      triedFrom: 0,
      heldBackMs: 0,
      acceptFees: false,
    },
    inbox: emptyInbox(),
    heard: 0,
    opened: false,
    compensating: false,
    areFeesAccepted: false,
    dirty: false,
    published: {},
    inMemo: { revision: 0, traces: '' },
  };
}

function emptyInbox(): Inbox {
  return {
    news: false,
    decision: null,
    reschedule: null,
    unread: [],
    unreadDecision: null,
    askedSinceMs: null,
  };
}

/** What a request says of itself before it is read: one that nobody can read must not pass for another provider's. */
function namedIn(input: unknown): BookingState['named'] {
  const at = (name: string): unknown =>
    typeof input === 'object' && input !== null ? Reflect.get(input, name) : undefined;
  const { provider, account } = { provider: at('provider'), account: at('account') };
  const known = PROVIDERS.find((one) => one === provider) ?? null;
  const isName = typeof account === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(account);
  return { provider: known, account: isName ? account : known && account == null ? 'default' : null };
}

const UNOPENED: Capabilities = {
  vendor: 'junction',
  taskQueue: '',
  orderKind: null,
  needsRequisition: false,
  refReturns: true,
  requestTier: false,
  cancelBy: 'call',
  orderCancelTakesAppointment: false,
  reschedule: 'none',
  writesNameOrder: false,
  webhooks: false,
  settlesAt: [],
  lateCommitWindowMs: 0,
  feeWindowMs: 0,
  leadTimeMs: 0,
  minAgeYears: null,
  orderKeyLifetimeMs: 0,
  bookTakesKey: false,
  bookKeyLifetimeMs: 0,
  callTimeoutMs: 0,
};

/** What has an owner already. */
type OwnedParts = 'order' | 'appointment' | 'doubts' | 'undo';

/** Changes the state: callers see a new revision. */
export function change(b: Booking, patch: Partial<Omit<BookingState, OwnedParts>>): void {
  Object.assign(b.state, patch, { revision: b.state.revision + 1, updatedAt: now() });
  b.dirty = true;
}

/** Enters a status of the forward steps; a move goes through them too, but stays a move to its callers. */
export function enter(b: Booking, status: BookingStatus): void {
  if (b.state.status !== 'rescheduling') change(b, { status });
}

/** Gives a booking that is changed its whole time to settle again. */
export function restartSettling(b: Booking): void {
  change(b, { settleFrom: now(), settleHeldBackMs: heldBackMs(b) });
}

/** Whether a person is asked about unread messages, so that deadlines stand still while the booking goes on. */
export function isAsked({ inbox }: Booking): boolean {
  return inbox.askedSinceMs !== null;
}

/** That time ends, and counts. */
export function stopAsking(b: Booking): void {
  change(b, { heldBackMs: heldBackMs(b) });
  b.inbox.askedSinceMs = null;
}

/** For how long deadlines have been held back by now, in ms. */
export function heldBackMs({ state, inbox: { askedSinceMs } }: Booking): number {
  return state.heldBackMs + (askedSinceMs === null ? 0 : nowMs() - askedSinceMs);
}

/** Changes the attempt that was made last. */
export function changeAttempt(b: Booking, outcome: AttemptOutcome, reason: string | null = null): void {
  const attempts = b.state.attempts.map((attempt, index) =>
    index === b.state.attempts.length - 1
      ? { ...attempt, outcome, reason: reason ?? attempt.reason, at: now() }
      : attempt,
  );
  change(b, { attempts });
}

/** Who made this booking's appointments, for refs. */
export function maker(b: Booking): string {
  return makerOf(b.state.id, b.state.createdAt);
}

/** Where this booking's provider calls go. */
export function at(b: Booking): At {
  const { request, capabilities, id } = b.state;
  return {
    provider: request.provider,
    account: request.account,
    bookingId: id,
    callTimeoutMs: capabilities.callTimeoutMs,
    patienceMs: patienceMsOf(b),
    runIds: runIds(b),
  };
}

/** The runs that may write where no ref tells what was made before (see At). A clean-up answers for the run before it. */
export function runIds({ state: { acceptedRunId, isAfterReset } }: Booking): string[] {
  const began = isAfterReset ? [] : [workflowInfo().originalExecutionRunId];
  return acceptedRunId === null ? began : [...began, acceptedRunId];
}

/** How long a read that fails is tried again. */
export function patienceMsOf({ compensating, state: { limits } }: Booking): number {
  return compensating ? limits.undoPatienceMs : limits.patienceMs;
}

/** Shields writes and undos: a cancel waits until they are through. */
export function shielded<T>(fn: () => Promise<T>): Promise<T> {
  return CancellationScope.nonCancellable(fn);
}
