import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from './context';
import { REFUSALS } from './errors';

/** The limit of calls (docs/providers.md#pace-of-calcom). It comes before everything else, so a refused call had no effect. */

const MINUTE_MS = 60_000;

interface Window {
  calls: number;
  /** When the window ends, or the block; real time in ms since the epoch. */
  endsAt: number;
  isBlocked: boolean;
}

export interface Pace {
  /** Counts a call, says in headers how many are left, and refuses one too many with 429. */
  count(request: FastifyRequest, reply: FastifyReply): void;
  forget(): void;
}

/** Returns a counter of calls by API key, or by address without one. */
export function createPace({ state, clock }: Pick<Context, 'state' | 'clock'>): Pace {
  const windows = new Map<string, Window>();

  const windowOf = (key: string): Window => {
    const known = windows.get(key);
    if (known && known.endsAt > clock.now()) return known;
    const fresh = { calls: 0, endsAt: clock.now() + clock.scaled(MINUTE_MS), isBlocked: false };
    windows.set(key, fresh);
    return fresh;
  };

  return {
    forget: () => windows.clear(),
    count(request, reply) {
      const limit = state.callsAMinute;
      if (limit === null) return;
      const window = windowOf(request.headers.authorization ?? request.ip);
      window.calls += 1;
      if (window.calls > limit && !window.isBlocked) {
        window.isBlocked = true;
        window.endsAt = clock.now() + clock.scaled(MINUTE_MS);
      }
      const left = window.isBlocked ? 0 : limit - window.calls;
      // Seconds from now, as the library counts; there is no Retry-After.
      const resetsIn = Math.ceil((window.endsAt - clock.now()) / 1_000);
      void reply.headers({
        'x-ratelimit-limit-default': String(limit),
        'x-ratelimit-remaining-default': String(left),
        'x-ratelimit-reset-default': String(resetsIn),
      });
      if (window.isBlocked) throw REFUSALS.tooManyCalls();
    },
  };
}
