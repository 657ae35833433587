import { CAPABILITIES } from '../booking/capabilities';
import type { BookingRequest } from '../booking/schema/request';
import type { BookingStatus, BookingView } from '../booking/schema/view';

/** The order that a request adopts; null when it places one or has none. */
export function adoptedOrderId(request: BookingRequest): string | null {
  return request.order && 'id' in request.order ? request.order.id : null;
}

/** Where a booking begins: with its order, or with the search where there are no orders. */
export function initialStatus(request: BookingRequest): BookingStatus {
  return CAPABILITIES[request.provider].orderKind === null ? 'searching' : 'ordering';
}

/**
 * A booking as it stands when Temporal has taken it and no worker has touched it: revision 0. It lets a start
 * be answered without waiting for a worker, and when none runs.
 */
export function initialView(bookingId: string, request: BookingRequest, now: Date): BookingView {
  return {
    id: bookingId,
    revision: 0,
    provider: request.provider,
    account: request.account,
    reference: request.reference ?? null,
    status: initialStatus(request),
    waitingFor: null,
    order: null,
    appointment: null,
    attempts: [],
    compensation: [],
    attention: null,
    failure: null,
    lastRequest: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
}
