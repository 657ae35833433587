import { createHash, timingSafeEqual } from 'node:crypto';
import type { onRequestHookHandler } from 'fastify';
import { Failure } from '../booking/failures';

declare module 'fastify' {
  interface FastifyRequest {
    /** The name of the caller's bearer key. It tells who asks, and whose Idempotency-Keys these are. */
    keyName: string;
  }
}

export interface ApiKey {
  name: string;
  secret: string;
}

/** Refuses a request without a valid key as `unauthorized`; else puts the key's name on the request. */
export function bearerAuth(keys: readonly ApiKey[]): onRequestHookHandler {
  const known = keys.map(({ name, secret }) => ({ name, digest: digestOf(secret) }));
  return (request, _reply, done) => {
    const shown = digestOf(/^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
    // All keys are compared, by digests of equal length, so the time tells neither which key was close nor how long it
    // is.
    const matches = known.filter(({ digest }) => timingSafeEqual(digest, shown));
    const [match] = matches;
    if (!match) return done(new Failure('unauthorized'));
    request.keyName = match.name;
    done();
  };
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
