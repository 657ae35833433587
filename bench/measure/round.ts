import type { ArmName } from '../arm-names';
import type { Played } from '../load';
import { median, percentile } from './statistics';

/** One arm under one load, once. All but the names is a booking's share where it does not say otherwise. */
export interface Round {
  arm: ArmName;
  load: string;
  bookings: number;
  /** Bookings a second. */
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  workerCpuMs: number;
  /** Of the process that receives webhooks; null where none does. */
  receiverCpuMs: number | null;
  /** Of Temporal's server; null without one, as are the three below. */
  serverCpuMs: number | null;
  events: number | null;
  bytes: number | null;
  actions: number | null;
}

/** What the meters showed of a round, in all: null for what the arm does not have. */
export interface Meters {
  workerCpuMs: number;
  receiverCpuMs: number | null;
  serverCpuMs: number | null;
  actions: number | null;
}

/** What Temporal keeps of one booking. */
export interface Kept {
  events: number;
  bytes: number;
}

export function roundOf(
  names: Pick<Round, 'arm' | 'load'>,
  { latenciesMs, tookMs }: Played,
  used: Meters,
  kept: readonly Kept[],
): Round {
  const bookings = latenciesMs.length;
  const share = (all: number | null): number | null => (all === null ? null : all / bookings);
  const middle = (of: keyof Kept): number | null =>
    kept.length === 0 ? null : median(kept.map((one) => one[of]));
  return {
    ...names,
    bookings,
    perSecond: (bookings * 1_000) / tookMs,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    workerCpuMs: used.workerCpuMs / bookings,
    receiverCpuMs: share(used.receiverCpuMs),
    serverCpuMs: share(used.serverCpuMs),
    events: middle('events'),
    bytes: middle('bytes'),
    actions: share(used.actions),
  };
}

/** What the meters moved between two looks. */
export function used(before: Meters, after: Meters): Meters {
  const moved = (name: Exclude<keyof Meters, 'workerCpuMs'>): number | null => {
    const [from, to] = [before[name], after[name]];
    return from === null || to === null ? null : to - from;
  };
  return {
    workerCpuMs: after.workerCpuMs - before.workerCpuMs,
    receiverCpuMs: moved('receiverCpuMs'),
    serverCpuMs: moved('serverCpuMs'),
    actions: moved('actions'),
  };
}
