/** What came under one key within a pause is handled once. */
export interface Bursts<T, R> {
  /** Adds one to the burst of its key. Resolves with what became of it; rejects when the burst could not be handled. */
  add(key: string, one: T): Promise<R>;
  /** Handles at once what waits, and from now on whatever comes. */
  flush(): void;
}

/** Handles a whole burst, and says of each in it what became of it. */
export type HandleBurst<T, R> = (burst: readonly T[]) => Promise<readonly R[]>;

interface Burst<T, R> {
  all: T[];
  handled: Promise<readonly R[]>;
  begin: () => void;
}

/** Gathers bursts. A burst begins with its first and is handled a fixed pause later, however much follows. */
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
