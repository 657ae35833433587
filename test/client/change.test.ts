import { randomUUID } from 'node:crypto';
import type { BookingView } from '../../src/booking/schema/view';
import type { BookingClient } from '../../src/client/booking-client';
import {
  adoptedRequest,
  codeOf,
  failureOf,
  placedRequest,
  startStandIn,
  type StandIn,
} from '../support/stand-in';

let standIn: StandIn;
let bookings: BookingClient;

beforeAll(async () => {
  standIn = await startStandIn();
  bookings = standIn.bookings;
}, 60_000);
afterAll(() => standIn.stop());

describe('messages', () => {
  it('answers an accepted one with the booking, and says who asked', async () => {
    const { booking } = await bookings.start(placedRequest());
    const view = await bookings.cancel(booking.id, { reason: 'moved away', by: 'desk' });
    expect(view).toMatchObject({ status: 'cancelled', lastRequest: { kind: 'cancel', by: 'desk' } });
  });

  type Send = (client: BookingClient, id: string) => Promise<BookingView>;
  const SEND: Record<string, Send> = {
    cancel: (client, id) => client.cancel(id, {}),
    retry: (client, id) => client.retry(id, {}),
    resolve: (client, id) => client.resolve(id, { choice: 'end', why: 'no use' }),
    reschedule: (client, id) => client.reschedule(id, { windows: [{ from: '+3d', to: '+9d' }] }),
  };
  it.each([
    ['retry', 'nothing_to_resolve'],
    ['resolve', 'choice_not_offered'],
    ['reschedule', 'not_supported'],
  ])('throws the refusal of %s as %s', async (kind, code) => {
    const { booking } = await bookings.start(placedRequest());
    expect(await codeOf(SEND[kind]?.(bookings, booking.id) ?? Promise.resolve())).toBe(code);
  });

  it.each(Object.entries(SEND))('refuses %s for ended and unknown bookings', async (_kind, send) => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.end(booking.id);
    expect(await codeOf(send(bookings, booking.id))).toBe('already_ended');
    expect(await codeOf(send(bookings, 'nobody'))).toBe('booking_not_found');
  });

  it.each(['appointment', 'order'] as const)('wakes an open booking with news of its %s', async (kind) => {
    const { booking } = await bookings.start(placedRequest());
    expect(await bookings.wake(booking.id, kind)).toBe(true);
    await standIn.shown(booking.id, ({ waitingFor }) => waitingFor?.what === `${kind} news`);
    await standIn.end(booking.id);
    expect(await bookings.wake(booking.id, kind)).toBe(false);
    expect(await bookings.wake('nobody', kind)).toBe(false);
  });
});

describe('clean-up', () => {
  const attempt = { startsAt: '2030-01-07T15:00:00Z', reason: null, at: '2030-01-01T00:00:00Z' };

  it('is started once for an ended booking with an unknown outcome, with what it was asked', async () => {
    const orderId = randomUUID();
    const request = adoptedRequest(orderId, { notes: 'Left arm' });
    const { booking } = await bookings.start(request);
    await standIn.execution(booking.id).signal('show', {
      attempts: [{ ...attempt, outcome: 'unknown' }],
      order: { id: orderId, origin: 'adopted', status: 'ordered' },
    });
    await standIn.renew(booking.id);
    await standIn.end(booking.id, 'fail');
    expect(await bookings.cleanUp(booking.id)).toBe(true);
    expect(await bookings.cleanUp(booking.id)).toBe(true);
    const cleanup = standIn.server.client.workflow.getHandle(`cleanup:${booking.id}`);
    await cleanup.signal('finish', { how: 'complete' });
    expect(await cleanup.result()).toMatchObject({
      bookingId: booking.id,
      orderId,
      request: { notes: 'Left arm' },
    });
  });

  it.each([
    ['open', 'unknown', false],
    ['ended without an unknown outcome', 'declined', true],
  ] as const)('is not started for a booking that is %s', async (_name, outcome, isEnded) => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.execution(booking.id).signal('show', { attempts: [{ ...attempt, outcome }] });
    if (isEnded) await standIn.end(booking.id);
    expect(await bookings.cleanUp(booking.id)).toBe(false);
  });
});

describe('slots', () => {
  it('answers what the search found', async () => {
    expect(await bookings.searchSlots(placedRequest())).toMatchObject([{ key: 'junction-phlebotomy' }]);
  });

  it('throws what the search ended with, naming the field', async () => {
    const search = bookings.searchSlots(placedRequest({ reference: 'area_not_served' }));
    expect(await failureOf(search)).toMatchObject({
      code: 'area_not_served',
      facts: { field: 'patient.address.zip' },
    });
  });
});
