import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildApi, type ApiOptions } from '../../src/api/app';
import type { WebhookSource } from '../../src/api/webhooks/receiver';
import { webhookSources } from '../../src/api/webhooks/sources';
import { forVendors } from '../../src/booking/vendors';
import type { BookingClient } from '../../src/client/booking-client';

/** The HTTP app for tests: on a given client, with one key and one webhook secret. */

export const SECRET = 'a-secret-of-the-desk';
export const AUTH = { authorization: `Bearer ${SECRET}` };
export const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of the provider').toString('base64')}`;

export interface TestApi {
  app: FastifyInstance;
  /** Every line that was logged. */
  lines: string[];
}

export async function testApi(client: BookingClient, over: Partial<ApiOptions> = {}): Promise<TestApi> {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const app = await buildApi({
    client,
    apiKeys: [
      { name: 'other', secret: 'a-secret-of-another' },
      { name: 'desk', secret: SECRET },
    ],
    idKey: Buffer.alloc(32, 2),
    webhooks: webhooksSignedWith(WEBHOOK_SECRET),
    readiness: () => Promise.resolve({ temporal: true, worker: true }),
    log,
    ...over,
  });
  return { app, lines };
}

/** The vendors' webhooks for an account `default` at each, signed with this secret. */
export function webhooksSignedWith(secret: string): WebhookSource[] {
  return webhookSources({
    // Only the names of the accounts matter here.
    accounts: forVendors(() => ({ default: { baseUrl: 'http://127.0.0.1', capabilities: {} } })),
    webhookSecrets: forVendors(() => [secret]),
  });
}

const unused = (): never => {
  throw new Error('this test does not expect that call');
};

/** A client that does what a test says, and throws where it says nothing. */
export function scriptedClient(over: Partial<BookingClient> = {}): BookingClient {
  return {
    start: unused,
    get: unused,
    list: unused,
    watch: unused,
    settled: unused,
    cancel: unused,
    retry: unused,
    resolve: unused,
    reschedule: unused,
    glance: unused,
    ofOrders: unused,
    wake: unused,
    cleanUp: unused,
    findSlots: unused,
    searchSlots: unused,
    incidents: unused,
    resume: unused,
    resumption: unused,
    stuckBookings: unused,
    audit: unused,
    explain: unused,
    ...over,
  };
}

export interface Signing {
  secret?: string;
  /** Seconds before now that the message claims to be from. */
  ageS?: number;
  id?: string;
}

/** The signature of a Standard Webhooks message, made from the scheme and not by the library that checks it. */
export function signatureOf(body: string | Buffer, signing: Required<Signing>): string {
  const key = Buffer.from(signing.secret.replace('whsec_', ''), 'base64');
  return `v1,${createHmac('sha256', key)
    .update(`${signing.id}.${timestampOf(signing)}.`)
    .update(body)
    .digest('base64')}`;
}

/** The three headers of a signed message, under the names that Svix gives them. */
export function signedHeaders(body: string | Buffer, signing: Signing = {}): Record<string, string> {
  const given = { secret: WEBHOOK_SECRET, ageS: 0, id: 'msg_1', ...signing };
  return {
    'svix-id': given.id,
    'svix-timestamp': String(timestampOf(given)),
    'svix-signature': signatureOf(body, given),
  };
}

function timestampOf({ ageS }: { ageS: number }): number {
  return Math.floor(Date.now() / 1000) - ageS;
}
