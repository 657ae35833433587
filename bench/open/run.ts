import { setTimeout as pause } from 'node:timers/promises';
import { workflowIdOf } from '../../src/booking/names';
import type { Ground } from '../ground';
import { actionsAt } from '../measure/actions';
import { cpuMsOf } from '../measure/cpu';
import { databaseBytes } from '../measure/database';
import { keptOf } from '../measure/executions';
import { memoryOf } from '../measure/memory';
import { median, percentile } from '../measure/statistics';
import type { Child } from '../processes/child';
import { confirmed } from '../processes/driver';
import { confirmAppointment, freshProvider, reserveOnly } from '../provider';
import { together } from '../together';
import { confirmOne, confirmSteadily, openAll, shuffled, type Waiting } from './crowd';
import type { OpenPlan } from './plan';

/** What many bookings that wait for their confirmation cost, and how soon they hear of it. */
export interface OpenFigures {
  bookings: number;
  openedPerSecond: number;
  /** Of the worker's process and the server's, before there was a booking, and while all of them waited. */
  workerBytes: Before;
  serverBytes: Before;
  /** The most that the worker had until it was killed. */
  workerPeakBytes: number;
  databaseBytesPerBooking: number;
  /** Of one that waits, in the middle. */
  eventsPerBooking: number;
  historyBytesPerBooking: number;
  /** A second, before there was a booking, and while all of them wait and nothing else happens. */
  idle: AtRest;
  atRest: AtRest;
  /** From the moment when a webhook was meant to be sent until the booking's view showed it. */
  webhooks: { sent: number; perSecond: number; p50Ms: number; p99Ms: number };
  /** From the kill until the next worker took tasks, and until the views showed what all webhooks sent since told. */
  afterKill: { webhooks: number; readyMs: number; servedMs: number };
  /** All others at once: from the first webhook until none waits any more. CPU is a booking's share. */
  drain: {
    bookings: number;
    tookMs: number;
    perSecond: number;
    workerCpuMs: number;
    receiverCpuMs: number;
    serverCpuMs: number;
  };
}

export interface AtRest {
  workerCpuMs: number;
  serverCpuMs: number;
  actions: number;
}

export interface Before {
  before: number;
  waiting: number;
}

export async function measureOpen(
  ground: Ground,
  plan: OpenPlan,
  tell: (text: string) => void,
): Promise<OpenFigures> {
  const [worker, receiver] = await Promise.all([ground.start('our-worker'), ground.start('receiver')]);
  await freshProvider(ground.urls.reserves, String(receiver.told));
  await reserveOnly(ground.urls.reserves);
  const before = await sizesOf(ground, worker);
  const idle = await costAtRest(ground, worker, plan.restMs);
  const beganMs = performance.now();
  const waiting = shuffled(await openAll(ground, plan, tell));
  const tookMs = performance.now() - beganMs;
  tell('all wait: what they cost at rest');
  await pause(plan.restMs);
  const during = await sizesOf(ground, worker);
  const atRest = await costAtRest(ground, worker, plan.restMs);
  const looked = waiting.slice(0, MAX_DESCRIBED);
  const kept = await Promise.all(looked.map(({ id }) => keptOf(ground.client, workflowIdOf(id))));

  tell(`${plan.perSecond} webhooks a second`);
  const rest = [...waiting];
  const latenciesMs = await confirmSteadily(ground, rest.splice(0, plan.told), plan.perSecond);
  const { peakBytes: workerPeakBytes } = await memoryOf(worker.pid);
  tell('the worker is killed');
  const { next, ...afterKill } = await serviceAfterKill(ground, worker, rest.splice(0, plan.told));
  tell(`all other ${rest.length} are confirmed at once`);
  const drain = await drained(ground, { worker: next, receiver }, rest, tell);
  const size = (of: 'worker' | 'server'): Before => ({ before: before[of], waiting: during[of] });
  return {
    bookings: plan.bookings,
    openedPerSecond: (plan.bookings * 1_000) / tookMs,
    workerBytes: size('worker'),
    serverBytes: size('server'),
    workerPeakBytes,
    databaseBytesPerBooking: (during.database - before.database) / plan.bookings,
    eventsPerBooking: median(kept.map(({ events }) => events)),
    historyBytesPerBooking: median(kept.map(({ bytes }) => bytes)),
    ...{ idle, atRest },
    webhooks: {
      sent: latenciesMs.length,
      perSecond: plan.perSecond,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
    },
    afterKill,
    drain,
  };
}

