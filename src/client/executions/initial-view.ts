import { CAPABILITIES } from '../../booking/capabilities';
import { earlierRequest } from '../../booking/schema/check-request';
import type { BookingRequest } from '../../booking/schema/request';
import type { BookingStatus, BookingView } from '../../booking/schema/view';

/** Returns the order that a request adopts, and null when it places one or has none. */
export function adoptedOrderId(request: BookingRequest): string | null {
  return request.order && 'id' in request.order ? request.order.id : null;
}

/** Where a booking begins: with its order, or with the search where there are no orders. */
export function initialStatus(request: BookingRequest): BookingStatus {
  return CAPABILITIES[request.provider].orderKind === null ? 'searching' : 'ordering';
}

/**
 * A booking as it stands when Temporal has taken it and no worker has touched it: revision 0. It lets a start
 * be answered without waiting for a worker, and read when none runs. An input that is no request of ours shows
 * neither provider nor account: whoever takes it up says what is wrong with it.
 */
export function initialView(bookingId: string, input: unknown, startedAt: string): BookingView {
  const request = earlierRequest(input, { now: new Date() });
  return {
    id: bookingId,
    revision: 0,
    provider: request?.provider ?? null,
    account: request?.account ?? null,
    reference: request?.reference ?? null,
    status: request ? initialStatus(request) : 'ordering',
    waitingFor: null,
    order: null,
    appointment: null,
    attempts: [],
    attemptsLeftOut: 0,
    compensation: [],
    attention: null,
    failure: null,
    lastRequest: null,
    createdAt: startedAt,
    updatedAt: startedAt,
    stalled: null,
  };
}
