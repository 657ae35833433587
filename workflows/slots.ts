import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { FAILURES } from '../src/booking/failures';
import { namedOrderId } from '../src/booking/request-parts';
import { local, reads } from './saga/activities';
import { failureOf } from './saga/ending';
import { isPlaintext } from './saga/guard';
import type { SlotSearchResult } from './messages';
import { searchSlots } from './saga/search';
import { requestRead } from './saga/parts/terms';
import { targetOf, newBooking } from './saga/state';

/** Searches without a booking. Returns the slots that a booking with this request would try, best first. Reads only. */
export async function slots(input: unknown): Promise<SlotSearchResult> {
  const b = newBooking(workflowInfo().workflowId, workflowInfo().startTime.toISOString());
  try {
    if (isPlaintext(input))
      throw ApplicationFailure.nonRetryable(FAILURES.plaintext_input.text, 'plaintext_input');
    requestRead(
      b,
      await local('read the request and the account').openBooking({ request: input, bookingId: b.state.id }),
    );
    const orderId = namedOrderId(b.state.terms.request);
    const read = { target: targetOf(b), orderId: orderId ?? '' };
    const named = orderId === null ? null : await reads(b, 'read the order for its address').readOrder(read);
    return await searchSlots(b, 'search slots', named?.order ?? null);
  } catch (err) {
    const failure = failureOf(err);
    if (!failure) throw err;
    throw ApplicationFailure.nonRetryable(failure.message, failure.code, failure.facts);
  }
}
