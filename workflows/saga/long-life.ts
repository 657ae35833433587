import {
  CancellationScope,
  ContinueAsNew,
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import { MEMO } from '../../src/booking/names';
import type { BookingRequest } from '../../src/booking/schema/request';
import { core } from './activities';
import { failureOf } from './ending';
import type { Mail } from './mail';
import type { Terms } from './parts/terms';
import {
  isRead,
  newBooking,
  runIds,
  shielded,
  type Begun,
  type Booking,
  type BegunState,
  type BookingState,
} from './state';
import { tracesOf, viewOf } from './view';

/** Long lives. A booking whose history has grown continues as a new run with everything it knows. */

/** What is carried from run to run, beside the request. */
export interface Carried {
  state: Omit<BookingState, 'terms'> & { readonly terms: Omit<Terms, 'request'> };
  inbox: Mail;
  published: Record<string, string>;
}

/** Returns the booking as the earlier run left it. */
export function carriedOn(request: BookingRequest, { state, inbox, published }: Carried): Booking {
  const fresh = newBooking(state.id, state.life.createdAt, request);
  const whole = wholeState(fresh.state, state, request);
  return {
    ...fresh,
    state: whole,
    dirty: true, // the new run shows nothing in the Temporal UI yet
    inbox: { ...fresh.inbox, ...inbox },
    published,
    inMemo: memoOf(whole).mark,
  };
}

/** Returns each part as it was carried. Fields that an earlier build did not have are as at the start. */
function wholeState(fresh: BegunState, carried: Carried['state'], request: BookingRequest): BookingState {
  return {
    ...fresh,
    ...carried,
    life: { ...fresh.life, ...carried.life },
    terms: { ...carried.terms, request },
    progress: { ...fresh.progress, ...carried.progress },
    order: { ...fresh.order, ...carried.order },
    appointment: { ...fresh.appointment, ...carried.appointment },
    search: { ...fresh.search, ...carried.search },
    doubts: { ...fresh.doubts, ...carried.doubts },
    move: { ...fresh.move, ...carried.move },
    undo: { ...fresh.undo, ...carried.undo },
    attention: { ...fresh.attention, ...carried.attention },
    deadlines: { ...fresh.deadlines, ...carried.deadlines },
    callers: { ...fresh.callers, ...carried.callers },
  };
}

/** The booking workflow as a new run calls it: with the request as changed by moves, then what is carried beside it. */
type BookingWorkflow = (request: BookingRequest, carried: Carried) => Promise<unknown>;

function isLong({ state }: Booking): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength >= state.terms.limits.maxHistoryEvents;
}

/**
 * Returns true when the history is so long that a wait in the middle of a step is to go on in a new run. A kept
 * booking, its moves and the undos keep some of what they are about to themselves: only between two looks is all of it
 * in the state.
 */
export function isLongMidStep(b: Begun): boolean {
  return isRead(b) && !b.state.undo.isUnderWay && b.state.progress.step !== 'visit' && isLong(b);
}

/** Continues as new in the middle of a step when the history is long. */
export async function carryOnMidStep(b: Begun): Promise<void> {
  if (isRead(b) && isLongMidStep(b)) await carryOnWhenLong(b);
}

/**
 * Continues as new when the history is long, else does nothing. Call it where the state holds all that the step needs
 * to go on. Handlers finish first, and what they put into the inbox goes along. So does the memo: otherwise Temporal
 * would give the new run the memo that the first run was started with.
 */
export async function carryOnWhenLong(b: Booking): Promise<void> {
  if (!isLong(b)) return;
  const isAfterReset = await isStillAfterReset(b);
  await shielded(() => condition(allHandlersFinished));
  // After a cancel, a caller's or Temporal's own, this run ends its forward steps and undoes; it does not carry on.
  if (b.state.callers.cancel || CancellationScope.current().consideredCancelled) return;
  const { request, ...terms } = b.state.terms;
  const state = { ...b.state, terms, life: { ...b.state.life, isAfterReset } };
  const { inbox, published } = b;
  const carryOn = makeContinueAsNewFunc<BookingWorkflow>({
    memo: { ...workflowInfo().memo, ...memoOf(b.state).fields },
  });
  await carryOn(request, { state, inbox, published });
}

/**
 * Returns true when a reset made this run and nobody had it go on, by what an activity saw, where no ref tells what was
 * made before it. The next run is another one to Temporal, and would count as one in which the booking began.
 */
async function isStillAfterReset(b: Booking): Promise<boolean> {
  if (b.state.terms.capabilities.refReturns) return false;
  try {
    await core('was the booking reset?').refuseReset({ runIds: runIds(b) });
    return false;
  } catch (err) {
    if (!failureOf(err)) throw err;
    return true;
  }
}

/**
 * Waits and then records the end, however the wait ended; not when it ended in a new run, whose state is already on its
 * way.
 */
export async function unlessCarriedOn<T>(wait: () => Promise<T>, recordEnd: () => void): Promise<T> {
  try {
    const result = await wait();
    recordEnd();
    return result;
  } catch (err) {
    if (!(err instanceof ContinueAsNew)) recordEnd();
    throw err;
  }
}

function memoOf(state: BookingState): { fields: Record<string, unknown>; mark: Booking['inMemo'] } {
  const traces = tracesOf({ state });
  return {
    fields: { [MEMO.view]: viewOf(state), [MEMO.traces]: traces },
    mark: { revision: state.revision, traces: JSON.stringify(traces) },
  };
}
