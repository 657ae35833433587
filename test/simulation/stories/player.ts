import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { Failure } from '../../../src/booking/failures';
import {
  AFTER_RUN_MEMO,
  cleanupIdOf,
  TASK_QUEUE,
  WORKFLOW_TYPE,
  workflowIdOf,
} from '../../../src/booking/names';
import { makerOf } from '../../../src/booking/ref';
import type { BookingView } from '../../../src/booking/schema/view';
import { isSettled } from '../../../src/booking/status';
import type { Command, Sent } from '../../property/commands';
import { decide, driveToEnd } from '../../property/drive';
import { send } from '../../property/people';
import { happen, type Pastimes, type Play } from '../../property/play';
import type { Wishes } from '../../property/promises';
import { decoded } from '../server/payloads';
import type { Run } from '../server/run';
import type { Stage } from '../stage';
import type { Watched } from './checks';
import { rigOf } from './hands';
import { freeze, restart } from './machines';
import type { Cast, SimulatedWorld, Venue } from './places';
import type { Happening, Part } from './story';
import { asking } from './wishes';

/** One booking of a story: begun, led through what happens to it, and brought to its end. */
export interface Player extends Watched {
  /** Starts the booking. False when it cannot be had: its order is in use for as long as anybody waits. */
  begin(idempotencyKey: string): Promise<boolean>;
  playAll(): Promise<void>;
  /** Everything works again, and a patient person brings the booking to its end, or what was cut off to its clean-up's. */
  end(): Promise<BookingView>;
}

/** Longest that a `rest` waits for the booking to settle, in ms. */
const REST_MS = 3_000;
const LOOK_MS = 50;
/** How often, and after which pause in ms, an order that is in use is tried for again. */
const MOST_STARTS = 30;
const START_AGAIN_MS = 500;

export function playerOf(stage: Stage, venue: Venue, part: Part, given: Partial<Cast>): Player {
  const cast: Cast = {
    id: '',
    maker: '',
    createdAt: '',
    untilMs: Infinity,
    patient: 0,
    orderId: null,
    ...given,
  };
  const world = venue.worldOf(part, cast);
  const wishes: Wishes = { undoAt: undoAllowedFrom(part), move: false, left: false };
  const asked = asking(stage, wishes);
  const story = { ...part, commands: [], acceptFees: part.fees !== 'refused' };
  const play = (): Play => ({
    ...{ story, id: cast.id, wishes, world, rig: rigOf(stage, asked) },
    restart: (whileAway) => restart(stage, whileAway),
  });
  return {
    ...{ part, cast, world, wishes: asked.now },
    async begin(idempotencyKey) {
      const request = await world.ready(story);
      const booking = await started(stage, request, idempotencyKey);
      if (!booking) return false;
      const { id, createdAt } = booking;
      Object.assign(cast, { id, createdAt, maker: makerOf(id, createdAt) });
      return true;
    },
    async playAll() {
      for (const one of part.commands) await happenHere(stage, play(), world, one);
    },
    async end() {
      const p = { ...play(), story: { ...story, acceptFees: true } };
      const view = await driveToEnd(p);
      return view.failure?.code === 'booking_cut_off' ? cleanedUp(stage, p) : view;
    },
  };
}

function undoAllowedFrom({ onProviderCancel }: Part): number[] {
  return onProviderCancel === 'compensate' ? [0] : [];
}

async function started(
  stage: Stage,
  request: Record<string, unknown>,
  idempotencyKey: string,
): Promise<BookingView | null> {
  for (let n = 0; n < MOST_STARTS; n += 1) {
    try {
      return (await stage.bookings.start(request, { idempotencyKey })).booking;
    } catch (err) {
      if (!(err instanceof Failure) || err.code !== 'order_in_use') throw err;
      await stage.time.sleep(START_AGAIN_MS);
    }
  }
  return null;
}

async function happenHere(stage: Stage, p: Play, world: SimulatedWorld, one: Happening): Promise<void> {
  switch (one.do) {
    case 'terminate':
      return terminate(stage, p.id);
    case 'sweep':
      return sweep(stage);
    case 'stranger':
      return world.stranger(one.day);
    case 'lose_worker':
      return stage.loseWorker();
    case 'freeze':
      return freeze(stage, one.ms);
    default:
      return happen(p, one, virtualTime(stage, p));
  }
}

/** Ends the execution in Temporal, where somebody has not before. */
async function terminate(stage: Stage, id: string): Promise<void> {
  await stage.client.workflow
    .getHandle(workflowIdOf(id))
    .terminate()
    .catch((err: unknown) => {
      if (!(err instanceof WorkflowNotFoundError)) throw err;
    });
}

/** Looks for bookings that were cut off, and begins their clean-ups. */
async function sweep(stage: Stage): Promise<void> {
  await stage.client.workflow.execute(WORKFLOW_TYPE.sweep, {
    workflowId: `sweep:${randomUUID()}`,
    taskQueue: TASK_QUEUE.bookings,
  });
}

/** Times that a sweep may pass over a booking that was cut off: lists lag. */
const MOST_SWEEPS = 40;
const SWEEP_AGAIN_MS = 300;

/** The end of a booking that was cut off: the sweep finds it, and a person answers what its clean-up asks. */
async function cleanedUp(stage: Stage, p: Play): Promise<BookingView> {
  const retries = new Map<string, number>();
  for (let n = 0; n < MOST_SWEEPS; n += 1) {
    await sweep(stage);
    const cleanUp = stage.namespace.find(cleanupIdOf(p.id));
    const view = await p.rig.bookings.get(p.id);
    if (view.attention) await decide(p, view.attention, retries);
    else if (cleanUp && cleanUp.status !== 'RUNNING' && isAfterNewest(stage, p.id, cleanUp)) return view;
    await stage.time.sleep(SWEEP_AGAIN_MS * (n + 1));
  }
  throw new Error(`it is not cleaned up: ${JSON.stringify(await p.rig.bookings.get(p.id))}`);
}

/** Whether a clean-up is the one after the booking's newest run: an earlier booking of its order may have one, too. */
function isAfterNewest({ namespace }: Stage, id: string, { memo }: Run): boolean {
  return decoded(memo[AFTER_RUN_MEMO]) === namespace.find(workflowIdOf(id))?.info.runId;
}

function virtualTime(stage: Stage, p: Play): Pastimes {
  return {
    rest: () => rest(stage, p.id),
    pass: (ms) => stage.time.sleep(ms),
    readWhileAway: (command) => away(stage, p, command),
  };
}

async function rest(stage: Stage, id: string): Promise<void> {
  const giveUpMs = stage.time.now() + REST_MS;
  while (stage.time.now() < giveUpMs && !isSettled(await stage.bookings.get(id)))
    await stage.time.sleep(LOOK_MS);
}

async function away(
  stage: Stage,
  p: Play,
  { awayMs, then }: Pick<Extract<Command, { do: 'read_while_away' }>, 'awayMs'> & { then: Sent },
): Promise<void> {
  const waiting: Promise<unknown>[] = [];
  await p.restart(async () => {
    await stage.time.sleep(awayMs);
    if (then === 'news') await p.rig.bookings.wake(p.id, 'appointment');
    else if (then === 'retry by signal') await send(p, { do: 'retry', by: 'signal' });
    else if (then === 'cancel by signal') await send(p, { do: 'cancel', by: 'signal' });
    else if (then === 'cancel by update') waiting.push(send(p, { do: 'cancel', by: 'update' }));
  });
  await Promise.all(waiting);
}
