import { setTimeout as pause } from 'node:timers/promises';

/** How bookings are asked for. */
export type Load =
  /** So many clients, each of which asks for its next booking once it has its last. */
  | { clients: number; forMs: number }
  /** So many a second, whether or not those before have theirs. */
  | { perSecond: number; forMs: number };

/** One booking, from asking to having it. Resolves to the execution that stands for it; null where there is none. */
export type Book = () => Promise<string | null>;

export interface Played {
  /** One for each booking, in ms. */
  latenciesMs: number[];
  /** From the first start to the last end. */
  tookMs: number;
  executions: string[];
}

/** Asks for bookings as the load says; resolves once all have been had. Rejects when one fails. */
export async function play(load: Load, book: Book): Promise<Played> {
  const beganMs = performance.now();
  const had = 'clients' in load ? await closedLoop(load, beganMs, book) : await openLoop(load, beganMs, book);
  return {
    latenciesMs: had.map(({ tookMs }) => tookMs),
    tookMs: performance.now() - beganMs,
    executions: had.flatMap(({ execution }) => execution ?? []),
  };
}

interface Had {
  tookMs: number;
  execution: string | null;
}

async function timed(book: Book, fromMs = performance.now()): Promise<Had> {
  const execution = await book();
  return { tookMs: performance.now() - fromMs, execution };
}

async function closedLoop(
  { clients, forMs }: Extract<Load, { clients: number }>,
  beganMs: number,
  book: Book,
): Promise<Had[]> {
  const client = async (): Promise<Had[]> => {
    const had: Had[] = [];
    do had.push(await timed(book));
    while (performance.now() - beganMs < forMs);
    return had;
  };
  return (await Promise.all(Array.from({ length: clients }, client))).flat();
}

/**
 * Each booking is timed from when it was meant to start: a client that comes late because the machine is behind has
 * waited all the same, and leaving that out would hide the worst of what was to be measured.
 */
async function openLoop(
  { perSecond, forMs }: Extract<Load, { perSecond: number }>,
  beganMs: number,
  book: Book,
): Promise<Had[]> {
  const starts = intendedStartsMs(perSecond, forMs);
  return Promise.all(
    starts.map(async (inMs) => {
      const meantMs = beganMs + inMs;
      await pause(Math.max(0, meantMs - performance.now()));
      return timed(book, meantMs);
    }),
  );
}

/** When each booking of an open loop is meant to start, in ms from its beginning. */
export function intendedStartsMs(perSecond: number, forMs: number): number[] {
  const count = Math.max(1, Math.round((perSecond * forMs) / 1_000));
  return Array.from({ length: count }, (_, index) => (index * 1_000) / perSecond);
}
