import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { workflowIdOf } from '../../src/booking/names';
import { readableOf } from '../matrix/patient';
import type { SagaRig } from '../support/saga';
import { bookingQuery } from '../../workflows/messages';
import type { Command, Sent, Story } from './commands';
import { driveToEnd } from './drive';
import { garble, patiently, send } from './people';
import { keptAtTheEnd, oneAppointment, type Wishes } from './promises';
import type { World } from './worlds';

/** What a story is played on. */
export interface Stage {
  rig: SagaRig;
  world: World;
  /**
   * Stops the workers and starts them anew; asked for by several at once, it is done once. `whileAway` is run while no
   * worker runs the workflows: then the providers' go on.
   */
  restart(whileAway?: () => Promise<void>): Promise<void>;
}

/** One story and its booking. */
export interface Play extends Stage {
  story: Story;
  id: string;
  wishes: Wishes;
}

/** Longest that a `rest` waits for the booking to settle: a fault may keep it from that. */
const REST_MS = 3_000;

/** Plays a story to its booking on the real server and checks the promises. Throws the first that is broken. */
export async function play(stage: Stage, story: Story): Promise<void> {
  const request = await stage.world.ready(story);
  const { booking } = await stage.rig.bookings.start(request);
  const undoAt = story.onProviderCancel === 'compensate' ? [0] : [];
  const p: Play = { ...stage, story, id: booking.id, wishes: { undoAt, move: false, left: false } };
  try {
    for (const command of story.commands) {
      await happen(p, command, realTime(p));
      oneAppointment(await p.world.sample(), p.wishes, p.world);
    }
    await p.world.mend();
    const view = await driveToEnd(p);
    keptAtTheEnd(p, view, await p.world.sample());
    await isPrivate(p);
  } finally {
    await p.world.mend();
    // One that is stuck would go on calling the provider of the next.
    await handleOf(p).terminate().catch(unlessOver);
  }
}

function handleOf({ rig, id }: Play) {
  return rig.server.client.workflow.getHandle(workflowIdOf(id));
}

function unlessOver(err: unknown): void {
  if (!(err instanceof WorkflowNotFoundError)) throw err;
}

/** What takes time in a story, which is the real one here and virtual elsewhere. */
export interface Pastimes {
  rest(): Promise<unknown>;
  pass(ms: number): Promise<unknown>;
  readWhileAway(command: Extract<Command, { do: 'read_while_away' }>): Promise<void>;
}

/** Time as it is. */
export function realTime(p: Play): Pastimes {
  return {
    rest: () => patiently(() => p.rig.bookings.settled(p.id, { timeoutMs: REST_MS })),
    pass: (ms) => pause(ms),
    readWhileAway: (command) => readWhileAway(p, command),
  };
}

/** Makes one command of a story happen. */
export async function happen(p: Play, command: Command, time: Pastimes): Promise<void> {
  switch (command.do) {
    case 'rest':
      await time.rest();
      return;
    case 'pass':
      await time.pass(command.ms);
      return;
    case 'cancel':
    case 'reschedule':
    case 'retry':
    case 'resolve':
      return send(p, command);
    case 'garble':
      return garble(p, command.message);
    case 'wake':
      for (let n = 0; n < command.times; n += 1) await p.rig.bookings.wake(p.id, command.kind);
      return;
    case 'provider':
      await p.world.change(command.change);
      if (command.tells) await p.rig.bookings.wake(p.id, 'appointment');
      return;
    case 'fault':
      return p.world.fault(command.at, { ...command.wrong, times: command.times });
    case 'lock_out':
      return p.world.lockOut();
    case 'mend':
      return p.world.mend();
    case 'restart':
      return p.restart();
    case 'read_while_away':
      return time.readWhileAway(command);
  }
}

/** A plain client's query and a message wait for the workers to come back; a running call is answered meanwhile. */
async function readWhileAway(p: Play, { awayMs, then }: { awayMs: number; then: Sent }): Promise<void> {
  const waiting: Promise<unknown>[] = [];
  await p.restart(async () => {
    waiting.push(
      handleOf(p)
        .query(bookingQuery)
        .catch(() => undefined),
    );
    await pause(awayMs);
    await sendAway(p, then, waiting);
  });
  await Promise.all(waiting);
}

/** Sends what a booking is to find when its workers come back; what is answered only then goes among the waiting. */
export async function sendAway(p: Play, then: Sent, waiting: Promise<unknown>[]): Promise<void> {
  if (then === 'news') await p.rig.bookings.wake(p.id, 'appointment');
  else if (then === 'retry by signal') await send(p, { do: 'retry', by: 'signal' });
  else if (then === 'cancel by signal') await send(p, { do: 'cancel', by: 'signal' });
  else if (then === 'cancel by update') waiting.push(send(p, { do: 'cancel', by: 'update' }));
}

/** Promise 5, in all that Temporal keeps of the booking's last run. */
async function isPrivate(p: Play): Promise<void> {
  const readable = readableOf(historyToJSON(await handleOf(p).fetchHistory()));
  if (readable.length > 0) throw new Error(`the history shows the patient's ${readable.join(', ')}`);
}
