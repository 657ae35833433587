import {
  CancellationScope,
  ContinueAsNew,
  allHandlersFinished,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import type { Mail } from './mail';
import { MEMO } from '../../src/booking/names';
import type { BookingRequest } from '../../src/booking/schema/request';
import type { Terms } from './parts/terms';
import {
  isRead,
  newBooking,
  shielded,
  type Begun,
  type Booking,
  type BegunState,
  type BookingState,
} from './state';
import { tracesOf, viewOf } from './view';

/** Long lives: a booking whose history has grown continues as a new run with everything it knows. */

/** What is carried from run to run, beside the request. */
export interface Carried {
  state: Omit<BookingState, 'terms'> & { readonly terms: Omit<Terms, 'request'> };
  inbox: Mail;
  published: Record<string, string>;
}

/** The booking as an earlier run left it. */
export function carriedOn(request: BookingRequest, { state, inbox, published }: Carried): Booking {
  const fresh = newBooking(state.id, state.life.createdAt, request);
  const whole = wholeState(fresh.state, state, request);
  return {
    ...fresh,
    state: whole,
    inbox: { ...fresh.inbox, ...inbox },
    published,
    inMemo: memoOf(whole).mark,
  };
}

/** Each part as it was carried; fields that an earlier build did not have are as at the start. */
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

/** The booking's own arguments: the request with the changes that were made to it, then what is carried beside it. */
type BookingWorkflow = (request: BookingRequest, carried: Carried) => Promise<unknown>;

/** Whether the booking's history is so long that a wait is to go on in a new run. */
export function isLong(b: Begun): b is Booking {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  if (!isRead(b) || isHalfDone(b)) return false;
  return continueAsNewSuggested || historyLength >= b.state.terms.limits.maxHistoryEvents;
}

/** A move and the undos keep what they are about to themselves: they end in the run that they began in. */
function isHalfDone({ state }: Booking): boolean {
  return state.undo.isUnderWay || state.move.isUnderWay;
}

/**
 * Continues as new when the history is long, else does nothing. Called where the state says all that the step needs to go on;
 * handlers are finished first, and what they put in the inbox goes along. The memo does too: Temporal would give the new run
 * the one that the first run was started with.
 */
export async function carryOnWhenLong(b: Begun): Promise<void> {
  if (!isLong(b)) return;
  await shielded(() => condition(allHandlersFinished));
  // The forward steps are ending: nothing is carried past a cancel, be it a caller's or Temporal's own.
  if (b.state.callers.cancel || CancellationScope.current().consideredCancelled) return;
  const { request, ...terms } = b.state.terms;
  const state = { ...b.state, terms };
  const { inbox, published } = b;
  const carryOn = makeContinueAsNewFunc<BookingWorkflow>({
    memo: { ...workflowInfo().memo, ...memoOf(b.state).fields },
  });
  await carryOn(request, { state, inbox, published });
}

/** Makes a wait and then notes its end, however it ended: but not in the run that is left, whose last state is on its way. */
export async function unlessCarriedOn<T>(wait: () => Promise<T>, noteEnd: () => void): Promise<T> {
  try {
    const result = await wait();
    noteEnd();
    return result;
  } catch (err) {
    if (!(err instanceof ContinueAsNew)) noteEnd();
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
