import type { BookingClient } from '../../../src/client/booking-client';
import type { Wishes } from '../../property/promises';
import type { Stage } from '../stage';

/**
 * What people ask, while it is on its way: what a message allows may be done before its sender hears that it was accepted.
 * Once it is heard, what the stories themselves remember of it counts (test/property/people.ts).
 */
export interface Asking {
  /** What was asked, with what is on its way. */
  now(): Wishes;
  /** The same clients, which note what they send. */
  bookings: BookingClient;
  client: Stage['client'];
}

interface OnItsWay {
  atMs: number;
  move: boolean;
  left: boolean;
}

export function asking(stage: Stage, wishes: Wishes): Asking {
  const all = new Set<OnItsWay>();
  const noting = async <T>(name: string, send: () => Promise<T>): Promise<T> => {
    const one = {
      atMs: Math.floor(stage.time.now()),
      move: name.startsWith('reschedule'),
      left: name.startsWith('resolve'),
    };
    all.add(one);
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
    }),
    bookings: {
      ...bookings,
      cancel: (...args) => noting('cancel', () => bookings.cancel(...args)),
      reschedule: (...args) => noting('reschedule', () => bookings.reschedule(...args)),
      resolve: (...args) => noting('resolve', () => bookings.resolve(...args)),
      retry: (...args) => noting('retry', () => bookings.retry(...args)),
    },
    client: {
      workflow: {
        getHandle: (id: string) => ({
          signal: (name: string, ...args: unknown[]) =>
            noting(name, () => client.workflow.getHandle(id).signal(name, ...args)),
        }),
      },
      // People signal through it, and no more.
    } as unknown as Stage['client'],
  };
}
