import { Failure } from '../booking/failures';

/** A gate that calls pass one by one. It limits how many are inside at once and per second, and may be closed. */

export interface PaceLimits {
  /** How many calls may be on their way at once. */
  inFlight: number;
  /** How many calls may begin within any second. */
  perSecond: number;
  /** How many calls may begin within any minute; null or left out: as many as fit. */
  perMinute?: number | null;
}

export interface Gate {
  /**
   * Resolves when it is this call's turn, first come, first served. A call that entered must leave. Throws the signal's
   * reason when it aborts first, and `rate_limited` with `sent: "no"` when no turn came within `waitMs` or the gate is
   * closed; then `retryAfterMs` says for how long. A last try (`evenClosed`) gets its turn at a closed gate too.
   */
  enter(waitMs: number, signal: AbortSignal, evenClosed?: boolean): Promise<void>;
  leave(): void;
  /** Lets no call in for `forMs`, and turns waiting calls away. */
  close(forMs: number): void;
  /** Opens a closed gate before its time. */
  open(): void;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

type Outcome = 'entered' | 'closed' | 'out_of_time' | 'aborted';

/** Ends the wait of one call. */
type Waiter = (outcome: Outcome) => void;

/** Creates an open gate with no call inside. */
export function createGate({ inFlight, perSecond, perMinute }: PaceLimits): Gate {
  const spans: readonly [most: number, spanMs: number][] = [
    [perSecond, SECOND_MS],
    ...(perMinute == null ? [] : [[perMinute, MINUTE_MS] as [number, number]]),
  ];
  const kept = Math.max(...spans.map(([most]) => most));
  /** First come, first served: a Set keeps the order of its entries. */
  const waiting = new Set<Waiter>();
  /** When the last calls began, oldest first, as many as the limits look back; on a clock that never jumps. */
  const begun: number[] = [];
  let inside = 0;
  let closedUntilMs = 0;
  let timer: NodeJS.Timeout | null = null;

  const closedForMs = (): number => Math.max(0, Math.ceil(closedUntilMs - performance.now()));

  const msUntilTurn = (): number => {
    const waits = spans.map(([most, spanMs]) => {
      const first = begun[begun.length - most];
      return first === undefined ? 0 : first + spanMs - performance.now();
    });
    return Math.max(0, ...waits);
  };

  const admit = (): void => {
    for (const waiter of waiting) {
      if (inside >= inFlight) return; // the next call that leaves admits again
      const inMs = msUntilTurn();
      if (inMs > 0) return admitIn(inMs);
      inside += 1;
      if (begun.push(performance.now()) > kept) begun.shift();
      waiter('entered');
    }
  };

  const admitIn = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = null;
      admit();
    }, Math.ceil(ms));
  };

  return {
    async enter(waitMs, signal, evenClosed = false) {
      signal.throwIfAborted();
      const isOpen = () => evenClosed || closedForMs() === 0;
      let outcome: Outcome = 'closed';
      // If the gate closes while a last try waits, the try is turned away with the others and gets in line again.
      while (outcome === 'closed' && isOpen()) outcome = await standInLine(waiting, waitMs, signal, admit);
      if (outcome === 'closed')
        throw new Failure('rate_limited', { said: PAUSED, sent: 'no', retryAfterMs: closedForMs() });
      if (outcome === 'out_of_time') throw new Failure('rate_limited', { said: CROWDED, sent: 'no' });
      if (outcome === 'aborted') signal.throwIfAborted();
    },
    leave() {
      inside -= 1;
      admit();
    },
    close(forMs) {
      closedUntilMs = Math.max(closedUntilMs, performance.now() + forMs);
      for (const waiter of waiting) waiter('closed');
    },
    open() {
      closedUntilMs = 0;
    },
  };
}

const PAUSED = 'not sent: the provider asked this account to pause';
const CROWDED = 'not sent: too many calls of this account at once';

function standInLine(
  waiting: Set<Waiter>,
  waitMs: number,
  signal: AbortSignal,
  admit: () => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const stop = (): void => waiter('aborted');
    const timer = setTimeout(() => waiter('out_of_time'), waitMs);
    const waiter: Waiter = (outcome) => {
      waiting.delete(waiter);
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve(outcome);
    };
    signal.addEventListener('abort', stop, { once: true });
    waiting.add(waiter);
    admit();
  });
}
