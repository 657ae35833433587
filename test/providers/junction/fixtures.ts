import type { BookingRequest } from '../../../src/booking/schema/request';

/** Answers as the vendor's own pages show them, and the requests that the tests book with. */

export const ORDER_ID = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';
export const USER_ID = '202b2c2f-fb4c-44dc-a4f8-621186fde227';
export const BOOKING_ID = 'b1f0c2d3e4a5968778695a4b3c2d1e0f';
export const REF = `${BOOKING_ID}/book/1`;

/** The seed's answer to book, unchanged: no order_id, no event_status, no events, its id the order's. */
export const SEED_APPOINTMENT = {
  id: ORDER_ID,
  user_id: USER_ID,
  address: {
    first_line: 'West Lincoln Street',
    second_line: '',
    city: 'Phoenix',
    state: 'AZ',
    zip_code: '85004',
    unit: '14',
  },
  location: { lng: -112.0772235, lat: 33.4421912 },
  start_at: '2023-05-15T16:00:00+00:00',
  end_at: '2023-05-15T18:00:00+00:00',
  iana_timezone: 'America/Phoenix',
  type: 'phlebotomy',
  provider: 'getlabs',
  status: 'pending',
  provider_id: 'e89eb489-7382-4966-bb14-7ab4763eba6c',
  can_reschedule: true,
};

/** The webhook's appointment after a patient's move: no offsets, `pending` beside `scheduled`. */
export const MOVED_APPOINTMENT = {
  id: '06c2c65b-74a0-4f25-a4a9-44f796296355',
  user_id: 'acf79a82-0c2c-4ca0-998b-378931793905',
  order_id: '1ed9c8d7-e1b4-4d61-8123-0f99de5ae99a',
  order_transaction_id: '6424dd45-ee1a-49c6-ad0c-5769b8e03fc1',
  address: {
    first_line: '123 Main St.',
    second_line: 'Apt. 208',
    city: 'San Francisco',
    state: 'CA',
    zip_code: '91189',
    country: 'United States',
  },
  location: { lng: -122.4194155, lat: 37.7749295 },
  start_at: '2022-01-01T00:00:00',
  end_at: '2022-01-01T00:00:00',
  iana_timezone: 'America/New_York',
  type: 'phlebotomy',
  provider: 'getlabs',
  status: 'pending',
  event_status: 'scheduled',
  provider_id: '123',
  can_reschedule: true,
  event_data: { origin: 'patient', is_reschedule: true },
  events: [
    { created_at: '2022-01-01T00:00:00Z', data: null, status: 'scheduled' },
    {
      created_at: '2022-01-01T00:00:00Z',
      data: { origin: 'patient', is_reschedule: true },
      status: 'scheduled',
    },
  ],
};

/** The seed's example of an order: test kit, no last_event, no passthrough. */
export const SEED_ORDER = {
  id: '0ee312e2-6773-4a21-a6e1-506882cd98ed',
  team_id: 'cbb64555-af07-46c1-be09-ef89308e9b60',
  user_id: '94e2d9f2-d600-4a23-9f08-536df378e2c7',
  patient_details: { dob: '2020-01-01', gender: 'male' },
  patient_address: {
    receiver_name: 'John Doe',
    first_line: '123 Main St.',
    second_line: 'Apt. 208',
    city: 'San Francisco',
    state: 'CA',
    zip: '91189',
    country: 'United States',
    phone_number: '+1123456789',
  },
  details: { type: 'testkit', data: { id: 'a655f0e4-6405-4a1d-80b7-66f06c2108a7', shipment: {} } },
  lab_test: { name: 'Lipids Panel', description: 'Cholesterol test', method: 'testkit' },
  sample_id: '123456789',
  notes: 'This is a note',
  created_at: '2020-01-01T00:00:00Z',
  updated_at: '2020-01-01T00:00:00Z',
  status: 'collecting_sample',
  events: [
    { id: 1, created_at: '2022-01-01T00:00:00Z', status: 'received.testkit.ordered' },
    { id: 2, created_at: '2022-01-02T00:00:00Z', status: 'received.testkit.requisition_created' },
    { id: 3, created_at: '2022-01-03T00:00:00Z', status: 'collecting_sample.testkit.transit_customer' },
  ],
};

/** An at-home order at a status, as the contract has it. */
export function anOrder(status: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const event = { id: 1, created_at: '2026-12-01T08:00:00Z', status };
  return {
    id: ORDER_ID,
    user_id: USER_ID,
    patient_details: { dob: '1984-03-09T00:00:00+00:00', gender: 'female' },
    patient_address: SEED_ORDER.patient_address,
    details: { type: 'at_home_phlebotomy' },
    created_at: '2026-12-01T08:00:00Z',
    events: [event],
    last_event: event,
    passthrough: BOOKING_ID,
    ...more,
  };
}

/** An appointment of the order, as the contract has it. */
export function anAppointment(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...MOVED_APPOINTMENT,
    order_id: ORDER_ID,
    status: 'confirmed',
    event_status: 'scheduled',
    appointment_notes: `Left arm\nref:${REF}`,
    ...more,
  };
}

export const AT_HOME: BookingRequest = {
  provider: 'junction-phlebotomy',
  account: 'default',
  preference: 'earliest',
  patient: {
    userId: USER_ID,
    firstName: 'Ana',
    lastName: 'Reyes',
    dob: '1984-03-09',
    gender: 'female',
    phone: '+16025550123',
    email: 'ana@example.com',
    address: {
      firstLine: 'West Lincoln Street',
      city: 'Phoenix',
      state: 'AZ',
      zip: '85004',
      country: 'US',
      accessNotes: 'Gate 1234',
    },
  },
  order: { labTestIds: ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf'], extra: { icd_codes: ['Z00.00'] } },
  windows: [{ from: '2026-12-07', to: '2026-12-11' }],
  notes: 'Left arm',
};

export const AT_SITE: BookingRequest = {
  provider: 'junction-psc',
  account: 'default',
  preference: 'closest',
  order: { id: ORDER_ID, onFailure: 'keep' },
  site: { lab: 'quest', zip: '10001-4321', radiusMiles: 25 },
  windows: [{ from: '2026-12-07', to: '2026-12-18' }],
};