/** Executions whose history is looked at; they hardly differ. */
const MAX_DESCRIBED = 50;

async function sizesOf({ serverPid, dataDir }: Ground, worker: Child) {
  const [ofWorker, ofServer, database] = await Promise.all([
    memoryOf(worker.pid),
    memoryOf(serverPid),
    databaseBytes(dataDir),
  ]);
  return { worker: ofWorker.bytes, server: ofServer.bytes, database };
}

async function costAtRest(
  { serverPid, metricsPort, target }: Ground,
  worker: Child,
  forMs: number,
): Promise<AtRest> {
  const meters = () =>
    Promise.all([cpuMsOf(worker.pid), cpuMsOf(serverPid), actionsAt(metricsPort, target.namespace)]);
  const before = await meters();
  const beganMs = performance.now();
  await pause(forMs);
  const after = await meters();
  const seconds = (performance.now() - beganMs) / 1_000;
  const [workerCpuMs = 0, serverCpuMs = 0, actions = 0] = after.map(
    (value, index) => (value - (before[index] ?? 0)) / seconds,
  );
  return { workerCpuMs, serverCpuMs, actions };
}

/** Webhooks come from the moment of the kill on, and the next worker starts in that moment. */
async function serviceAfterKill(
  ground: Ground,
  worker: Child,
  waiting: readonly Waiting[],
): Promise<OpenFigures['afterKill'] & { next: Child }> {
  const beganMs = performance.now();
  await worker.kill();
  const started = ground.start('our-worker').then((next) => ({ next, readyMs: performance.now() - beganMs }));
  await Promise.all(waiting.map((one) => confirmOne(ground, one)));
  const servedMs = performance.now() - beganMs;
  return { webhooks: waiting.length, servedMs, ...(await started) };
}

/** How many confirmations the provider is asked for at a time. */
const CONFIRMED_AT_ONCE = 20;
const LOOK_EVERY_MS = 500;
const DRAINED_WITHIN_MS = 3_600_000;

async function drained(
  ground: Ground,
  { worker, receiver }: Record<'worker' | 'receiver', Child>,
  waiting: readonly Waiting[],
  tell: (text: string) => void,
): Promise<OpenFigures['drain']> {
  const cpu = () => Promise.all([worker.pid, receiver.pid, ground.serverPid].map(cpuMsOf));
  const before = await cpu();
  const beganMs = performance.now();
  await together(waiting, CONFIRMED_AT_ONCE, ({ appointmentId }) =>
    confirmAppointment(ground.urls.reserves, appointmentId),
  );
  tell(`told within ${Math.round((performance.now() - beganMs) / 1_000)} s`);
  let told = Infinity;
  for (;;) {
    const { count } = await ground.client.workflow.count("BookingStatus = 'awaiting_confirmation'");
    if (count === 0) break;
    if (performance.now() - beganMs > DRAINED_WITHIN_MS) throw new Error(`${count} bookings still wait.`);
    if (count <= told - TOLD_EVERY) tell(`${(told = count)} still wait`);
    await pause(LOOK_EVERY_MS);
  }
  const tookMs = performance.now() - beganMs;
  const after = await cpu();
  const [workerCpuMs = 0, receiverCpuMs = 0, serverCpuMs = 0] = after.map(
    (ms, index) => (ms - (before[index] ?? 0)) / waiting.length,
  );
  const looked = waiting.slice(0, MAX_DESCRIBED);
  for (const view of await Promise.all(looked.map(({ id }) => ground.bookings.get(id))))
    confirmed(view.status);
  const perSecond = (waiting.length * 1_000) / tookMs;
  return { bookings: waiting.length, tookMs, perSecond, workerCpuMs, receiverCpuMs, serverCpuMs };
}

const TOLD_EVERY = 500;
