import type { BookingRequest } from './schema/request';

/**
 * The parts of a request that each call needs. A booking may look hundreds of times and try fifty slots, and the input
 * of each call stays in its history, so each call gets only what it needs. Pure: workflows import it.
 */

type Patient = NonNullable<BookingRequest['patient']>;

/** Who a look-up is about, where appointments are found by client and patient. */
export interface Party {
  client?: BookingRequest['client'];
  patient?: Pick<Patient, 'id' | 'remoteId'>;
}

/** A party whose appointment is cancelled, with the caller's own reference. */
export interface ReferredParty extends Party {
  reference?: string;
}

/** Returns the id of the order to adopt; null when the booking places one or needs none. */
export function namedOrderId({ order }: BookingRequest): string | null {
  return order && 'id' in order ? order.id : null;
}

export function partyOf({ client, patient }: BookingRequest): Party {
  return {
    ...(client && { client }),
    ...(patient && { patient: { id: patient.id, remoteId: patient.remoteId } }),
  };
}

export function referredPartyOf(request: BookingRequest): ReferredParty {
  return { ...partyOf(request), reference: request.reference };
}

/** Returns the request without the parts that only placing an order needs, which may be most of it. */
export function withoutOrderDetails(request: BookingRequest): BookingRequest {
  const { order, patient, ...rest } = request;
  return {
    ...rest,
    ...(order && { order: 'id' in order ? order : { labTestIds: order.labTestIds } }),
    ...(patient && { patient: withoutProxy(patient) }),
  };
}

function withoutProxy({ medicalProxy: _medicalProxy, ...patient }: Patient): Patient {
  return patient;
}

/** How long the provider waits for a confirmation when the request does not say (the contract's default), in ms. */
const DEFAULT_SYNC_TIMEOUT_MS = 2_500;

/** Returns how much longer a book call may take, in ms, because the provider waits for the confirmation. */
export function syncWindowMs({ confirmation }: Pick<BookingRequest, 'confirmation'>): number {
  return confirmation?.async ? (confirmation.syncTimeoutMs ?? DEFAULT_SYNC_TIMEOUT_MS) : 0;
}
