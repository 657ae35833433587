import { TASK_QUEUE } from '../../../src/booking/names';
import type { SagaRig } from '../../support/saga';
import { clinicHand } from '../../support/clinic';
import { sandboxHand } from '../../support/sandbox';
import { isSettled } from '../../../src/booking/status';
import { sendAway, type Play } from '../../property/play';
import { decodedAll } from '../server/payloads';
import { untilView } from '../stories/hands';
import { historyOf } from '../stories/play';
import type { Stage } from '../stage';
import { JUNCTION_URL, OLIVER_URL } from '../world/sandboxes';
import type { Bench } from './bench';
import type { Place } from './story';

/** The simulator as a bench. */
export function simulatedBench(stage: Stage, at: Place): Bench {
  const { client, bookings, namespace, time } = stage;
  const pause = (ms: number): Promise<void> => time.sleep(ms);
  const restart: Bench['restart'] = async (whileAway) => {
    stage.queues.setOpen(TASK_QUEUE.bookings, false);
    await whileAway?.();
    await pause(RESTART_MS);
    await stage.workflows.evict();
    stage.queues.setOpen(TASK_QUEUE.bookings, true);
  };
  return {
    // What else a rig's server has is for tests on the real one.
    rig: {
      bookings,
      server: { client } as unknown as SagaRig['server'],
      until: (id, fits, timeoutMs = PATIENCE_MS) => untilView(stage, id, fits, timeoutMs),
    },
    lane: { account: ACCOUNTS[at], sandbox: sandboxHand(JUNCTION_URL), clinic: clinicHand(OLIVER_URL) },
    restart,
    pause,
    async work(workflowId) {
      const run = namespace.find(workflowId);
      if (run?.status !== 'RUNNING') return null;
      // The model's own are as they stand now, later too.
      const activities = run.activities.pending().map(({ type, attempt }) => ({ type, attempt }));
      return { events: run.events.length, isAtTask: run.pendingTask() !== null, activities };
    },
    async histories(workflowId) {
      return namespace.all().flatMap((run) => (run.info.workflowId === workflowId ? [historyOf(run)] : []));
    },
    attributes: async (workflowId) => decodedAll(namespace.find(workflowId)?.attributes),
    racing: (p) => ({
      rest: () => settled(stage, p),
      pass: pause,
      readWhileAway: async ({ awayMs, then }) => {
        const waiting: Promise<unknown>[] = [];
        await p.restart(async () => {
          await pause(awayMs);
          await sendAway(p, then, waiting);
        });
        await Promise.all(waiting);
      },
    }),
  };
}

/** As the settings of a rig name them. */
const ACCOUNTS: Readonly<Record<Place, string>> = {
  home: 'default',
  site: 'default',
  'by phone': 'default',
  practice: 'practice-1',
};

const PATIENCE_MS = 60_000;
const RESTART_MS = 300;
/** As long as a story on the real server waits for a booking to settle. */
const SETTLE_MS = 3_000;

async function settled({ bookings, time }: Stage, { id }: Play): Promise<void> {
  const giveUpMs = time.now() + SETTLE_MS;
  while (time.now() < giveUpMs && !isSettled(await bookings.get(id))) await time.sleep(LOOK_MS);
}

const LOOK_MS = 50;
