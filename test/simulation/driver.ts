import type { VirtualTime } from './time';

/** Lets virtual time go on while somebody waits for something: for tests that are no story but call as they go. */
export interface Driver {
  /** The same promise; time goes on until it is settled. */
  drive<T>(work: Promise<T>): Promise<T>;
  /** Every method of an object that answers later, driven; so are those of the objects that it has or gives at once. */
  driven<T extends object>(target: T): T;
}

interface Waiting {
  fail(error: unknown): void;
}

/** `onStep` is called after each step; what it throws is what everybody who waits gets. */
export function createDriver(time: VirtualTime, onStep: () => Promise<void>): Driver {
  const waiting = new Set<Waiting>();
  let nobodyWaits = (): void => undefined;
  let isPlaying = false;
  const leave = (one: Waiting): void => {
    waiting.delete(one);
    if (waiting.size === 0) nobodyWaits();
  };
  const go = async (): Promise<void> => {
    if (isPlaying) return;
    isPlaying = true;
    try {
      while (waiting.size > 0) await time.play(new Promise<void>((done) => (nobodyWaits = done)), onStep);
    } catch (err) {
      const left = [...waiting];
      waiting.clear();
      left.forEach(({ fail }) => fail(err));
    } finally {
      isPlaying = false;
    }
  };
  time.onWait(() => {
    const one: Waiting = { fail: () => undefined };
    waiting.add(one);
    void go();
    return () => leave(one);
  });
  const drive = <T>(work: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const one: Waiting = { fail: reject };
      waiting.add(one);
      void go();
      work.then(resolve, reject).finally(() => leave(one));
    });
  const drivenOf = (of: object, value: unknown): unknown => {
    if (isObject(value)) return driven(value);
    if (typeof value !== 'function') return value;
    return (...args: unknown[]): unknown => {
      const answer: unknown = Reflect.apply(value, of, args);
      return answer instanceof Promise ? drive(answer) : isObject(answer) ? driven(answer) : answer;
    };
  };
  const driven = <T extends object>(target: T): T =>
    new Proxy(target, { get: (of, name): unknown => drivenOf(of, Reflect.get(of, name)) });
  return { drive, driven };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
