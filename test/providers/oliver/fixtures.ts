import type { BookingRequest } from '../../../src/booking/schema/request';

/** Answers as the contract and the seed page show them, and the requests that the tests book with. */

export const REF = 'b1f0c2d3.m1/book/1';
export const BOOKING_ID = 'b1f0c2d3';
export const ZONE = 'America/Chicago';

const CORE = '/services/core/open_api/v1';
export const SIGN_IN = 'POST /services/user/v1/auth/sign-in';
export const OPEN_TIMES = `POST ${CORE}/open_times`;
export const CREATE = `POST ${CORE}/appointments`;
export const LIST = `GET ${CORE}/appointments`;
export const CLIENTS = `GET ${CORE}/clients`;
export const PATIENTS = `GET ${CORE}/patients`;
export const TASKS = `GET ${CORE}/staff_tasks`;
export const NEW_TASK = `POST ${CORE}/staff_tasks`;

export const CLIENT = {
  id: '11',
  name: 'Ana Reyes',
  email: 'ana@example.com',
  phone: '(602) 555-0123',
  remote_id: 'C-1001',
};
export const PATIENT = { id: '77', name: 'Rex', client_id: '11', remote_id: 'P-77' };

export const BY_REMOTE_ID: BookingRequest = {
  provider: 'oliver',
  account: 'default',
  preference: 'earliest',
  reference: 'recall-77',
  appointmentType: 'wellness',
  client: { remoteId: 'C-1001' },
  patient: { remoteId: 'P-77' },
  windows: [{ from: '2026-12-07', to: '2026-12-08' }],
  notes: 'Annual vaccines',
};

export const BY_ID: BookingRequest = { ...BY_REMOTE_ID, client: { id: 11 }, patient: { id: 77 } };

export const BY_NAME: BookingRequest = {
  ...BY_REMOTE_ID,
  client: { firstName: 'Ana', lastName: 'Reyes', phone: '+16025550123' },
};

export const BOOKING = {
  orderId: null,
  slotKey: 'slot-1',
  startsAt: '2026-12-07T22:00:00Z',
  before: [],
  ref: REF,
  key: null,
};

/** What every answer that succeeds is wrapped in. */
export const ok = (data: unknown) => ({ body: { success: true, data } });

/** What every refusal looks like. */
export const refusal = (status: number, message: string) => ({ status, body: { success: false, message } });

export const page = (content: unknown[], more: Record<string, unknown> = {}) =>
  ok({ page: 0, per_page: 100, total_pages: 1, total_count: content.length, content, ...more });

/** The answer to create: an integer id, the seed's fields. */
export const CREATED = {
  id: 123,
  remote_id: null,
  remote_client_id: 'C-1001',
  remote_patient_id: 'P-77',
  status: 'REQUESTED',
  booking_date: '2026-12-07T22:00:00Z',
  end_date: '2026-12-07T22:20:00Z',
  created_at: '2026-12-01T12:00:00Z',
  updated_at: '2026-12-01T12:00:00Z',
  referral_source: null,
  referral_campaign: null,
  referral_medium: null,
  client_first_name: 'Ana',
  client_last_name: 'Reyes',
  client_email: null,
  client_phone: null,
  client_type: 'RETURNING',
  patient_name: 'Rex',
};

/** The same in the list: a string id. */
export const listed = (more: Record<string, unknown> = {}) => ({ ...CREATED, id: '123', ...more });

/** A day of open times, in the practice's wall time as the contract writes it. */
export const day = (date: string, ...uuids: string[]) => ({
  date,
  available: uuids.length > 0,
  times: uuids.map((uuid) => ({
    uuid,
    start: '2026-12-07T16:00:00-06:00',
    end: '2026-12-07T16:20:00-06:00',
    value: '16:00',
    label: '4:00 pm',
    provider_id: '5',
  })),
});
