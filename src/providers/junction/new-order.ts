import { Failure } from '../../booking/failures';
import { withAsciiDomain } from '../../booking/email';
import { plainSpelling } from '../../booking/person-names';
import { plainPhone } from '../../booking/phone';
import type { BookingRequest } from '../../booking/schema/request';
import type { PlaceCall } from '../provider';

/**
 * Returns the body of a new order. `order.extra` goes in as it is, but the booking's own values win over it: the user,
 * the patient, the tests, the collection method and the passthrough (without which a lost order is never found). Within
 * `patient_details`, `patient_address` and `order_set`, extra fields are kept beside ours.
 */
export function newOrder(
  { bookingId, request }: PlaceCall,
  collectionMethod: string,
): Record<string, unknown> {
  const { order, patient } = request;
  if (!order || !('labTestIds' in order)) {
    throw new Failure('invalid_request', { field: 'order.labTestIds', hint: 'Say which tests to order.' });
  }
  return mergedUnder(order.extra ?? {}, {
    user_id: patient?.userId,
    patient_details: patientDetails(patient),
    patient_address: patientAddress(patient),
    order_set: { lab_test_ids: order.labTestIds },
    collection_method: collectionMethod,
    passthrough: bookingId,
  });
}

type Patient = BookingRequest['patient'];

function patientDetails(patient: Patient): Record<string, unknown> {
  return given({
    first_name: plain(patient?.firstName),
    last_name: plain(patient?.lastName),
    dob: patient?.dob,
    gender: patient?.gender,
    phone_number: patient?.phone === undefined ? undefined : plainPhone(patient.phone),
    email: patient?.email === undefined ? undefined : withAsciiDomain(patient.email),
    medical_proxy: patient?.medicalProxy,
  });
}

function patientAddress(patient: Patient): Record<string, unknown> | undefined {
  const address = patient?.address;
  return (
    address &&
    given({
      receiver_name: [plain(patient.firstName), plain(patient.lastName)].filter(Boolean).join(' '),
      first_line: address.firstLine,
      second_line: address.secondLine,
      city: address.city,
      state: address.state,
      zip: address.zip,
      // However the request writes it: no other country is served (src/booking/schema/provider-rules.ts).
      country: 'US',
      access_notes: address.accessNotes,
      phone_number: patient.phone === undefined ? undefined : plainPhone(patient.phone),
    })
  );
}

/** Returns a name for Junction, whose pattern allows only the keyboard's apostrophe, hyphen and blank. */
function plain(text: string | undefined): string | undefined {
  return text === undefined ? undefined : plainSpelling(text);
}

function mergedUnder(extra: Record<string, unknown>, ours: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...extra };
  for (const [key, value] of Object.entries(given(ours))) {
    merged[key] = isObject(value) && isObject(extra[key]) ? { ...extra[key], ...value } : value;
  }
  return merged;
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
