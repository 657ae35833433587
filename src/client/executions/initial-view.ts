import { CAPABILITIES } from '../../booking/capabilities';
import { earlierRequest } from '../../booking/schema/check-request';
import type { BookingRequest } from '../../booking/schema/request';
import type { BookingStatus, BookingView } from '../../booking/schema/view';

/** Returns the order that a request adopts, and null when it places one or has none. */
export function adoptedOrderId(request: BookingRequest): string | null {
  return request.order && 'id' in request.order ? request.order.id : null;
}

/** Returns the status in which a booking begins: with its order, or with the search when there are no orders. */
export function initialStatus(request: BookingRequest): BookingStatus {
  return CAPABILITIES[request.provider].orderKind === null ? 'searching' : 'ordering';
}

/**
 * Returns a booking's view after Temporal accepted it and before any worker touched it: revision 0. With it a start is
 * answered, and a booking is read, without a worker. An input that is not a valid request shows neither provider nor
 * account; the worker that takes it up will say what is wrong.
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
