import { CancellationScope, CancelledFailure, workflowInfo } from '@temporalio/workflow';
import type { ReadAhead, Target } from '../../activities/contract';
import type { Sighting } from '../../src/booking/model';
import { makerOf } from '../../src/booking/ref';
import { heldBackMs, NO_MAIL, type Mail } from './mail';
import { NO_APPOINTMENT, type AppointmentPart } from './parts/appointment';
import { NOBODY_ASKED, type AttentionPart } from './parts/attention';
import { NOTHING_SAID, type CallersPart } from './parts/callers';
import { deadlinesFrom, settlingBeganAnew, type DeadlinesPart } from './parts/deadlines';
import { NO_DOUBTS, type DoubtsPart } from './parts/doubts';
import { lifeFrom, type LifePart } from './parts/life';
import { NO_MOVE, type MovePart } from './parts/move';
import { NO_ORDER, type OrderPart } from './parts/order';
import { BEGINNING, type ProgressPart } from './parts/progress';
import { NO_SEARCH, type SearchPart } from './parts/search';
import { termsNamedIn, type Terms, type TermsPart } from './parts/terms';
import { NOTHING_UNDONE, type UndoPart } from './parts/undo';

/**
 * Everything a booking knows, as plain JSON, so that it can be carried from run to run. Each part has one owner, the
 * file of its name in parts/, which exports what can happen to it. Nobody else can write it.
 */
export interface BegunState {
  readonly id: string;
  readonly revision: number;
  readonly updatedAt: string;
  readonly life: LifePart;
  readonly terms: TermsPart;
  readonly progress: ProgressPart;
  readonly order: OrderPart;
  readonly appointment: AppointmentPart;
  readonly search: SearchPart;
  readonly doubts: DoubtsPart;
  readonly move: MovePart;
  readonly undo: UndoPart;
  readonly attention: AttentionPart;
  readonly deadlines: DeadlinesPart;
  readonly callers: CallersPart;
}

/** What a booking knows once its request was read. */
export interface BookingState extends BegunState {
  readonly terms: Terms;
}

/** A running booking with its state and inbox. Its request may not have been read yet. */
export interface Begun {
  readonly state: BegunState;
  inbox: Mail;
  /** How many signals came to this run. */
  heard: number;
  /**
   * Whether fees were accepted for the move or the single undo that is under way. It is not part of the state, because
   * no cancel and no clean-up may inherit it.
   */
  areFeesAccepted: boolean;
  /** Whether the state changed since search attributes and details were last published. */
  dirty: boolean;
  /** The search attributes as they were upserted last. */
  published: Record<string, string>;
  /** What the memo holds: the view of this revision, and the traces as JSON. */
  inMemo: { revision: number; traces: string };
  /** What the latest read of the order read ahead, and when its answer came (ahead.ts). */
  ahead: { read: ReadAhead | null; atMs: number } | null;
  /** The look that followed a book call, and when its answer came (ahead.ts). */
  seenAfter: { sighting: Sighting; atMs: number } | null;
}

/** A running booking whose request was read, as every step, look and undo needs it. */
export interface Booking extends Begun {
  readonly state: BookingState;
}

/**
 * Returns true when the booking's request was read: before that it has done nothing, and there is nothing true to
 * publish.
 */
export function isRead(b: Begun): b is Booking {
  return b.state.terms.request !== null;
}

/** A booking at its very start, before its request is known to be valid. */
export function newBooking(id: string, createdAt: string, input?: unknown): Begun {
  return {
    state: {
      id,
      revision: 1,
      updatedAt: createdAt,
      life: lifeFrom(createdAt),
      terms: termsNamedIn(input),
      progress: BEGINNING,
      order: NO_ORDER,
      appointment: NO_APPOINTMENT,
      search: NO_SEARCH,
      doubts: NO_DOUBTS,
      move: NO_MOVE,
      undo: NOTHING_UNDONE,
      attention: NOBODY_ASKED,
      deadlines: deadlinesFrom(createdAt),
      callers: NOTHING_SAID,
    },
    inbox: NO_MAIL,
    heard: 0,
    areFeesAccepted: false,
    dirty: false,
    published: {},
    inMemo: { revision: 0, traces: '' },
    ahead: null,
    seenAfter: null,
  };
}

/** Gives a booking that is changed its whole time to settle again. */
export function restartSettling(b: Begun): void {
  settlingBeganAnew(b, heldBackMs(b));
}

/** Returns the maker that this booking's refs name. */
export function maker(b: Begun): string {
  return makerOf(b.state.id, b.state.life.createdAt);
}

/** Returns where this booking's provider calls go. */
export function targetOf(b: Booking): Target {
  const { id } = b.state;
  const { request, capabilities } = b.state.terms;
  return {
    provider: request.provider,
    account: request.account,
    bookingId: id,
    callTimeoutMs: capabilities.callTimeoutMs,
    patienceMs: patienceMsOf(b),
    runIds: runIds(b),
  };
}

/**
 * Returns the runs that may write where refs do not return (see Target). A clean-up may write for the run before it.
 */
export function runIds({ state }: Begun): string[] {
  const { acceptedRunId, isAfterReset } = state.life;
  const began = isAfterReset ? [] : [workflowInfo().originalExecutionRunId];
  return acceptedRunId === null ? began : [...began, acceptedRunId];
}

/** Returns true when the provider's webhooks come to this deployment. */
export function hearsNews({ state }: Booking): boolean {
  return state.terms.capabilities.webhooks;
}

/** Returns how long a failing read is retried. */
export function patienceMsOf({ state }: Booking): number {
  const { limits } = state.terms;
  return state.undo.isUnderWay ? limits.undoPatienceMs : limits.patienceMs;
}

/** Shields writes and undos: a cancel waits until they are through. */
export function shielded<T>(fn: () => Promise<T>): Promise<T> {
  return CancellationScope.nonCancellable(fn);
}

/**
 * Throws when a cancel has ended the scope. Call it before a write that may follow another without a wait: a shielded
 * write begins even in a scope that was cancelled.
 */
export function beginNothingAfterCancel(): void {
  if (CancellationScope.current().consideredCancelled)
    throw new CancelledFailure('cancelled before the next write');
}
