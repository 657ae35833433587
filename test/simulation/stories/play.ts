import { bookingIdOf, TASK_QUEUE } from '../../../src/booking/names';
import type { Sent, Story } from '../../property/commands';
import { driveToEnd } from '../../property/drive';
import { send } from '../../property/people';
import { happen, type Pastimes, type Play } from '../../property/play';
import { keptAtTheEnd, type Wishes } from '../../property/promises';
import { isSettled } from '../../../src/booking/status';
import { chanceOf } from '../chance';
import type { Simulation } from '../simulation';
import type { Stage } from '../stage';
import type { Run } from '../server/run';
import type { Rule } from '../world/faults';
import { createChecks, type Watched } from './checks';
import { asking } from './wishes';
import { rigOf, worldAtHome, worldAtPractice } from './hands';
import { WEATHER, type SimulatedStory } from './story';

/** What a story came to, for comparisons. */
export interface Told {
  /** The events of each run, one a line. */
  histories: string[][];
  steps: number;
  activations: number;
}

/** Longest that a `rest` waits for the booking to settle, in ms. */
const REST_MS = 3_000;
const LOOK_MS = 50;

/** Plays a story and checks the promises after every step. Throws the first that is broken. */
export async function playStory(simulation: Simulation, story: SimulatedStory): Promise<Told> {
  let watched: Watched | null = null;
  const weather = weatherOf(story);
  const checks = createChecks(() => watched);
  const hearNews = newsOf(story);
  return simulation.play(
    story.seed,
    async (stage) => {
      const world = story.at === 'home' ? worldAtHome(stage) : worldAtPractice(stage);
      const request = await world.ready(story.booking);
      const wishes: Wishes = { undoAt: undoAllowedFrom(story.booking), move: false, left: false };
      const asked = asking(stage, wishes);
      watched = { story: story.booking, world, wishes: asked.now };
      restless(stage, story);
      if (!story.isStrict && story.at === 'home') await stage.junction.control('account', LENIENT);
      for (const { at, ...rule } of story.late) await world.fault(at, { when: 'late', ...rule });
      const { booking } = await stage.bookings.start(request, { idempotencyKey: 'story' });
      const p: Play = {
        ...{ story: story.booking, id: booking.id, wishes, world, rig: rigOf(stage, asked) },
        restart: (whileAway) => restart(stage, whileAway),
      };
      weather.begins();
      for (const command of story.booking.commands) await happen(p, command, virtualTime(stage, p));
      weather.ends();
      await world.mend();
      const view = await driveToEnd(p);
      // What was on its way surfaces now, if ever.
      await stage.time.sleep(LATE_MS);
      keptAtTheEnd(p, view, await world.sample());
      return toldOf(stage);
    },
    { weather: weather.spoil, hearNews, check: (_stage, changes) => checks.after(changes) },
  );
}

/** A provider that leaves it to its callers that there is one appointment. */
const LENIENT = { oneAppointmentPerOrder: false, oneAppointmentPerPatient: false };

/** Late effects come within this time of the end. */
const LATE_MS = 2_000;

function undoAllowedFrom({ onProviderCancel }: Story): number[] {
  return onProviderCancel === 'compensate' ? [0] : [];
}

/** Spoils calls now and then, while a story goes on. */
function weatherOf({ weather, seed }: SimulatedStory) {
  const chance = chanceOf(seed, 'weather');
  let isOn = false;
  return {
    begins: () => void (isOn = true),
    ends: () => void (isOn = false),
    spoil(): Rule | null {
      if (!isOn || !chance.happens(weather)) return null;
      return chance.pick<Rule>(WEATHER);
    },
  };
}

/** Takes Junction's news to the bookings of its order, or loses them. */
function newsOf({ news, seed }: SimulatedStory): (stage: Stage, body: string) => void {
  const chance = chanceOf(seed, 'news');
  const arrives = { lost: 0, some: 0.5, all: 1 }[news];
  return (stage) => {
    if (!chance.happens(arrives)) return;
    const times = chance.happens(0.2) ? 2 : 1;
    for (let n = 0; n < times; n += 1)
      stage.time.after(chance.between(1, chance.happens(0.2) ? 2_000 : 50), () => {
        for (const run of stage.namespace.all()) {
          const id = bookingIdOf(run.info.workflowId);
          if (id !== null && run.status === 'RUNNING') run.signal('appointmentUpdated', []);
        }
      });
  };
}

/** Workers are lost, and caches. */
function restless(stage: Stage, { losses, evictions }: SimulatedStory): void {
  for (const ms of losses) stage.time.after(ms, () => stage.loseWorker());
  stage.workflows.evictBefore(evictions);
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

/** The workers go one after another, each when its calls are through, and others come. */
async function restart(stage: Stage, whileAway?: () => Promise<void>): Promise<void> {
  const queues = whileAway ? [TASK_QUEUE.bookings] : Object.values(TASK_QUEUE);
  queues.forEach((queue) => stage.queues.setOpen(queue, false));
  await whileAway?.();
  await stage.time.sleep(RESTART_MS);
  stage.activities.replace();
  await stage.workflows.evict();
  queues.forEach((queue) => stage.queues.setOpen(queue, true));
}

const RESTART_MS = 300;

async function away(stage: Stage, p: Play, { awayMs, then }: { awayMs: number; then: Sent }): Promise<void> {
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

function toldOf(stage: Stage): Told {
  return {
    histories: stage.namespace.all().map(historyOf),
    steps: stage.time.steps(),
    activations: stage.workflows.activations(),
  };
}

export function historyOf({ events }: Run): string[] {
  return events.map(({ type, of }) => (of ? `${type} ${of}` : type));
}
