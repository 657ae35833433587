import type { BookingRequest } from './schema/request';

/**
 * What of a request goes into which call. A booking may look hundreds of times and try fifty slots, and all that its
 * calls are given stays in its history: each is given what it needs. Pure: workflows import it.
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

/** The order that the request names to be adopted; null where the booking places one, or needs none. */
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

/** The request without what only the placing of an order passes on, which may be most of it. */
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

/** What the provider waits for a confirmation when the request does not say (the contract's default), in ms. */
const DEFAULT_SYNC_TIMEOUT_MS = 2_500;

/** How long beyond its usual time a book call may take, because the provider waits for the confirmation, in ms. */
export function syncWindowMs({ confirmation }: Pick<BookingRequest, 'confirmation'>): number {
  return confirmation?.async ? (confirmation.syncTimeoutMs ?? DEFAULT_SYNC_TIMEOUT_MS) : 0;
}
