import { bookingIdOf, TASK_QUEUE } from '../../../src/booking/names';
import { queueOf, VENDOR_NAMES } from '../../../src/booking/vendors';
import type { Config } from '../../../src/config';
import { chanceOf } from '../chance';
import type { Stage } from '../stage';
import type { Rule } from '../world/faults';
import { WEATHER, type SimulatedStory } from './story';

/** The machines of a story: workers that are lost or freeze, caches, calls that the weather spoils, and news. */

/** Spoils calls now and then, while a story goes on. */
export function weatherOf({ weather, seed }: Pick<SimulatedStory, 'weather' | 'seed'>) {
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
export function newsOf({ news, seed }: SimulatedStory): (stage: Stage, body: string) => void {
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

/** Whether the workers know the secret of the news, and so rely on them: in every other story, whatever comes of the news. */
export function hearingOf({ seed }: SimulatedStory): (config: Config) => Config {
  const hears = chanceOf(seed, 'hearing').happens(0.5);
  return (config) =>
    hears ? { ...config, webhookSecrets: { ...config.webhookSecrets, junction: [SECRET] } } : config;
}

const SECRET = 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx';

/** Workers are lost or freeze, and caches are lost. */
export function restless(stage: Stage, { losses, freezes, evictions }: SimulatedStory): void {
  for (const ms of losses) stage.time.after(ms, () => stage.loseWorker());
  for (const { atMs, forMs } of freezes) stage.time.after(atMs, () => freeze(stage, forMs));
  stage.workflows.evictBefore(evictions);
}

/** A worker stands still, and others take its place meanwhile: what it had begun goes on when it thaws. */
export async function freeze(stage: Stage, ms: number): Promise<void> {
  stage.activities.freeze(ms);
  await stage.workflows.evict();
}

/** The clocks of the workers that begin one after another: the first is right, those after it go wrong by turns. */
export function clocksOf({ skewMs }: SimulatedStory): () => number {
  let begun = 0;
  return () => {
    begun += 1;
    return begun % 2 === 0 ? -skewMs : skewMs;
  };
}

/** The workers go one after another, each when its calls are through, and others come. */
export async function restart(stage: Stage, whileAway?: () => Promise<void>): Promise<void> {
  const queues = whileAway ? [TASK_QUEUE.bookings] : [TASK_QUEUE.bookings, ...VENDOR_NAMES.map(queueOf)];
  queues.forEach((queue) => stage.queues.setOpen(queue, false));
  await whileAway?.();
  await stage.time.sleep(RESTART_MS);
  stage.activities.replace();
  await stage.workflows.evict();
  queues.forEach((queue) => stage.queues.setOpen(queue, true));
}

const RESTART_MS = 300;
