/** Gathers the items that come under one key within a pause, so that they are handled together. */
export interface Bursts<T, R> {
  /** Adds an item to the burst of its key. Resolves with its outcome; rejects when the burst could not be handled. */
  add(key: string, one: T): Promise<R>;
  /** Handles all waiting bursts at once, and from now on each new item at once. */
  flush(): void;
}

/** Handles a whole burst. Returns the outcome of each item, in order. */
export type HandleBurst<T, R> = (burst: readonly T[]) => Promise<readonly R[]>;

interface Burst<T, R> {
  all: T[];
  handled: Promise<readonly R[]>;
  begin: () => void;
}

/** Gathers bursts. A burst begins with its first item and is handled a fixed pause later, however many follow. */
export function gatherBursts<T, R>(pauseMs: number, handle: HandleBurst<T, R>): Bursts<T, R> {
  const waiting = new Map<string, Burst<T, R>>();
  let isFlushed = false;

  const beginBurst = (key: string): Burst<T, R> => {
    const all: T[] = [];
    let begin: () => void = () => undefined;
    const isOver = new Promise<void>((resolve) => {
      const timer = setTimeout(() => begin(), pauseMs);
      begin = () => {
        clearTimeout(timer);
        waiting.delete(key);
        resolve();
      };
    });
    const burst = { all, handled: isOver.then(() => handle(all)), begin };
    waiting.set(key, burst);
    return burst;
  };

  return {
    async add(key, one) {
      const burst = waiting.get(key) ?? beginBurst(key);
      const place = burst.all.push(one) - 1;
      if (isFlushed) burst.begin();
      const became = (await burst.handled)[place];
      if (became === undefined) throw new Error('a burst was handled without saying what became of each');
      return became;
    },
    flush() {
      isFlushed = true;
      for (const { begin } of [...waiting.values()]) begin();
    },
  };
}
