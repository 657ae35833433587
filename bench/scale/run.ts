import { setTimeout as pause } from 'node:timers/promises';
import { workflowIdOf } from '../../src/booking/names';
import type { Ground } from '../ground';
import { endAll } from '../measure/executions';
import { QUIET, untilQuiet } from '../measure/quiet';
import { pairedRatio, type Spread } from '../measure/statistics';
import type { Child } from '../processes/child';
import { freshProvider, spoil } from '../provider';
import { PRACTICE_REQUEST, requestAt } from '../request';
import { TROUBLES, type ScalePlan, type Trouble } from './plan';
import { scaleRound, type Crew, type ScaleRound } from './round';

/** How bookings go on with more workers, and beside a provider that does not answer. */
export interface ScaleFigures {
  /** By number of workers, in the order in which they were played. */
  crews: readonly { workers: number; rounds: readonly ScaleRound[] }[];
  /** One worker, with nobody in trouble: each repeat's begins with it. */
  untroubled: readonly ScaleRound[];
  troubled: readonly {
    trouble: Trouble;
    rounds: readonly ScaleRound[];
    /** To the untroubled round of the same repeat. */
    perSecond: Spread;
    p50: Spread;
  }[];
}

const WARM_UP_MS = 2_000;

export async function measureScale(
  ground: Ground,
  plan: ScalePlan,
  tell: (text: string) => void,
): Promise<ScaleFigures> {
  const receiver = await ground.start('receiver');
  const workers: Child[] = [];
  const crews: ScaleFigures['crews'][number][] = [];
  for (const count of plan.workers) {
    for (const extra of workers.splice(count)) await extra.stop();
    const missing = Array.from({ length: count - workers.length }, () => ground.start('our-worker'));
    workers.push(...(await Promise.all(missing)));
    const crew = { workers, receiver };
    await playedRound(ground, crew, { ...plan, forMs: Math.min(plan.forMs, WARM_UP_MS) });
    const rounds: ScaleRound[] = [];
    while (rounds.length < plan.repeats) rounds.push(await playedRound(ground, crew, plan));
    tell(`${count} workers: ${rounds.map(({ perSecond }) => perSecond.toFixed(1)).join(', ')} a second`);
    crews.push({ workers: count, rounds });
  }
  return { crews, ...(await besideTrouble(ground, { workers, receiver }, plan, tell)) };
}

/** From rest, with an empty provider. */
async function playedRound(ground: Ground, crew: Crew, { clients, forMs }: ScalePlan): Promise<ScaleRound> {
  await atRest(ground, crew);
  return scaleRound(ground, crew, { clients, forMs });
}

async function atRest(ground: Ground, { receiver }: Crew): Promise<void> {
  await freshProvider(ground.urls.prompt, String(receiver.told));
  await untilQuiet(ground.pids(), QUIET.news);
}

async function besideTrouble(
  ground: Ground,
  crew: Crew,
  plan: ScalePlan,
  tell: (text: string) => void,
): Promise<Pick<ScaleFigures, 'untroubled' | 'troubled'>> {
  // The keys of the table are its names.
  const names = Object.keys(TROUBLES) as Trouble[];
  const untroubled: ScaleRound[] = [];
  const troubled = names.map((trouble) => ({ trouble, rounds: [] as ScaleRound[] }));
  for (let repeat = 0; repeat < plan.repeats; repeat += 1) {
    untroubled.push(await playedRound(ground, crew, plan));
    for (const { trouble, rounds } of troubled) {
      const round = await troubledRound(ground, crew, plan, trouble);
      tell(`${trouble}: ${round.perSecond.toFixed(1)} a second`);
      rounds.push(round);
    }
  }
  const ratio = (of: 'perSecond' | 'p50Ms', rounds: readonly ScaleRound[]): Spread =>
    pairedRatio(
      rounds.map((round) => round[of]),
      untroubled.map((round) => round[of]),
    );
  return {
    untroubled,
    troubled: troubled.map(({ trouble, rounds }) => ({
      ...{ trouble, rounds },
      perSecond: ratio('perSecond', rounds),
      p50: ratio('p50Ms', rounds),
    })),
  };
}

/** Long enough for all of them to have begun, which takes the machine some time, and to have called. */
const STUCK_AFTER_MS = 20_000;
/** So long a call of an ended booking may still hold its place in the worker. */
const LET_GO_AFTER_MS = 35_000;

/** Plays a round while bookings are stuck at somebody who does not answer; ends these afterwards. */
async function troubledRound(
  ground: Ground,
  crew: Crew,
  plan: ScalePlan,
  trouble: Trouble,
): Promise<ScaleRound> {
  const { at, fault } = TROUBLES[trouble];
  const url = at === 'practice' ? ground.practice : ground.urls[at];
  await atRest(ground, crew);
  await spoil(url, fault);
  const request = at === 'practice' ? PRACTICE_REQUEST : requestAt(at);
  const stuck = await Promise.all(
    Array.from({ length: plan.stuck }, async () => (await ground.bookings.start(request)).booking.id),
  );
  await pause(STUCK_AFTER_MS);
  try {
    return await scaleRound(ground, crew, plan);
  } finally {
    await spoil(url, null);
    await endAll(ground.client, stuck.map(workflowIdOf));
    if (fault === 'hangs') await pause(LET_GO_AFTER_MS);
  }
}
