/**
 * The four calls that a booking at home needs at Junction, and the two that undo it, as somebody writes them who has the
 * vendor's page beside the editor: no retries, no look before a write, an answer that is not 2xx is an error. The arms
 * that ours is measured against make exactly these, so that what differs is the saga.
 */

/** Where the provider answers, and the key that opens it. */
export interface Access {
  url: string;
  apiKey: string;
}

export interface Patient {
  userId: string;
  firstName: string;
  lastName: string;
  dob: string;
  gender: string;
  phone: string;
  email: string;
  address: { firstLine: string; city: string; state: string; zip: string; country: string };
}

export interface Slot {
  key: string;
  startsAt: string;
}

export interface Appointment {
  id: string;
  status: string;
}

const DAY_MS = 86_400_000;

export async function placeOrder(access: Access, patient: Patient, labTestIds: string[]): Promise<string> {
  const { firstName, lastName, address } = patient;
  const answer = await call<{ order: { id: string } }>(access, 'POST', '/v3/order', {
    user_id: patient.userId,
    patient_details: {
      first_name: firstName,
      last_name: lastName,
      dob: patient.dob,
      gender: patient.gender,
      phone_number: patient.phone,
      email: patient.email,
    },
    patient_address: {
      receiver_name: `${firstName} ${lastName}`,
      first_line: address.firstLine,
      city: address.city,
      state: address.state,
      zip: address.zip,
      country: address.country,
      phone_number: patient.phone,
    },
    order_set: { lab_test_ids: labTestIds },
    collection_method: 'at_home_phlebotomy',
  });
  return answer.order.id;
}

/** The order's status, e.g. `received.at_home_phlebotomy.requisition_created`. */
export async function readOrder(access: Access, orderId: string): Promise<string> {
  const answer = await call<{ last_event: { status: string } }>(access, 'GET', `/v3/order/${orderId}`);
  return answer.last_event.status;
}

/** The earliest slot that can be booked online, from so many days ahead on. */
export async function findSlot(
  access: Access,
  { address }: Pick<Patient, 'address'>,
  daysAhead: number,
): Promise<Slot> {
  const startDate = new Date(Date.now() + daysAhead * DAY_MS).toISOString().slice(0, 10);
  const path = `/v3/order/phlebotomy/appointment/availability?start_date=${startDate}`;
  const answer = await call<{ slots: { slots: { booking_key: string | null; start: string }[] }[] }>(
    access,
    'POST',
    path,
    { first_line: address.firstLine, city: address.city, state: address.state, zip_code: address.zip },
  );
  for (const { booking_key: key, start } of answer.slots.flatMap((day) => day.slots)) {
    if (key !== null) return { key, startsAt: start };
  }
  throw new Error('There is no slot.');
}

export async function book(access: Access, orderId: string, slot: Slot): Promise<Appointment> {
  const path = `/v3/order/${orderId}/phlebotomy/appointment/book`;
  const { id, status } = await call<Appointment>(access, 'POST', path, { booking_key: slot.key });
  return { id, status };
}

export async function cancelAppointment(access: Access, orderId: string): Promise<void> {
  const reasons = '/v3/order/phlebotomy/appointment/cancellation-reasons';
  const [reason] = await call<{ id: string }[]>(access, 'GET', reasons);
  await call(access, 'PATCH', `/v3/order/${orderId}/phlebotomy/appointment/cancel`, {
    cancellation_reason_id: reason?.id,
  });
}

export async function cancelOrder(access: Access, orderId: string): Promise<void> {
  await call(access, 'POST', `/v3/order/${orderId}/cancel`);
}

async function call<T>({ url, apiKey }: Access, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { 'x-vital-api-key': apiKey, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}`);
  // The caller says what the vendor's page says of this answer; a plain program checks no further.
  return (await answer.json()) as T;
}
