import { request } from 'undici';
import { webhookPathOf } from '../../../src/booking/vendors';
import { scriptedClient, testApi } from '../../support/api';
import type { WebhookSubject } from './subject';

/** The booking that there is. It is open, and shows nothing yet. */
export const BOOKING_ID = '0123456789abcdefghjkmnpqrs';

/** The metrics ask for more than a receiver does, and do without. */
const away = (): Promise<never> => Promise.reject(new Error('not now'));

/** What receives the events, over a socket, and what became of them. */
export interface Receiver {
  /** Sends bytes as they are, and returns the answer's status. */
  send(body: Buffer, headers: Record<string, string>): Promise<number>;
  /** The ids of the bookings that were woken, each time that one was. */
  woken: readonly string[];
  /** Returns what it measured, as it tells it. */
  metrics(): Promise<string>;
  /** Everything that it logged. */
  lines: readonly string[];
  /** Stops it. It searches once more for whatever has no booking yet, and does nothing after that. */
  close(): Promise<void>;
}

/** Starts the API with these secrets of the vendor. Anything that it asks of bookings but their news throws. */
export async function startReceiver(
  { vendor, part }: Pick<WebhookSubject, 'vendor' | 'part'>,
  secrets: readonly string[],
): Promise<Receiver> {
  const woken: string[] = [];
  const client = scriptedClient({
    glance: (id) =>
      Promise.resolve(id === BOOKING_ID ? { isOpen: true, view: null, isCalling: false } : null),
    wake: (id) => Promise.resolve(woken.push(id) > 0),
    ofOrders: () => Promise.resolve([]),
    list: () => Promise.resolve({ bookings: [], nextPageToken: null }),
    stuckBookings: away,
    incidents: away,
  });
  const source = { vendor, accounts: ['default'], isSigned: part.verifier(secrets), reader: part.reader() };
  const { app, lines } = await testApi(client, { webhooks: [source] });
  const base = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    async send(body, headers) {
      const given = { 'content-type': 'application/json', ...headers };
      const answer = await request(base + webhookPathOf(vendor), { method: 'POST', headers: given, body });
      await answer.body.dump();
      return answer.statusCode;
    },
    woken,
    metrics: async () => (await app.inject('/metrics')).body,
    lines,
    close: () => app.close(),
  };
}
