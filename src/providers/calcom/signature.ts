import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Verifier } from '../vendor';

/** Checks Cal.com's signatures (docs/providers.md#webhooks-of-calcom). */

const HEADER = 'x-cal-signature-256';

/** SHA-256 in hex. Without a secret Cal.com sends a word there, which no secret makes. */
const SIGNATURE = /^[0-9a-f]{64}$/i;

/**
 * Creates the check of a body's signature: its HMAC-SHA256 under one of the secrets as they were typed in. Without
 * secrets nothing verifies. Nothing signs the time, so a recorded delivery verifies for ever: news only leads to a read.
 */
export function webhookVerifier(secrets: readonly string[]): Verifier {
  return (body, headers) => {
    const given = headers[HEADER];
    if (typeof given !== 'string' || !SIGNATURE.test(given)) return false;
    const signature = Buffer.from(given, 'hex');
    return secrets.some((secret) =>
      timingSafeEqual(createHmac('sha256', secret).update(body).digest(), signature),
    );
  };
}
