import { setTimeout as pause } from 'node:timers/promises';
import { WORKFLOW_TYPE } from '../../src/booking/names';
import type { Ground } from '../ground';
import { play, type Book } from '../load';
import { endAll } from '../measure/executions';
import { QUIET, untilQuiet } from '../measure/quiet';
import { pairedRatio, percentile, type Spread } from '../measure/statistics';
import { freshProvider } from '../provider';
import { together } from '../together';
import { bareStart, postBooking, postsAtOnce, readsAtOnce, type Asked, type Busy } from './calls';
import type { ApiPlan } from './plan';

/** Starts in one round. */
export interface Starts {
  starts: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** The API and a bare start, pair by pair. */
export interface Pairs {
  api: readonly Starts[];
  bare: readonly Starts[];
  /** Of the API to the bare start. */
  perSecond: Spread;
  p50: Spread;
  p99: Spread;
}

/** What our API costs its callers. */
export interface ApiFigures {
  steady: Pairs;
  busy: Pairs;
  reads: readonly Busy[];
  lists: readonly Busy[];
}

export async function measureApi(
  ground: Ground,
  plan: ApiPlan,
  tell: (text: string) => void,
): Promise<ApiFigures> {
  const { connections } = plan;
  const receiver = await ground.start('receiver');
  const url = new URL(String(receiver.told)).origin;
  await freshProvider(ground.urls.prompt, String(receiver.told));
  const asked: Asked = { connections, forMs: plan.busyMs };
  const bare = bareStart(ground);
  const bareAtOnce = async (): Promise<Starts> =>
    startsOf(await play({ clients: connections, forMs: plan.busyMs }, bare));
  const busily = async ({ api, of }: { api: boolean; of: Asked }): Promise<Starts> => {
    const busy = api ? await postsAtOnce(url, of) : null;
    const starts = busy ? { ...busy, starts: busy.answers } : await bareAtOnce();
    await endOpen(ground);
    return starts;
  };
  // No worker yet: what starts then cost does not hang on what the bookings cost.
  await busily({ api: true, of: { ...asked, forMs: WARM_UP_MS } });
  const busy = await inPairs(plan.repeats, {
    api: () => busily({ api: true, of: asked }),
    bare: () => busily({ api: false, of: asked }),
  });
  tell(`starts at ${connections} connections: ${busy.perSecond.median.toFixed(2)} x a bare start's`);

  await ground.start('our-worker');
  const steadily = async (book: Book, forMs = plan.steadyMs): Promise<Starts> => {
    const starts = startsOf(await play({ perSecond: plan.perSecond, forMs }, book));
    await untilQuiet(ground.pids(), QUIET.news);
    return starts;
  };
  await steadily(postBooking(url), WARM_UP_MS);
  const steady = await inPairs(plan.repeats, {
    api: () => steadily(postBooking(url)),
    bare: () => steadily(bare),
  });
  tell(`starts at ${plan.perSecond} a second: p50 ${steady.p50.median.toFixed(2)} x a bare start's`);

  const paths = await pathsOf(ground);
  await readsAtOnce(url, paths, { ...asked, forMs: WARM_UP_MS });
  const reads: Busy[] = [];
  const lists: Busy[] = [];
  for (let repeat = 0; repeat < plan.repeats; repeat += 1) {
    reads.push(await readsAtOnce(url, paths, asked));
    lists.push(await readsAtOnce(url, ['/v1/bookings'], asked));
  }
  return { steady, busy, reads, lists };
}

const WARM_UP_MS = 2_000;

function startsOf({ latenciesMs, tookMs }: Awaited<ReturnType<typeof play>>): Starts {
  return {
    starts: latenciesMs.length,
    perSecond: (latenciesMs.length * 1_000) / tookMs,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}

type Sides = Record<'api' | 'bare', () => Promise<Starts>>;

/** One after the other, the other way round in every second repeat. */
async function inPairs(repeats: number, sides: Sides): Promise<Pairs> {
  const found: Record<keyof Sides, Starts[]> = { api: [], bare: [] };
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const order = repeat % 2 === 0 ? (['api', 'bare'] as const) : (['bare', 'api'] as const);
    for (const side of order) found[side].push(await sides[side]());
  }
  const ratio = (of: 'perSecond' | 'p50Ms' | 'p99Ms'): Spread =>
    pairedRatio(
      found.api.map((starts) => starts[of]),
      found.bare.map((starts) => starts[of]),
    );
  return { ...found, perSecond: ratio('perSecond'), p50: ratio('p50Ms'), p99: ratio('p99Ms') };
}

const OPEN = `WorkflowType = '${WORKFLOW_TYPE.booking}' AND ExecutionStatus = 'Running'`;
/** Temporal's list lags behind by so much at most. */
const LAG_MS = 2_000;
const ENDED_AT_ONCE = 20;

/** Ends all bookings. */
async function endOpen({ client, own }: Ground): Promise<void> {
  for (;;) {
    await pause(LAG_MS);
    const ids: string[] = [];
    for await (const { workflowId } of own.workflow.list({ query: OPEN })) ids.push(workflowId);
    if (ids.length === 0) return;
    await together(ids, ENDED_AT_ONCE, (id) => endAll(client, [id]));
  }
}

/** Bookings that are read in turn. */
const READ = 100;

async function pathsOf({ bookings }: Ground): Promise<string[]> {
  const { bookings: some } = await bookings.list({ status: 'confirmed', pageSize: READ });
  if (some.length === 0) throw new Error('There is no booking to read.');
  return some.map(({ id }) => `/v1/bookings/${id}`);
}
