import { createHmac } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { Verifier } from './vendor';

/** Checks signatures of Standard Webhooks, for vendors that sign so. */

const PARTS = ['id', 'timestamp', 'signature'] as const;

/**
 * Creates the check of Standard Webhooks signatures over the raw bytes, with headers named `svix-*` or `webhook-*`. One
 * of the header's signatures must match one of the secrets, and the timestamp must be within five minutes of now.
 * Without secrets nothing verifies. Throws for an invalid secret, which the settings do not let in.
 */
export function webhookVerifier(secrets: readonly string[]): Verifier {
  const keys = secrets.map(keyOf);
  return (body, headers) => {
    const prefix = headers['svix-id'] === undefined ? 'webhook' : 'svix';
    const named = PARTS.map((part): [string, string] => [
      `webhook-${part}`,
      text(headers[`${prefix}-${part}`]),
    ]);
    const signed = Object.fromEntries(named);
    return keys.some((key) => matches(key, body, signed));
  };
}

function keyOf(secret: string): Webhook {
  try {
    const webhook = new Webhook(secret);
    webhook.sign = signatureOfBytes(Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
    return webhook;
  } catch {
    throw new Error('a webhook secret must look like whsec_ and base64');
  }
}

/** Signs the bytes. The library would sign the body as text, in which all invalid UTF-8 becomes U+FFFD. */
function signatureOfBytes(key: Buffer): Webhook['sign'] {
  return (id, timestamp, body) => {
    const seconds = Math.floor(timestamp.getTime() / 1000);
    const mac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body);
    return `v1,${mac.digest('base64')}`;
  };
}

function matches(key: Webhook, body: Buffer, headers: Record<string, string>): boolean {
  try {
    key.verify(body, headers, { jsonParse: false });
    return true;
  } catch (err) {
    if (err instanceof WebhookVerificationError) return false;
    throw err;
  }
}

function text(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
