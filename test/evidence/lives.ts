import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { isEndStatus } from '../../src/booking/status';
import { workflowIdOf } from '../../src/booking/names';
import { startLanes, type Lane } from '../matrix/lanes';
import type { On } from '../support/rigs';
import type { SagaRig } from '../support/saga';
import {
  CALL_TIMEOUT_MS,
  faultOf,
  lifeCases,
  nameOf,
  verdictOf,
  WINDOW_MS,
  type LifeCase,
} from './lives/cases';
import { FOLLOWING } from './lives/follows';
import { carry, hasChosen, type Life } from './lives/people';
import { brokenPromises, placeBystanders, type Told } from './lives/promises';
import { KEYED, sceneOf, type Stage } from './lives/scenes';
import { writeAt, type WriteAt } from './lives/write-at';
import type { Counts, Report } from './part';

/**
 * *Lives*: whole bookings, each with one answer to one write that proves little, something that
 * became of the call, and something that follows. Promises 1 to 4 are held against the stand-ins at the end of each.
 */

/** How long a booking may take to find what came to stand after its last word, in ms. */
const NOTICED_MS = 6_000;
const PAUSE_MS = 200;

export interface LivesOptions {
  report?: Report;
  /** All of them, unless somebody looks into some. */
  cases?: LifeCase[];
  on?: On;
}

/** Plays the cases, sixteen at a time. */
export async function play(options: LivesOptions = {}): Promise<Counts> {
  const { report = () => undefined, cases = lifeCases(), on } = options;
  const settings = {
    capabilities: { lateCommitWindowMs: WINDOW_MS, callTimeoutMs: CALL_TIMEOUT_MS },
    clinicCapabilities: { lateCommitWindowMs: WINDOW_MS, callTimeoutMs: CALL_TIMEOUT_MS },
    accounts: { [KEYED]: { bookKeyLifetimeMs: 1_209_600_000 } },
    limits: { keepPollMs: 500, staffTaskDueMs: 4_000, patienceMs: 8_000 },
  };
  const lanes = await startLanes(settings, on);
  const broken: Counts['broken'] = [];
  const run = (one: LifeCase) => async (lane: Lane) => {
    const why = await whatBroke(lanes.rig, lane, one);
    if (why.length === 0) return;
    broken.push({ name: nameOf(one), why: why.join('; ') });
    report(`broken: ${nameOf(one)}: ${why.join('; ')}`);
  };
  try {
    await lanes.runAll(cases.map((one) => ({ name: nameOf(one), run: run(one) })));
  } finally {
    await lanes.stop();
  }
  return { cases: cases.length, held: cases.length - broken.length, broken };
}

/** What is broken at the end of the case; that it did not get to its end is one thing. */
async function whatBroke(rig: SagaRig, lane: Lane, one: LifeCase): Promise<string[]> {
  const stage = { ...lane, rig };
  const begun: string[] = [];
  try {
    return await live(stage, one, (id) => begun.push(id));
  } catch (err) {
    return [err instanceof Error ? err.message : String(err)];
  } finally {
    // One that is stuck would go on calling the stand-ins of the next case.
    await Promise.all(begun.map((id) => stop(rig, id)));
  }
}

async function stop({ server }: SagaRig, id: string): Promise<void> {
  const execution = server.client.workflow.getHandle(workflowIdOf(id));
  await execution.terminate().catch(unlessOver);
}

function unlessOver(err: unknown): void {
  if (!(err instanceof WorkflowNotFoundError)) throw err;
}

async function live(stage: Stage, one: LifeCase, begun: (id: string) => unknown): Promise<string[]> {
  await letAnythingThrough(stage);
  const bystanders = await placeBystanders(stage);
  const write = writeAt(stage, sceneOf(one.write));
  const life = await begin(stage, one, write);
  begun(life.begun.id);
  const told = (isCancelled: boolean): Told => ({
    ...{ bystanders, keptOrder: life.begun.keptOrder },
    wasToEnd: isCancelled || asksForTheEnd(one) || hasChosen(life, ['end']),
    wasLeft: hasChosen(life, ['leave']),
    mayFail: verdictOf(one) === 'no effect',
  });
  await carry(life);
  await write.effectsOver();
  const broken = await brokenAtRest(life, () => told(false));
  if (broken.length > 0) return [...broken, `decided: ${life.decided.join(', ') || 'nothing'}`];
  await stage.rig.bookings.cancel(life.begun.id, { acceptFees: true }).catch(() => undefined); // it may be over
  await carry(life);
  return (await brokenAtRest(life, () => told(true))).map((why) => `cancelled afterwards: ${why}`);
}

/** The stand-ins stop nothing: that they refuse a second booking is documented nowhere, and would hide that we made it. */
async function letAnythingThrough({ sandbox, clinic }: Lane): Promise<void> {
  await sandbox.control('account', { oneAppointmentPerPatient: false, oneAppointmentPerOrder: false });
  await clinic.control('account', { secondCreate: 'allowed' });
  await clinic.control('clinic', { completesTasks: true, afterTaskMs: 100 });
}

/** Whether its caller wants it to end: by the follow, or because the write is part of a cancel that was asked for. */
function asksForTheEnd({ write, follow }: LifeCase): boolean {
  return follow === 'cancel in the pause' || (sceneOf(write).undoes === true && follow !== 'next slot');
}

/** Brings the booking to its write, has that answered as the case says, and does what follows at once. */
async function begin(stage: Stage, one: LifeCase, write: WriteAt): Promise<Life> {
  const scene = sceneOf(one.write);
  let earlier = 0;
  const begun = await scene.begin(stage, one.follow, async (orderId) => {
    earlier = await write.calls();
    const fault = faultOf(one, (await scene.accepted?.(stage, orderId)) ?? null);
    if (fault) await write.fail(fault);
  });
  await write.called(earlier + 1);
  await FOLLOWING[one.follow].atOnce(stage, begun);
  return { stage, scene, follow: one.follow, begun, decided: [], isOnward: false };
}

/**
 * What is broken once the booking has had time to notice what came to stand after its last word. One that is over notices
 * nothing any more.
 */
async function brokenAtRest(life: Life, told: () => Told): Promise<string[]> {
  const giveUpAt = Date.now() + NOTICED_MS;
  for (;;) {
    await life.stage.sandbox.mend();
    await life.stage.clinic.mend();
    const view = await carry(life);
    const broken = await brokenPromises(life.stage, view, told());
    if (broken.length === 0 || isEndStatus(view.status) || Date.now() > giveUpAt) return broken;
    await pause(PAUSE_MS);
  }
}
