import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Clock } from './clock';
import type { Sent } from './bytes';
import type { Faults } from './faults';

/** Svix's published pauses before each attempt, in sandbox ms (docs/providers.md#webhooks). */
export const ATTEMPT_PAUSES_MS = [
  0,
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  10 * HOUR_MS,
] as const;

/** How a vendor delivers its events. */
export interface DeliveryStyle {
  /** The pauses before each attempt, in sandbox ms; as many attempts as pauses. */
  pausesMs: readonly number[];
  /** Returns the headers that sign a body, which is given byte for byte. */
  headers(body: Buffer, signing: { svixId: string; secret: string; at: Date }): Record<string, string>;
}

/** Deliveries as Svix makes them, for vendors that use it. */
const SVIX: DeliveryStyle = { pausesMs: ATTEMPT_PAUSES_MS, headers: svixHeaders };

/** How long a receiver has to answer 2xx, in real ms. */
const ANSWER_WITHIN_MS = 15_000;

const DELIVERIES_KEPT = 500;

/** An event that is being delivered. Every attempt sends the same `svix-id` and body. */
export const messageSchema = z.object({ svixId: z.string(), eventType: z.string(), body: z.string() });
export type Message = z.infer<typeof messageSchema>;

/** One attempt to deliver, as `GET /_sandbox/state` shows it. */
export interface Delivery {
  svixId: string;
  eventType: string;
  /** Counted from 1; 0 for a dropped event. */
  attempt: number;
  outcome: number | 'dropped' | 'no answer';
  at: string;
}

/** Sends a sandbox's events as its vendor would. */
export interface Webhooks {
  /** Sends an event, subject to the fault rules. Sends nothing while there is no address. */
  emit(eventType: string, payload: object): void;
  /** Makes one attempt. When it fails and attempts are left, plans the next one. */
  attempt(message: Message, attempt: number): Promise<void>;
  /** Sets the address of later events; null: they go nowhere. */
  sendTo(url: string | null): void;
  readonly deliveries: Delivery[];
  /** Forgets the deliveries, and the events that wait to be sent after the event that follows. */
  clear(): void;
}

interface WebhookOptions {
  url: string | null;
  /** As the vendor's style takes it; Svix: `whsec_` and the key in base64. */
  secret: string;
  /** Svix's, where it is left out. */
  style?: DeliveryStyle;
  clock: Clock;
  faults: Faults;
  /** Plans attempt `attempt` (from 0) in `inMs` real ms. */
  plan: (message: Message, attempt: number, inMs: number) => void;
  /** Encodes a body for the wire; null: it goes out as plain JSON in UTF-8. The signature covers the bytes sent. */
  encode?: (body: string) => Sent | null;
}

/** Returns a sender that plans its attempts through `options.plan`, so that they survive a restart. */
export function createWebhooks(options: WebhookOptions): Webhooks {
  const deliveries: Delivery[] = [];
  const { style = SVIX } = options;
  let url = options.url;
  let held: { message: Message; release: NodeJS.Timeout }[] = [];

  const note = (message: Message, attempt: number, outcome: Delivery['outcome']): void => {
    const { svixId, eventType } = message;
    deliveries.push({ svixId, eventType, attempt, outcome, at: new Date().toISOString() });
    if (deliveries.length > DELIVERIES_KEPT) deliveries.shift();
  };
  const send = (message: Message, inMs = 0): void => options.plan(message, 0, inMs);
  const releaseHeld = (afterMs: number): void => {
    held.forEach(({ message, release }) => {
      clearTimeout(release);
      send(message, afterMs);
    });
    held = [];
  };
  const hold = (message: Message, forMs: number): void => {
    const release = setTimeout(() => releaseHeld(0), forMs);
    release.unref();
    held.push({ message, release });
  };
  const clear = (): void => {
    held.forEach(({ release }) => clearTimeout(release));
    held = [];
    deliveries.length = 0;
  };

  return {
    deliveries,
    clear,
    sendTo: (next) => void (url = next),
    emit(eventType, payload) {
      if (url === null) return;
      const message = { svixId: `msg_${randomUUID()}`, eventType, body: JSON.stringify(payload) };
      const rule = options.faults.forWebhook(eventType);
      if (rule?.do === 'drop') note(message, 0, 'dropped');
      else if (rule?.do === 'reorder') hold(message, rule.delayMs);
      else {
        send(message, rule?.do === 'delay' ? rule.delayMs : 0);
        if (rule?.do === 'duplicate') send(message);
        releaseHeld(REORDER_GAP_MS);
      }
    },
    async attempt(message, attempt) {
      if (url === null) return;
      const sent = options.encode?.(message.body) ?? plain(message.body);
      const { svixId } = message;
      const signed = style.headers(sent.bytes, { svixId, secret: options.secret, at: new Date() });
      const outcome = await post(url, sent, signed);
      note(message, attempt + 1, outcome);
      const pauseMs = style.pausesMs[attempt + 1];
      if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) return;
      if (pauseMs !== undefined) options.plan(message, attempt + 1, options.clock.scaled(pauseMs));
    },
  };
}

/** In real ms: on one machine this is enough for the following event to arrive first. */
const REORDER_GAP_MS = 100;

function plain(body: string): Sent {
  return { bytes: Buffer.from(body), contentType: 'application/json' };
}

/** Returns the headers of a signed message: HMAC-SHA256 over `id.timestamp.body`, as Standard Webhooks defines it. */
function svixHeaders(
  body: Buffer,
  { svixId, secret, at }: { svixId: string; secret: string; at: Date },
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${svixId}.${timestamp}.`).update(body).digest('base64');
  return { 'svix-id': svixId, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` };
}

async function post(
  url: string,
  { bytes, contentType }: Sent,
  signed: Record<string, string>,
): Promise<number | 'no answer'> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType, ...signed },
      body: bytes,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 'no answer';
  }
}
