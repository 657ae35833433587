import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CoreActivities, ProviderActivities } from '../../activities/contract';
import { reading } from '../../activities/patience';
import {
  CHOICES,
  FAILURES,
  failureRow,
  isFailureCode,
  type Choice,
  type FailureCode,
} from '../../src/booking/failures';
import type { BookingView } from '../../src/booking/schema/view';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../src/booking/names';
import { clientOn } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { startLanes, type Job, type Lane, type Lanes } from '../matrix/lanes';
import { adopting, atHome, STOPPED_WITHIN_MS } from '../support/saga';
import { eventually } from '../support/stand-in';
import { BOTH_LIVE, NOTHING_LIVE, startConfirmed, type Case, type Outcome } from './attentions/case';
import { FORWARD } from './attentions/forward';
import { KEPT } from './attentions/kept';
import { COSTLY, UNDO } from './attentions/undo';

/** Each reason for which a booking waits for a person, reached, and resolved by each choice that is offered. */

let lanes: Lanes;
beforeAll(async () => {
  lanes = await startLanes(
    {
      capabilities: { callTimeoutMs: 2_000 },
      // Nothing is polled: what a booking sees next is what the case tells it of.
      limits: { keepPollMs: 600_000, staffTaskDueMs: 1_000, finalWordMs: 1_000, undoPatienceMs: 1_500 },
      wrap: ({ core, junction }) => ({ core: feesFor(core), junction: breaking(junction) }),
    },
    'server',
  );
}, 120_000);
afterAll(() => lanes.stop(), STOPPED_WITHIN_MS);

const MONTH_MS = 30 * 86_400_000;

/** Bookings that say so are inside the fee window, whatever their slot. */
function feesFor(core: CoreActivities): CoreActivities {
  return {
    ...core,
    async openBooking(input) {
      const opened = await core.openBooking(input);
      if (opened.request.reference !== COSTLY) return opened;
      return { ...opened, capabilities: { ...opened.capabilities, feeWindowMs: MONTH_MS } };
    },
  };
}

/** Accounts for which one of our own steps has a bug. */
const broken = new Set<string>();

function breaking(junction: ProviderActivities): ProviderActivities {
  return {
    ...junction,
    async searchSlots(input) {
      if (!broken.has(input.at.account)) return junction.searchSlots(input);
      return reading(input.at, () => Promise.reject(new Error('a bug')));
    },
  };
}

/** An account that is configured only once somebody has noticed. */
const FORGOTTEN = 'forgotten';

/** Those that our own side causes, here in this file. */
const OWN: readonly Case[] = [
  {
    reason: 'activity_failed',
    when: 'because of a bug',
    async reach({ rig, account }) {
      broken.add(account);
      const { booking } = await rig.bookings.start(atHome({ account }));
      return { id: booking.id, orderId: null, mend: async () => void broken.delete(account) };
    },
    choices: { retry: { first: 'mend', status: 'confirmed' }, end: { status: 'failed' } },
  },
  {
    reason: 'account_unknown',
    when: 'because nobody configured it',
    async reach({ rig, account }) {
      const { booking } = await rig.bookings.start(atHome({ account: FORGOTTEN }));
      const mend = async () => {
        const { junction } = rig.config;
        const known = junction[account];
        await rig.stopWorkers();
        await rig.startWorkers({
          ...rig.config,
          junction: { ...junction, ...(known && { [FORGOTTEN]: known }) },
        });
      };
      return { id: booking.id, orderId: null, mend };
    },
    choices: { retry: { first: 'mend', status: 'confirmed' }, end: { status: 'failed' } },
  },
  {
    reason: 'cannot_be_sent',
    when: 'because a word processor made its key',
    async reach({ rig, account }) {
      const settings = rig.config.junction[account];
      if (!settings) throw new Error('every lane has an account');
      const { apiKey } = settings;
      // The adapters read an account's settings at each call.
      settings.apiKey = apiKey.replace(/^/, '\u2013');
      const { booking } = await rig.bookings.start(atHome({ account }));
      return { id: booking.id, orderId: null, mend: async () => void (settings.apiKey = apiKey) };
    },
    choices: {
      retry: { first: 'mend', status: 'confirmed' },
      end: { first: 'mend', status: 'failed' },
    },
  },
  {
    reason: 'cut_off_unreadable',
    when: 'because its key is gone',
    async reach({ rig, account, sandbox }) {
      const orderId = await sandbox.placeOrder();
      const lost = { id: `gone-${account}`, key: randomBytes(32) };
      const { connection, target } = rig.server;
      const caller = clientOn(connection, target, dataConverterOf({ ...rig.config, encryptionKeys: [lost] }));
      const handle = await caller.workflow.start(WORKFLOW_TYPE.booking, {
        workflowId: workflowIdOf(orderId),
        taskQueue: TASK_QUEUE.bookings,
        args: [adopting(orderId, 'cancel', { account })],
      });
      await handle.terminate('by mistake');
      // Whoever's sweep finds it: other lanes sweep the same server.
      await eventually(
        async () => {
          await rig.server.client.workflow.execute(WORKFLOW_TYPE.sweep, {
            workflowId: `sweep:${randomUUID()}`,
            taskQueue: TASK_QUEUE.bookings,
          });
          return rig.bookings.get(orderId);
        },
        ({ attention }) => attention !== null,
      );
      const mend = async () => {
        await rig.stopWorkers();
        await rig.startWorkers({ ...rig.config, encryptionKeys: [...rig.config.encryptionKeys, lost] });
      };
      return { id: orderId, orderId, mend };
    },
    choices: { retry: { first: 'mend', status: 'failed' }, leave: { status: 'failed' } },
  },
  {
    reason: 'message_unreadable',
    when: 'because its caller has another key',
    async reach(stage) {
      const { rig, account } = stage;
      const kept = await startConfirmed(stage, 'cancel');
      const lost = { id: `lost-${account}`, key: randomBytes(32) };
      const { connection, target } = rig.server;
      const caller = clientOn(connection, target, dataConverterOf({ ...rig.config, encryptionKeys: [lost] }));
      await caller.workflow.getHandle(workflowIdOf(kept.id)).signal('cancel', {});
      const mend = async () => {
        await rig.stopWorkers();
        await rig.startWorkers({ ...rig.config, encryptionKeys: [...rig.config.encryptionKeys, lost] });
      };
      return { ...kept, mend };
    },
    choices: {
      retry: { first: 'mend', status: 'cancelled', live: NOTHING_LIVE },
      drop: { status: 'confirmed', live: BOTH_LIVE },
    },
  },
];

