import { Readable } from 'node:stream';
import type { BookingView } from '../../src/booking/schema/view';
import type { BookingClient } from '../../src/client/booking-client';
import { connectBookings, connectKeys } from '../../src/cli/connect';
import type { Io, KeyList } from '../../src/cli/io';
import { run } from '../../src/cli/program';
import { childEnv } from '../../src/config';

/** The command line in this process, on streams that are kept and bookings that are made up. */

export interface World {
  /** What the made-up bookings answer; what is not given is not expected to be called. */
  bookings?: Partial<BookingClient>;
  /** The encryption keys of the deployment. */
  keys?: KeyList;
  /** Temporal is reached as these settings say, and nothing is made up. */
  settings?: Record<string, string>;
  /** Reaching Temporal fails with this. */
  unreachable?: Error;
  stdin?: string;
  /** What the terminal can do; null: no terminal. */
  terminal?: { hasColours: boolean } | null;
  /** Is handed what Ctrl-C calls. */
  interrupts?: (press: () => void) => void;
}

export interface Ran {
  code: number;
  out: string;
  err: string;
  /** How many connections were made, and how many closed. */
  connected: number;
  closed: number;
}

export async function runCli(argv: readonly string[], world: World = {}): Promise<Ran> {
  const ran: Ran = { code: -1, out: '', err: '', connected: 0, closed: 0 };
  const io: Io = {
    stdout: { write: (text) => (ran.out += text), ...terminalOf(world) },
    stderr: { write: (text) => (ran.err += text) },
    stdin: Readable.from([world.stdin ?? '']),
    operator: 'ana',
    onInterrupt: (end) => {
      world.interrupts?.(end);
      return () => undefined;
    },
    connectKeys: () => {
      if (!world.keys) throw new TypeError('not expected to be called');
      ran.connected += 1;
      const close = (): Promise<void> => Promise.resolve(void (ran.closed += 1));
      return Promise.resolve({ keys: world.keys, close });
    },
    connect: () => {
      if (world.unreachable) return Promise.reject(world.unreachable);
      ran.connected += 1;
      const close = (): Promise<void> => Promise.resolve(void (ran.closed += 1));
      return Promise.resolve({ bookings: { ...UNEXPECTED, ...world.bookings }, close });
    },
  };
  const { settings } = world;
  ran.code = settings
    ? await withSettings(settings, () => run(argv, { ...io, connect: connectBookings, connectKeys }))
    : await run(argv, io);
  return ran;
}

/** The settings of this process are these meanwhile. */
async function withSettings<T>(settings: Record<string, string>, body: () => Promise<T>): Promise<T> {
  const before = process.env;
  process.env = childEnv(settings);
  try {
    return await body();
  } finally {
    process.env = before;
  }
}

function terminalOf({ terminal }: World): Pick<Io['stdout'], 'isTTY' | 'hasColors'> {
  return terminal ? { isTTY: true, hasColors: () => terminal.hasColours } : {};
}

function unexpected(): never {
  throw new TypeError('not expected to be called');
}

const UNEXPECTED: BookingClient = {
  start: unexpected,
  get: unexpected,
  list: unexpected,
  watch: unexpected,
  settled: unexpected,
  cancel: unexpected,
  retry: unexpected,
  resolve: unexpected,
  reschedule: unexpected,
  glance: unexpected,
  ofOrders: unexpected,
  wake: unexpected,
  cleanUp: unexpected,
  findSlots: unexpected,
  searchSlots: unexpected,
  incidents: unexpected,
  resume: unexpected,
  resumption: unexpected,
  stuckBookings: unexpected,
  audit: unexpected,
  explain: unexpected,
};

/** A watch that shows these views, then ends. */
export function watching(...views: BookingView[]): BookingClient['watch'] {
  return async function* () {
    for (const view of views) yield await Promise.resolve(view);
  };
}

/** A watch that shows these views, then waits until it is stopped. */
export function watchingOn(...views: BookingView[]): BookingClient['watch'] {
  return async function* (_id, { signal } = {}) {
    for (const view of views) yield await Promise.resolve(view);
    await new Promise((stopped) => signal?.addEventListener('abort', stopped));
  };
}
