import type { BookingRequest } from '../../../src/booking/schema/request';

/** Answers as the contract and docs/providers.md#calcom have them, and the request that the tests book with. */

export const ZONE = 'America/New_York';
export const BOOKING_ID = '01kb0000000000000000000000';
export const MAKER = `${BOOKING_ID}.m1abc`;
export const REF = `${MAKER}/book/1`;

export const SLOTS = 'GET /v2/slots';
export const BOOK = 'POST /v2/bookings';
export const LIST = 'GET /v2/bookings';
export const read = (uid: string) => `GET /v2/bookings/${uid}`;
export const MOVE = 'POST /v2/bookings/bk1/reschedule';
export const CANCEL = 'POST /v2/bookings/bk1/cancel';

export const REQUEST: BookingRequest = {
  provider: 'calcom',
  account: 'default',
  preference: 'earliest',
  appointmentType: '101',
  client: { firstName: 'Ana', lastName: 'Reyes', email: 'Ana@Example.com' },
  windows: [{ from: '2026-12-07', to: '2026-12-08' }],
};

export const START = '2026-12-07T15:00:00.000Z';
export const END = '2026-12-07T15:30:00.000Z';

/** A booking as Cal.com shows it. */
export const booking = (more: object = {}): Record<string, unknown> => ({
  id: 4711,
  uid: 'bk1',
  title: 'Visit between Dr Ek and Ana Reyes',
  description: null,
  hosts: [
    {
      id: 1,
      name: 'Dr Ek',
      email: 'ek@example.com',
      displayEmail: 'ek@example.com',
      username: 'ek',
      timeZone: ZONE,
    },
  ],
  status: 'accepted',
  start: START,
  end: END,
  duration: 30,
  eventTypeId: 101,
  eventType: { id: 101, slug: 'visit' },
  location: 'integrations:daily',
  absentHost: false,
  createdAt: '2026-12-01T12:00:00.000Z',
  updatedAt: null,
  metadata: { bookingRef: REF },
  attendees: [attendee('ana@example.com')],
  bookingFieldsResponses: {},
  ...more,
});

export const attendee = (email: string) => ({
  name: 'Ana Reyes',
  email,
  displayEmail: email,
  timeZone: ZONE,
  absent: false,
});

export const ok = (data: unknown, status = 200) => ({ status, body: { status: 'success', data } });

export const page = (rows: unknown[], more: object = {}) => ({
  body: {
    status: 'success',
    data: rows,
    pagination: { hasNextPage: false, totalItems: rows.length, ...more },
  },
});

/** A refusal in the API's own form. */
export const refusal = (status: number, message: string, code = 'BadRequestException') => ({
  status,
  body: { status: 'error', timestamp: '2026-12-01T12:00:00.000Z', path: '/v2', error: { code, message } },
});

export const BOOKING = {
  orderId: null,
  slotKey: START,
  startsAt: START,
  before: [],
  ref: REF,
  request: REQUEST,
  key: null,
};