const CASES: readonly Case[] = [...FORWARD, ...UNDO, ...KEPT, ...OWN];

/** Reasons of the table whose owner has them shown to a person, but that only the doors give. */
const OF_THE_DOORS: readonly FailureCode[] = ['temporal_unavailable', 'internal_error', 'key_missing'];

test('every reason of the table that can ask for a person has a case', () => {
  const asking = Object.keys(FAILURES)
    .filter(isFailureCode)
    .filter((code) => ['us', 'provider'].includes(failureRow(code).owner) && !OF_THE_DOORS.includes(code));
  expect([...new Set(CASES.map(({ reason }) => reason))].sort()).toEqual(asking.sort());
});

test.each(CASES.map((one) => [one.reason, one.when, one] as const))(
  '%s, %s: each choice leads where it says',
  async (_reason, _when, one) => {
    const jobs = choicesOf(one).map<Job>(([choice, outcome]) => ({
      name: choice,
      run: (lane) => choose(lane, one, choice, outcome),
    }));
    expect(await lanes.runAll(jobs)).toEqual([]);
  },
  60_000,
);

function choicesOf({ choices }: Case): [Choice, Outcome][] {
  const all = Object.keys(CHOICES) as Choice[]; // the table's own keys
  return all.flatMap((choice) => {
    const outcome = choices[choice];
    return outcome ? [[choice, outcome]] : [];
  });
}

/** Not `until`: a booking that was cut off is seen through its clean-up. */
const shown = (id: string, fits: (view: BookingView) => boolean) =>
  eventually(() => lanes.rig.bookings.get(id), fits);

async function choose(lane: Lane, one: Case, choice: Choice, outcome: Outcome): Promise<void> {
  const { rig } = lanes;
  const reached = await one.reach({ ...lane, rig });
  const { attention } = await shown(reached.id, (view) => view.attention !== null);
  expect(attention?.reason).toBe(one.reason);
  expect([...(attention?.choices ?? [])].sort()).toEqual(Object.keys(one.choices).sort());
  expect(attention?.tried).not.toEqual([]);
  // Nothing waits unseen: whoever asks for this reason finds it.
  await eventually(
    () => rig.bookings.list({ attention: one.reason }),
    ({ bookings }) => bookings.some(({ id }) => id === reached.id),
  );
  if (outcome.first) await reached[outcome.first]?.();
  await rig.bookings.resolve(reached.id, { choice, why: 'the test says so', by: 'tests' });
  await shown(reached.id, (view) => isThere(view, outcome, attention?.since));
  const { orderId } = reached;
  if (outcome.live && orderId) {
    const live = () => lane.sandbox.live(orderId);
    expect(await eventually(live, (seen) => isDeepStrictEqual(seen, outcome.live))).toEqual(outcome.live);
  }
}

/** Whether the booking got to where its choice leads; `asked` is since when it had asked before. */
function isThere({ status, attention }: BookingView, outcome: Outcome, asked: string | undefined): boolean {
  if (status !== outcome.status) return false;
  if (!outcome.asks) return attention === null;
  return attention?.reason === outcome.asks && attention.since !== asked;
}
