import type { Scene } from '../scene';
import { BOOKED, NOTHING } from './parts';

/** Scenes of what happens to a booking after it was confirmed. */
export const CONFIRMED: readonly Scene[] = [
  {
    name: 'confirmed, then moved by its caller',
    story:
      'The caller asks for another week; the provider moves the appointment, and there is never a second.',
    act: async ({ client, bookingId, until }) => {
      const { appointment } = await until(({ status }) => status === 'confirmed');
      await client.reschedule(bookingId, { windows: [{ from: '+8d', to: '+12d' }], by: 'demo' });
      await until(
        (view) => view.status === 'confirmed' && view.appointment?.startsAt !== appointment?.startsAt,
      );
    },
    expected: {
      status: 'confirmed',
      attempts: ['confirmed', 'confirmed'],
      facts: ['moved by the provider', 'time changed'],
      live: BOOKED,
    },
  },
  {
    name: 'confirmed, then cancelled by the provider',
    story:
      'The provider takes a confirmed visit back; its webhook wakes the booking, which takes another slot.',
    act: async ({ standIn, until }) => {
      await until(({ status }) => status === 'confirmed');
      await standIn.change({ status: 'cancelled', event_data: { origin: 'provider' } });
      await until(({ status, attempts }) => status === 'confirmed' && attempts.length === 2);
    },
    expected: {
      status: 'confirmed',
      attempts: ['confirmed', 'confirmed'],
      facts: ['webhook delivered', 'time changed'],
      live: BOOKED,
    },
  },
  {
    name: 'cancelled by the provider, decided by a person',
    story:
      'This request wants a person to decide what follows; they give the booking up, and its order is undone.',
    request: { policy: { onProviderCancel: 'attention' } },
    act: async ({ client, bookingId, standIn, until }) => {
      await until(({ status }) => status === 'confirmed');
      await standIn.change({ status: 'cancelled', event_data: { origin: 'provider' } });
      await until(({ attention }) => attention !== null);
      await client.resolve(bookingId, { choice: 'end', why: 'the patient went elsewhere', by: 'demo' });
      await until(({ status }) => status === 'failed');
    },
    expected: {
      status: 'failed',
      failure: 'provider_cancelled',
      attempts: ['confirmed'],
      paused: 'provider_cancelled',
      facts: ['webhook delivered', 'order undone'],
      live: NOTHING,
    },
  },
];
