import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import crypto from 'node:crypto';
import timers from 'node:timers/promises';
import { chanceOf, type Chance } from './chance';

/**
 * Virtual time. While it is installed, the clock of this process stands still as long as anything runs, and then jumps to
 * the next thing that is due. Timers, dates, ids and random bytes come from here, so that a seed gives the same run.
 * setImmediate stays real: the loop waits by it until nothing runs any more.
 */
export interface VirtualTime {
  /** Now, in ms since 1970, with fractions. */
  now(): number;
  /** Does something later; what is due at the same moment comes in the order in which it was asked for. */
  after(ms: number, run: () => unknown): Due;
  sleep(ms: number): Promise<void>;
  /** Runs until the work is done, `onStep` after each step. Throws when nothing is due and it is not. */
  play<T>(work: Promise<T>, onStep?: () => Promise<void>): Promise<T>;
  /** Gives work that Node does in several turns of its own loop the turns that it needs, before the clock goes on. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Begins anew: nothing is due, the clock is set, and chance is that of the seed. */
  reset(nowMs: number, seed: number): void;
  /** Lets what Node still does in turns of its own come to its end, with the clock standing still. */
  drain(): Promise<void>;
  /** Tells of whoever sets a timer and is nobody's worker: what is returned is called once it has come or is cancelled. */
  onWait(watch: () => () => void): void;
  /** Steps since the last reset. */
  steps(): number;
  uninstall(): void;
}

/** Something that is due. */
export interface Due {
  cancel(): void;
}

/** What may die with all that it was about to do, or stand still for a while: a worker. */
export interface Mortal {
  dead: boolean;
  frozenUntilMs?: number;
  /** How far its clock is ahead of the others', in ms. */
  skewMs?: number;
}

/** Runs what is due to somebody: never once they are dead, and only when they have thawed. */
export function whenAwake(
  time: Pick<VirtualTime, 'now' | 'after'>,
  one: Mortal | undefined,
  run: () => void,
): void {
  if (one?.dead) return;
  const leftMs = (one?.frozenUntilMs ?? 0) - time.now();
  if (leftMs <= 0) return run();
  time.after(leftMs, () => whenAwake(time, one, run));
}

/** Whose code is running; its timers die with it. */
export const owner = new AsyncLocalStorage<Mortal>();

interface Entry {
  atMs: number;
  order: number;
  run: (() => unknown) | null;
}

/** Steps after which a story is taken for one that turns in circles. */
const MOST_STEPS = 200_000;

/** Turns of Node's loop that a request without a socket needs at most: its body is read in a second one. */
const TURNS = 3;

/** Turns for which nothing may be due while the work goes on by itself. */
const IDLE_TURNS = 200;

const realImmediate = setImmediate;
const realClear = clearTimeout;
const turn = (): Promise<void> => new Promise((resolve) => void realImmediate(resolve));

/** The same time for one story: once that is over, nothing of it comes any more. */
export function timeOfStory(time: VirtualTime, story: Mortal): VirtualTime {
  const after = (ms: number, run: () => unknown): Due =>
    time.after(ms, () => (story.dead ? undefined : owner.run(story, run)));
  return { ...time, after, sleep: (ms) => new Promise((resolve) => void after(ms, resolve)) };
}

/** Puts virtual time in the place of this process's. */
export function installTime(): VirtualTime {
  let nowMs = 0;
  let order = 0;
  let steps = 0;
  let chance = chanceOf(0);
  const atWork = new Set<object>();
  const queue = heap();
  const after = (ms: number, run: () => unknown): Due => {
    const entry: Entry = { atMs: nowMs + Math.max(0, ms), order: order++, run };
    queue.push(entry);
    return { cancel: () => void (entry.run = null) };
  };
  let watch = (): (() => void) => nothing;
  const uninstall = standIn({
    ...{ now: () => nowMs, after, chance: () => chance },
    waits: () => (owner.getStore() ? nothing : watch()),
  });
  const step = async (): Promise<boolean> => {
    for (let entry = queue.pop(); entry; entry = queue.pop()) {
      const { run, atMs } = entry;
      if (!run) continue;
      nowMs = Math.max(nowMs, atMs);
      steps += 1;
      await run();
      return true;
    }
    return false;
  };
  return {
    now: () => nowMs,
    after,
    sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
    async play(work, onStep) {
      const progress = { isDone: false };
      let idle = 0;
      const done = work.finally(() => {
        progress.isDone = true;
      });
      done.catch(() => undefined);
      for (;;) {
        for (let n = 0; n < (atWork.size > 0 ? TURNS : 1); n += 1) await turn();
        if (progress.isDone) return done;
        await onStep?.();
        if (steps > MOST_STEPS) throw new Error(`no end after ${MOST_STEPS} steps`);
        if (await step()) idle = 0;
        else if (++idle > IDLE_TURNS) throw new Error('nothing is due any more, and the work is not done');
      }
    },
    during(work) {
      const one = {};
      atWork.add(one);
      return work.finally(() => atWork.delete(one));
    },
    reset(toMs, seed) {
      queue.clear();
      nowMs = toMs;
      order = 0;
      steps = 0;
      atWork.clear();
      watch = () => nothing;
      chance = chanceOf(seed, 'ids');
    },
    async drain() {
      for (let n = 0; n < 2 * TURNS; n += 1) await turn();
    },
    onWait: (watching) => void (watch = watching),
    steps: () => steps,
    uninstall,
  };
}

