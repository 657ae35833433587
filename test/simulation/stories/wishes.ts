import type { BookingClient } from '../../../src/client/booking-client';
import type { Wishes } from '../../property/promises';
import type { Stage } from '../stage';

/**
 * What people ask, while it is on its way: what a message allows may be done before its sender hears that it was accepted.
 * Once it is heard, what the stories themselves remember of it counts (test/property/people.ts).
 */
export interface Asking {
  /** What was asked, with what is on its way. */
  now(): WideWishes;
  /** The same clients, which note what they send. */
  bookings: BookingClient;
  client: Stage['client'];
}

export interface WideWishes extends Wishes {
  /** Since when fees are accepted, in ms since 1970; null while nobody has. */
  feesAtMs: number | null;
  /** Whether a person had what stands kept, after the booking was cut off. */
  kept: boolean;
  /** Whether a caller asked for the end. */
  cancelled: boolean;
}

interface OnItsWay {
  atMs: number;
  move: boolean;
  left: boolean;
}

export function asking(stage: Stage, wishes: Wishes): Asking {
  const all = new Set<OnItsWay>();
  let feesAtMs: number | null = null;
  let kept = false;
  let cancelled = false;
  const noting = async <T>(name: string, body: unknown, send: () => Promise<T>): Promise<T> => {
    const one = {
      atMs: Math.floor(stage.time.now()),
      move: name.startsWith('reschedule'),
      left: name.startsWith('resolve'),
    };
    all.add(one);
    if (says(body, 'acceptFees', true) || says(body, 'choice', 'accept_fees')) feesAtMs ??= one.atMs;
    cancelled ||= name === 'cancel';
    kept ||= says(body, 'choice', 'keep');
    try {
      return await send();
    } finally {
      all.delete(one);
    }
  };
  const { bookings, client } = stage;
  return {
    now: () => ({
      undoAt: [...wishes.undoAt, ...[...all].map(({ atMs }) => atMs)],
      move: wishes.move || [...all].some(({ move }) => move),
      left: wishes.left || [...all].some(({ left }) => left),
      ...{ feesAtMs, kept, cancelled },
    }),
    bookings: {
      ...bookings,
      cancel: (id, body) => noting('cancel', body, () => bookings.cancel(id, body)),
      reschedule: (id, body) => noting('reschedule', body, () => bookings.reschedule(id, body)),
      resolve: (id, body) => noting('resolve', body, () => bookings.resolve(id, body)),
      retry: (...args) => noting('retry', null, () => bookings.retry(...args)),
    },
    client: {
      workflow: {
        getHandle: (id: string) => ({
          signal: (name: string, ...args: unknown[]) =>
            noting(name, args[0], () => client.workflow.getHandle(id).signal(name, ...args)),
        }),
      },
      // People signal through it, and no more.
    } as unknown as Stage['client'],
  };
}

function says(body: unknown, field: string, value: unknown): boolean {
  return typeof body === 'object' && body !== null && Reflect.get(body, field) === value;
}
