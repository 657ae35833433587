import type { BookingClient } from '../client/booking-client';
import type { BookingRequest } from '../booking/schema/request';
import type { AttemptOutcome, BookingStatus, BookingView } from '../booking/schema/view';
import type { Fact } from './facts';
import type { Instruction, StandIn } from './stand-in';

/** What a scene of the demo consists of. The scenes themselves are data, in scenes/. */

/** The worker of the demo: a process of its own, so that it can be killed. */
export interface WorkerControl {
  /** Kills it with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts another one, which knows the right key of every account. Resolves when it takes tasks. */
  restart(): Promise<void>;
}

/** What an act works with. */
export interface Stage {
  client: BookingClient;
  bookingId: string;
  standIn: StandIn;
  worker: WorkerControl;
  /**
   * Returns the booking once `holds` is true of it, or as it stands when that takes too long. The result counts as
   * evidence of the scene.
   */
  until: (holds: (view: BookingView) => boolean) => Promise<BookingView>;
}

export type Act = (stage: Stage) => Promise<void>;

/** How a scene ends. */
export interface Ending {
  status: BookingStatus;
  /** Code of the failure; null when it did not fail. */
  failure: string | null;
  /** What became of the slots that were tried, in order. */
  attempts: readonly AttemptOutcome[];
  /** Why it waited for a person on its way; null when it did not. */
  paused: string | null;
  facts: readonly Fact[];
  /** Why the scene could not be played to its end; null when it was. */
  trouble: string | null;
  /** What is live at the provider. */
  live: { appointments: number; orders: number };
}

/**
 * One booking with an account of its own, and so with a sandbox of its own: nothing that a scene does or leaves shows
 * in another, and all can play at once.
 */
export interface Scene {
  name: string;
  /** What happens, in one line. */
  story: string;
  /** What the sandbox is told beforehand. */
  arrange?: readonly Instruction[];
  /** Overrides fields of the base request. */
  request?: Partial<BookingRequest>;
  /**
   * Set if the booking adopts an order: what becomes of it when the booking fails. Otherwise the booking places one.
   */
  adopts?: 'cancel' | 'keep';
  /** How long a call may take, if the scene shows one that runs out of time. */
  callTimeoutMs?: number;
  /** What its account has otherwise until the worker is started again: wrong credentials. */
  wrongAtFirst?: Readonly<Record<string, string>>;
  /** Played while the booking runs. */
  act?: Act;
  /** Whether the act kills the worker. It is then played when no other scene is in the middle of something. */
  killsWorker?: boolean;
  /** Played once the worker was restarted; until then the scene waits. */
  encore?: Act;
  /** The ending. Fields that are left out are null or empty. */
  expected: Pick<Ending, 'status' | 'attempts' | 'live'> & Partial<Ending>;
}

/** Returns the full ending that a scene expects. */
export function expectedOf({ expected }: Scene): Ending {
  return { failure: null, paused: null, facts: [], trouble: null, ...expected };
}
