import type { BookingView } from '../../src/booking/schema/view';
import type { ProviderActivities } from '../../activities/contract';
import { adopting, atHome, STOPPED_WITHIN_MS } from '../support/saga';
import type { SandboxState } from '../support/sandbox';
import { carry, expectLive, liveIn, until } from './carry';
import { FAULTS, LATE, type Fault } from './faults';
import { startLanes, type Job, type Lane, type Lanes } from './lanes';
import { isWrite, nameOf, nodeOf, nodesOf, rulesFor } from './nodes';

/**
 * Every provider call of a booking failed in turn, in every way. Whatever happens, the booking gets to its end
 * (a person presses `retry` where it asks for one), never has two live appointments, and leaves what it promises.
 */

/** What a happy booking of an adopted order asks of the provider, and what its cancellation asks. */
const FORWARD = [
  'GET /v3/order/{order_id} #1',
  'GET /v3/order/{order_id}/phlebotomy/appointment #1',
  'GET /v3/order/{order_id} #2',
  'POST /v3/order/phlebotomy/appointment/availability #1',
  'GET /v3/order/{order_id}/phlebotomy/appointment #2',
  'GET /v3/order/{order_id} #3',
  'POST /v3/order/{order_id}/phlebotomy/appointment/book #1',
  'GET /v3/order/{order_id}/phlebotomy/appointment #3',
  'GET /v3/order/{order_id} #4',
];
const UNDO = [
  'GET /v3/order/{order_id}/phlebotomy/appointment #1',
  'GET /v3/order/phlebotomy/appointment/cancellation-reasons #1',
  'PATCH /v3/order/{order_id}/phlebotomy/appointment/cancel #1',
  'GET /v3/order/{order_id}/phlebotomy/appointment #2',
  'GET /v3/order/{order_id} #1',
  'GET /v3/order/{order_id}/phlebotomy/appointment #3',
  'GET /v3/order/{order_id} #2',
  'POST /v3/order/{order_id}/cancel #1',
  'GET /v3/order/{order_id} #3',
];
/** What placing an order asks before that. */
const PLACING = ['GET /v3/orders #1', 'POST /v3/order #1', 'GET /v3/order/{order_id} #1'];

let lanes: Lanes;
beforeAll(async () => {
  lanes = await startLanes({
    capabilities: { lateCommitWindowMs: 900, callTimeoutMs: 1_000 },
    // One look at a confirmed appointment and no more: what follows is what the cell asks for.
    limits: { keepPollMs: 600_000, patienceMs: 3_000 },
    wrap: ({ core, junction }) => ({ core, junction: undoingTwice(junction) }),
  });
}, 120_000);
afterAll(() => lanes.stop(), STOPPED_WITHIN_MS);

/** Bookings of these accounts have each write of their undo executed twice. */
const twice = new Set<string>();

function undoingTwice(activities: ProviderActivities): ProviderActivities {
  const doubled =
    <I extends { target: { account: string } }, O>(write: (input: I) => Promise<O>) =>
    async (input: I): Promise<O> => {
      const answer = await write(input);
      return twice.has(input.target.account) ? write(input) : answer;
    };
  return {
    ...activities,
    cancelAppointment: doubled(activities.cancelAppointment),
    cancelOrder: doubled(activities.cancelOrder),
  };
}

const isConfirmed = ({ status, attention }: BookingView) => status === 'confirmed' && attention === null;
const isCancelled = ({ status }: BookingView) => status === 'cancelled';

type Start = (lane: Lane, faults: unknown[]) => Promise<string>;

/** Starts a booking of an order that is ready to be booked. */
const startAdopting: Start = async ({ account, sandbox }, faults) => {
  await sandbox.control('clock', { advanceOrders: false });
  const orderId = await sandbox.placeOrder();
  await sandbox.control(`orders/${orderId}`, { status: 'requisition_created' });
  await sandbox.control('faults', faults);
  const { booking } = await lanes.rig.bookings.start(adopting(orderId, 'cancel', { account }));
  return booking.id;
};

/** Starts a booking that places its order. */
const startPlacing: Start = async ({ account, sandbox }, faults) => {
  await sandbox.control('clock', { advanceOrders: true });
  await sandbox.control('faults', faults);
  const { booking } = await lanes.rig.bookings.start(atHome({ account }));
  return booking.id;
};

/** In a forward step a fault of the provider's or of ours pauses, and undoes nothing. */
async function nothingUndone(lane: Lane, view: BookingView): Promise<void> {
  const live = await liveIn(lane.sandbox);
  if (view.compensation.length > 0 || (view.order && live.orders !== 1))
    throw new Error(
      `attention ${view.attention?.reason ?? ''} undid something: ${JSON.stringify(view.compensation)}`,
    );
  if (live.appointments > 1) throw new Error('two live appointments');
}

/** An undo that asks for a person is open: it says so, and is not counted as done. */
async function staysOpen(view: BookingView): Promise<void> {
  const isOpen =
    view.status === 'compensating' && view.compensation.some(({ outcome }) => outcome === 'pending');
  if (!isOpen) throw new Error(`attention without an open undo: ${JSON.stringify(view.compensation)}`);
}

const faultIsHit = (lane: Lane) =>
  until('the fault is hit', async () => {
    const response = await fetch(`${lane.sandbox.url}/_sandbox/faults`);
    return ((await response.json()) as unknown[]).length === 0;
  });

