import { PATIENT_BY_PHONE } from '../requests';
import type { Scene } from '../scene';
import { BOOKED, NOTHING } from './parts';

/** Scenes of Junction's other ways of booking: at a draw site (PSC), and where the provider calls the patient. */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const inDays = (days: number, plusMs = 0): string =>
  new Date(Date.now() + days * DAY_MS + plusMs).toISOString();

export const OTHER_WAYS: readonly Scene[] = [
  {
    name: 'draw site (PSC): cancelled after all',
    story:
      'Cancelling the order would leave its appointment standing here: the appointment goes first, then the order.',
    request: { provider: 'junction-psc' },
    act: async ({ client, bookingId, until }) => {
      await until(({ status }) => status === 'confirmed');
      await client.cancel(bookingId, { by: 'demo' });
      await until(({ status }) => status === 'cancelled');
    },
    expected: {
      status: 'cancelled',
      attempts: ['confirmed'],
      facts: ['appointment cancelled before its order', 'appointment undone', 'order undone'],
      live: NOTHING,
    },
  },
  {
    name: 'request tier: the provider calls the patient',
    story:
      'There are no slots in this area: a visit is asked for, a time is agreed by phone, then it is confirmed.',
    request: { patient: PATIENT_BY_PHONE },
    act: async ({ standIn, until }) => {
      await until(({ status }) => status === 'awaiting_confirmation');
      await standIn.change({ start_at: inDays(3), end_at: inDays(3, 2 * HOUR_MS) });
      await until(({ appointment }) => appointment?.startsAt != null);
      await standIn.change({ status: 'confirmed' });
    },
    expected: {
      status: 'confirmed',
      attempts: ['confirmed'],
      facts: ['asked for, not booked', 'time agreed later'],
      live: BOOKED,
    },
  },
];
