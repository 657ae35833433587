import type { BookingView } from '../../src/booking/schema/view';

/** One booking at the stations of its life. */

export const ID = '0123456789abcdefghjkmnpqrs';

export const STARTED: BookingView = {
  id: ID,
  revision: 0,
  provider: 'junction-phlebotomy',
  account: 'default',
  reference: 'visit-8812',
  status: 'ordering',
  waitingFor: null,
  order: null,
  appointment: null,
  attempts: [],
  attemptsLeftOut: 0,
  compensation: [],
  attention: null,
  failure: null,
  lastRequest: null,
  createdAt: '2026-12-01T14:03:05.000Z',
  updatedAt: '2026-12-01T14:03:05.000Z',
  stalled: null,
};

export const BOOKING: BookingView = {
  ...STARTED,
  revision: 4,
  status: 'booking',
  order: { id: 'order-1', origin: 'placed', status: 'received.requisition_created' },
  attempts: [
    {
      startsAt: '2026-12-07T16:00:00.000Z',
      outcome: 'booking',
      reason: null,
      at: '2026-12-01T14:03:06.000Z',
    },
  ],
  updatedAt: '2026-12-01T14:03:06.000Z',
};

const APPOINTMENT = {
  id: 'appointment-1',
  provider: 'getlabs',
  providerId: null,
  externalId: null,
  type: 'phlebotomy',
  status: 'pending',
  eventStatus: null,
  startsAt: '2026-12-07T16:00:00.000Z',
  endsAt: '2026-12-07T18:00:00.000Z',
  timezone: 'America/Phoenix',
  address: { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004' },
  location: null,
  place: null,
  canReschedule: true,
  replaces: null,
};

export const WAITING: BookingView = {
  ...BOOKING,
  revision: 6,
  status: 'awaiting_confirmation',
  waitingFor: {
    what: "the appointment's confirmation",
    since: '2026-12-01T14:03:07.000Z',
    until: '2026-12-01T14:19:07.000Z',
  },
  appointment: APPOINTMENT,
  attempts: [
    { startsAt: '2026-12-07T16:00:00.000Z', outcome: 'held', reason: null, at: '2026-12-01T14:03:07.000Z' },
  ],
  updatedAt: '2026-12-01T14:03:07.000Z',
};

export const CONFIRMED: BookingView = {
  ...WAITING,
  revision: 8,
  status: 'confirmed',
  waitingFor: null,
  appointment: { ...APPOINTMENT, status: 'confirmed' },
  attempts: [
    {
      startsAt: '2026-12-07T16:00:00.000Z',
      outcome: 'confirmed',
      reason: null,
      at: '2026-12-01T14:03:09.000Z',
    },
  ],
  updatedAt: '2026-12-01T14:03:09.000Z',
};

export const COMPLETED: BookingView = { ...CONFIRMED, revision: 20, status: 'completed' };

export const NEEDS_PERSON: BookingView = {
  ...BOOKING,
  revision: 7,
  attention: {
    reason: 'credentials_rejected',
    message: 'The provider rejected our credentials.',
    since: '2026-12-01T14:04:00.000Z',
    tried: ['2026-12-01T14:04:00.000Z while booking: credentials_rejected'],
    triedLeftOut: 0,
    choices: ['retry', 'end', 'a_new_one'],
  },
  updatedAt: '2026-12-01T14:04:00.000Z',
};

export const COMPENSATING: BookingView = {
  ...BOOKING,
  revision: 9,
  status: 'compensating',
  compensation: [{ step: 'order', outcome: 'pending', attempts: 0, at: '2026-12-01T14:05:00.000Z' }],
  updatedAt: '2026-12-01T14:05:00.000Z',
};

export const CANCELLED: BookingView = {
  ...COMPENSATING,
  revision: 11,
  status: 'cancelled',
  compensation: [{ step: 'order', outcome: 'undone', attempts: 1, at: '2026-12-01T14:05:01.000Z' }],
  updatedAt: '2026-12-01T14:05:01.000Z',
};

export const FAILED: BookingView = {
  ...CANCELLED,
  status: 'failed',
  failure: { code: 'no_slot', message: 'No slot in the wanted windows could be held.' },
};
