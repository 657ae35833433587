import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import { newBooking, shielded, type Booking, type BookingState, type Inbox } from './state';

/** Long lives: a booking whose history has grown continues as a new run with everything it knows. */

/** What is carried from run to run. */
export interface Carried {
  state: BookingState;
  inbox: Inbox;
  published: Record<string, string>;
}

/** The booking as an earlier run left it; fields that an earlier build did not have are as at the start. */
export function carriedOn(input: unknown, { state, inbox, published }: Carried): Booking {
  const fresh = newBooking(state.id, state.createdAt, input);
  return {
    ...fresh,
    state: { ...fresh.state, ...state },
    inbox: { ...fresh.inbox, ...inbox },
    published,
    opened: true,
  };
}

/** The booking's own arguments: the request as it came, then what is carried. */
type BookingWorkflow = (input: unknown, carried?: Carried) => Promise<unknown>;

/**
 * Continues as new when the history is long, else does nothing. Called between two waits of a confirmed booking,
 * when no step is half done; handlers are finished first, and what they put in the inbox goes along.
 */
export async function carryOnWhenLong(b: Booking): Promise<void> {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  if (!continueAsNewSuggested && historyLength < b.state.limits.maxHistoryEvents) return;
  await shielded(() => condition(allHandlersFinished));
  // The forward steps are ending: nothing is carried past a cancel, be it a caller's or Temporal's own.
  if (b.state.cancel || CancellationScope.current().consideredCancelled) return;
  await continueAsNew<BookingWorkflow>(b.input, { state: b.state, inbox: b.inbox, published: b.published });
}
