import { randomUUID } from 'node:crypto';
import { vendorAt } from '../../../src/vendors';
import { signedHeaders } from '../../support/api';
import type { WebhookSubject } from './subject';

/** Junction's webhooks, signed as Standard Webhooks are. */
export function junctionWebhooks(): WebhookSubject {
  const part = vendorAt('junction').news;
  if (!part) throw new Error('Junction sends webhooks');
  const id = randomUUID();
  const eventOf = (type: string, orderId: string, passthrough: string | null): object => ({
    event_type: type,
    user_id: randomUUID(),
    client_user_id: 'maya-reyes',
    data: {
      id: orderId,
      passthrough,
      last_event: {
        id: 7,
        created_at: '2030-01-07T15:00:00+00:00',
        status: 'received.walk_in_test.appointment_scheduled',
      },
      events: [
        {
          id: 7,
          created_at: '2030-01-07T15:00:00+00:00',
          status: 'received.walk_in_test.appointment_scheduled',
        },
      ],
    },
  });
  return {
    vendor: 'junction',
    part,
    secrets: [secretOf('an older secret'), secretOf('a newer secret')],
    sign: (body, { secret, ageS }) => signedHeaders(body, { secret, ageS, id: `msg_${randomUUID()}` }),
    oldFromS: 301,
    own: (bookingId) => eventOf('labtest.order.updated', id, bookingId),
    foreign: () => eventOf('labtest.order.updated', randomUUID(), null),
    ofType: (type, bookingId) => eventOf(type, id, bookingId),
  };
}

function secretOf(text: string): string {
  return `whsec_${Buffer.from(text.padEnd(32, '.')).toString('base64')}`;
}
