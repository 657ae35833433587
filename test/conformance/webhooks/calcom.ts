import { createHmac, randomUUID } from 'node:crypto';
import { vendorAt } from '../../../src/vendors';
import type { WebhookSubject } from './subject';

/** Cal.com's webhooks: signed over the body's bytes alone, so that a recorded one is good for ever. */
export function calcomWebhooks(): WebhookSubject {
  const part = vendorAt('calcom').news;
  if (!part) throw new Error('Cal.com sends webhooks');
  const uid = uidOf();
  const eventOf = (triggerEvent: string, of: string, metadata: object): object => ({
    triggerEvent,
    createdAt: '2030-01-07T15:00:00.000Z',
    payload: {
      uid: of,
      bookingId: 9001,
      startTime: '2030-01-09T15:00:00Z',
      endTime: '2030-01-09T15:30:00Z',
      status: 'ACCEPTED',
      attendees: [{ name: 'Ana Reyes', email: 'ana@example.com', timeZone: 'America/New_York' }],
      organizer: { email: 'iris@example.com', timeZone: 'America/New_York' },
      metadata,
    },
  });
  const refOf = (bookingId: string): object => ({ bookingRef: `${bookingId}.m1/book/1` });
  return {
    vendor: 'calcom',
    part,
    secrets: ['an older secret', 'a newer secret'],
    sign: (body, { secret }) => ({
      'x-cal-signature-256': createHmac('sha256', secret).update(body).digest('hex'),
    }),
    oldFromS: null,
    own: (bookingId) => eventOf('BOOKING_CREATED', uid, refOf(bookingId)),
    foreign: () => eventOf('BOOKING_CREATED', uidOf(), {}),
    ofType: (type, bookingId) => eventOf(type, uid, refOf(bookingId)),
  };
}

/** A uid as Cal.com makes them. */
function uidOf(): string {
  return randomUUID().replaceAll('-', '').slice(0, 22);
}