const nothing = (): void => undefined;

interface Source {
  /** Somebody waits; what is returned is called when they do no longer. */
  waits(): () => void;
  now(): number;
  after(ms: number, run: () => unknown): Due;
  chance(): Chance;
}

/** Replaces what tells or uses time and chance; returns what puts it back. */
function standIn(source: Source): () => void {
  const globals = { ...timersOf(source), Date: dateOf(source), performance: { now: () => source.now() } };
  const swaps: [object, Record<string, unknown>][] = [
    [globalThis, globals],
    [timers, { setTimeout: promisedTimeout(source) }],
    [AbortSignal, { timeout: signalAfter(source) }],
    [crypto, { randomUUID: () => uuidOf(source.chance()), randomBytes: (n: number) => bytesOf(source, n) }],
  ];
  const undo = swaps.map(([target, values]) => swapped(target, values));
  return () => undo.forEach((one) => one());
}

function swapped(target: object, values: Record<string, unknown>): () => void {
  const before = Object.keys(values).map(
    (name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const,
  );
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: true });
  return () => {
    for (const [name, descriptor] of before) if (descriptor) Object.defineProperty(target, name, descriptor);
  };
}

/** A timer as Node's: callers may unref it. */
interface Timer {
  due: Due;
  ref(): Timer;
  unref(): Timer;
  hasRef(): boolean;
}

function timersOf(source: Source): Record<string, unknown> {
  const bound = (run: () => void): (() => void) => {
    const mortal = owner.getStore();
    const inContext = AsyncResource.bind(run);
    return () => whenAwake(source, mortal, inContext);
  };
  const timer = (due: Due): Timer => {
    const self: Timer = { due, ref: () => self, unref: () => self, hasRef: () => true };
    return self;
  };
  // A timer that was set before time was virtual is none of ours.
  const clear = (one: Timer | NodeJS.Timeout | undefined | null): void => {
    if (one && 'due' in one) one.due.cancel();
    else realClear(one ?? undefined);
  };
  return {
    setTimeout: (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      const over = source.waits();
      const inTime = bound(() => run(...args));
      const due = source.after(ms, () => {
        over();
        inTime();
      });
      return timer({
        cancel() {
          over();
          due.cancel();
        },
      });
    },
    clearTimeout: clear,
    setInterval: (run: () => void, ms = 1) => {
      const self = timer({ cancel: () => undefined });
      const tick = bound(() => {
        arm();
        run();
      });
      const arm = (): void => void (self.due = source.after(Math.max(1, ms), tick));
      arm();
      return self;
    },
    clearInterval: clear,
  };
}

/** `setTimeout` of node:timers/promises. */
function promisedTimeout(source: Source) {
  return <T>(ms = 0, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T | undefined> => {
    const mortal = owner.getStore();
    const over = source.waits();
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        over();
        due.cancel();
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const due = source.after(ms, () => {
        over();
        signal?.removeEventListener('abort', abort);
        whenAwake(source, mortal, () => resolve(value));
      });
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  };
}

/** `AbortSignal.timeout`; as in Node, nothing is kept going for its sake. */
function signalAfter(source: Source) {
  return (ms: number): AbortSignal => {
    const mortal = owner.getStore();
    const controller = new AbortController();
    const abort = (): void => controller.abort(new DOMException('The operation timed out', 'TimeoutError'));
    source.after(ms, () => {
      if (!mortal?.dead) abort();
    });
    return controller.signal;
  };
}

const RealDate = Date;

function dateOf(source: Source): DateConstructor {
  const nowMs = (): number => Math.floor(source.now() + (owner.getStore()?.skewMs ?? 0));
  // A class is what Date is: callers make instances of it. The SDK knows dates by the name of their class.
  const StandIn = class extends RealDate {
    constructor(...args: [] | [string | number | Date]) {
      if (args.length === 0) super(nowMs());
      // Whatever else is given goes on as it is: Date takes up to seven numbers, which its types list one by one.
      else super(...(args as [number]));
    }
    static override now(): number {
      return nowMs();
    }
  };
  Object.defineProperty(StandIn, 'name', { value: 'Date' });
  return StandIn as DateConstructor;
}

function bytesOf(source: Source, length: number): Buffer {
  const chance = source.chance();
  return Buffer.from(Array.from({ length }, () => chance.int(0, 255)));
}

function uuidOf(chance: Chance): string {
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => chance.int(0, 15).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}

/** What is due, soonest first. */
function heap() {
  let entries: Entry[] = [];
  const isBefore = (one: number, other: number): boolean => {
    const [a, b] = [entries[one], entries[other]];
    if (!a || !b) return false;
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  };
  const swap = (one: number, other: number): void => {
    const [a, b] = [entries[one], entries[other]];
    if (a && b) [entries[one], entries[other]] = [b, a];
  };
  return {
    clear: () => void (entries = []),
    push(entry: Entry): void {
      let at = entries.push(entry) - 1;
      while (at > 0 && isBefore(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    pop(): Entry | undefined {
      const [first] = entries;
      const last = entries.pop();
      if (!first || !last || first === last) return first;
      entries[0] = last;
      for (let at = 0; ;) {
        const left = 2 * at + 1;
        const least = isBefore(left + 1, left) ? left + 1 : left;
        if (!isBefore(least, at)) return first;
        swap(least, at);
        at = least;
      }
    },
  };
}