/** What the booking asked, without the order that the test placed for it. */
async function callsOf({ sandbox }: Lane): Promise<SandboxState['calls']> {
  const { calls } = await sandbox.state();
  return calls.filter(({ method, path }) => method !== 'POST' || path !== '/v3/order');
}

async function callsMade(lane: Lane, least: number): Promise<void> {
  await until(`${least} calls are made`, async () => (await callsOf(lane)).length >= least);
}

async function confirm(lane: Lane, id: string): Promise<void> {
  await carry(lanes.rig, id, isConfirmed, (view) => nothingUndone(lane, view));
  await expectLive(lane, 'confirmed', { orders: 1, appointments: 1 });
}

async function cancel(lane: Lane, id: string): Promise<void> {
  await lanes.rig.bookings.cancel(id, { by: 'matrix' });
  const view = await carry(lanes.rig, id, isCancelled, async (asking) =>
    asking.status === 'compensating' ? staysOpen(asking) : nothingUndone(lane, asking),
  );
  const unsettled = view.compensation.filter(
    ({ outcome }) => outcome !== 'undone' && outcome !== 'nothing_to_undo',
  );
  if (unsettled.length > 0) throw new Error(`ended with ${JSON.stringify(unsettled)}`);
  await expectLive(lane, 'cancelled', { orders: 0, appointments: 0 });
}

/** One booking in one lane, of which one call goes wrong in one way. */
type Cell = (lane: Lane, start: Start, rules: Record<string, unknown>[]) => Promise<void>;

/** The call fails on the way to the confirmation; then the caller cancels. */
const failForward: Cell = async (lane, start, rules) => {
  const id = await start(lane, rules);
  await confirm(lane, id);
  await faultIsHit(lane);
  await cancel(lane, id);
};

/** The call fails and the caller cancels at that moment. */
const failAndCancel: Cell = async (lane, start, rules) => {
  const id = await start(lane, rules);
  await faultIsHit(lane);
  await cancel(lane, id);
};

/** The call fails while the cancellation of a confirmed booking is carried out. */
const failUndo: Cell = async (lane, start, rules) => {
  const id = await start(lane, []);
  await confirm(lane, id);
  await callsMade(lane, FORWARD.length);
  await lane.sandbox.control('faults', rules);
  await cancel(lane, id);
  await faultIsHit(lane);
};

interface Part {
  calls: readonly string[];
  start: Start;
  cell: Cell;
  faults: readonly Fault[];
}

/** Cancelling in the middle is about what is left of a call, not about the ways to fail: one of each kind. */
const KINDS = FAULTS.filter(({ name }) => ['reset', 'reset after it took effect', LATE].includes(name));

const PARTS: readonly [string, Part][] = [
  ['placing, then confirmed', { calls: PLACING, start: startPlacing, cell: failForward, faults: FAULTS }],
  ['booking, then confirmed', { calls: FORWARD, start: startAdopting, cell: failForward, faults: FAULTS }],
  [
    'placing, cancelled at that moment',
    { calls: PLACING, start: startPlacing, cell: failAndCancel, faults: KINDS },
  ],
  [
    'booking, cancelled at that moment',
    { calls: FORWARD, start: startAdopting, cell: failAndCancel, faults: KINDS },
  ],
  ['undoing', { calls: UNDO, start: startAdopting, cell: failUndo, faults: FAULTS }],
];

function jobsOf({ calls, start, cell, faults }: Part): Job[] {
  return calls.map(nodeOf).flatMap((node) =>
    faults
      .filter((fault) => isWrite(node) || !fault.writesOnly)
      .map((fault) => ({
        name: `${fault.name} at ${nameOf(node)}`,
        run: (lane) => cell(lane, start, rulesFor(node, fault)),
      })),
  );
}

test.each(PARTS)(
  'each call fails in turn, in every way: %s',
  async (_name, part) => {
    const jobs = jobsOf(part);
    expect(jobs.length).toBeGreaterThanOrEqual(part.calls.length);
    expect(await lanes.runAll(jobs)).toEqual([]);
  },
  120_000,
);

test('a happy booking makes the calls that the matrix fails, and no others', async () => {
  const failures = await lanes.runAll([
    {
      name: 'happy',
      run: async (lane) => {
        const id = await startAdopting(lane, []);
        await confirm(lane, id);
        await callsMade(lane, FORWARD.length);
        const before = await callsOf(lane);
        await cancel(lane, id);
        const after = await callsOf(lane);
        // The look and the search that are made ahead run side by side.
        expect(nodesOf(before).map(nameOf).toSorted()).toEqual(FORWARD.toSorted());
        expect(nodesOf(after.slice(before.length)).map(nameOf)).toEqual(UNDO);
      },
    },
  ]);
  expect(failures).toEqual([]);
});

test('every write of the undo executed twice is as good as once', async () => {
  const run: Job['run'] = async (lane) => {
    twice.add(lane.account);
    const id = await startAdopting(lane, []);
    await confirm(lane, id);
    await cancel(lane, id);
    const writes = (await callsOf(lane)).filter(({ path }) => path.endsWith('/cancel'));
    // The second one looks, sees that it has ended, and sends nothing.
    expect(writes.map(({ method }) => method)).toEqual(['PATCH', 'POST']);
  };
  expect(await lanes.runAll([{ name: 'adopted', run }])).toEqual([]);
});
