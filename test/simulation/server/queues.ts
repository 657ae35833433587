import type { Chance } from '../chance';
import type { VirtualTime } from '../time';

/** Task queues: what waits for a worker, and is given to one after a short while. */
export interface Queues {
  /** Gives a task to the queue's worker as soon as there is one. What it returns takes the task back. */
  offer(queue: string, task: () => unknown): () => void;
  /** Whether anybody polls the queue. */
  setOpen(queue: string, isOpen: boolean): void;
  isOpen(queue: string): boolean;
  /** When somebody polled it last; null when the server remembers no more. */
  lastPollMs(queue: string): number | null;
}

/** For how long the server remembers who polled, in ms. */
const REMEMBERED_MS = 300_000;

/** How long a task is on its way to a worker, in ms. */
const ON_ITS_WAY_MS = { least: 1, most: 25 };

interface Offer {
  isTaken: boolean;
  task: () => unknown;
}

/** Queues that somebody polls, unless they are closed: those that are named, or all of them. */
export function createQueues(
  time: VirtualTime,
  chance: Chance,
  polled: readonly string[] | null = null,
): Queues {
  /** Queues that nobody polls, and since when. */
  const closed = new Map<string, number>();
  const isClosed = (queue: string): boolean => closed.has(queue) || polled?.includes(queue) === false;
  const waiting = new Map<string, Offer[]>();
  const give = (queue: string, offer: Offer): void => {
    time.after(chance.between(ON_ITS_WAY_MS.least, ON_ITS_WAY_MS.most), () => {
      if (offer.isTaken) return undefined;
      if (isClosed(queue)) return keep(queue, offer);
      offer.isTaken = true;
      return offer.task();
    });
  };
  const keep = (queue: string, offer: Offer): void => {
    waiting.set(queue, [...(waiting.get(queue) ?? []), offer]);
  };
  return {
    offer(queue, task) {
      const offer: Offer = { isTaken: false, task };
      if (isClosed(queue)) keep(queue, offer);
      else give(queue, offer);
      return () => {
        offer.isTaken = true;
      };
    },
    setOpen(queue, isOpen) {
      if (!isOpen) return void closed.set(queue, closed.get(queue) ?? time.now());
      closed.delete(queue);
      const offers = waiting.get(queue) ?? [];
      waiting.delete(queue);
      offers.forEach((offer) => give(queue, offer));
    },
    isOpen: (queue) => !isClosed(queue),
    lastPollMs(queue) {
      if (polled?.includes(queue) === false) return null;
      const lastMs = closed.get(queue) ?? time.now();
      return time.now() - lastMs > REMEMBERED_MS ? null : lastMs;
    },
  };
}
