import { Failure } from '../../src/booking/failures';
import { isEndStatus } from '../../src/booking/status';
import { workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { appointmentUpdated, cancel, orderUpdated, reschedule } from '../../workflows/messages';
import { startLanes, type Job, type Lane, type Lanes } from '../matrix/lanes';
import { adopting, STOPPED_WITHIN_MS } from '../support/saga';

/**
 * A move, a cancel and a webhook at the same moment, many times over: always one winner, always a consistent end.
 * Each race of a kind sends its messages in another order, and the provider takes its time for the move, so that
 * the others come before, in the middle of it and after.
 */

const RACES_OF_A_KIND = 12;

let lanes: Lanes;
beforeAll(async () => {
  lanes = await startLanes({ capabilities: { callTimeoutMs: 5_000 }, limits: { keepPollMs: 600_000 } });
}, 120_000);
afterAll(() => lanes.stop(), STOPPED_WITHIN_MS);

interface Race {
  lane: Lane;
  n: number;
  id: string;
  orderId: string;
  onFailure: 'keep' | 'cancel';
  appointment: NonNullable<BookingView['appointment']>;
}

/** Every order in which three messages can be sent. */
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** Sends all three without waiting for any; what became of each, in the order in which they are given. */
async function atOnce<T>({ n }: Race, messages: readonly (() => Promise<T>)[]): Promise<T[]> {
  const sent: { which: number; answer: Promise<T> }[] = [];
  for (const which of ORDERS[n % ORDERS.length] ?? ORDERS[0]) {
    const send = messages[which];
    if (send) sent.push({ which, answer: send() });
  }
  sent.sort((one, other) => one.which - other.which);
  return Promise.all(sent.map(({ answer }) => answer));
}

const EARLY = { windows: [{ from: '+4d', to: '+5d' }] };
const LATE = { windows: [{ from: '+6d', to: '+9d' }] };

async function begin(lane: Lane, n: number): Promise<Race> {
  const { account, sandbox } = lane;
  const orderId = await sandbox.placeOrder();
  const onFailure = n % 2 === 0 ? 'keep' : 'cancel';
  const { booking } = await lanes.rig.bookings.start(adopting(orderId, onFailure, { account }));
  const { appointment } = await lanes.rig.until(booking.id, ({ status }) => status === 'confirmed');
  if (!appointment) throw new Error('confirmed without an appointment');
  await sandbox.fail('reschedule', {
    of: orderId,
    when: n % 3 === 0 ? 'before' : 'after',
    delayMs: 50 * (n % 4),
  });
  return { lane, n, id: booking.id, orderId, onFailure, appointment };
}

/** What a caller who waits for the answer is told. */
function told(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'accepted',
    (err: unknown) => (err instanceof Failure ? err.code : String(err)),
  );
}

async function callsTo({ lane, orderId }: Race, what: string): Promise<number> {
  const { calls } = await lane.sandbox.state();
  return calls.filter(({ path }) => path === `/v3/order/${orderId}/phlebotomy/appointment/${what}`).length;
}

/** The cancel wins: whatever the move did is undone, once. */
async function isCancelled(race: Race): Promise<void> {
  const { lane, id, orderId, onFailure } = race;
  const view = await lanes.rig.until(id, ({ status }) => isEndStatus(status));
  expect(view).toMatchObject({ status: 'cancelled', attention: null, failure: null });
  expect(view.compensation.map(({ step, outcome }) => [step, outcome])).toEqual([
    ['appointment', 'undone'],
    ['order', onFailure === 'cancel' ? 'undone' : 'nothing_to_undo'],
  ]);
  expect(await lane.sandbox.live(orderId)).toEqual({ order: onFailure === 'keep', appointments: 0 });
  expect(await callsTo(race, 'book')).toBe(1);
  expect(await callsTo(race, 'cancel')).toBe(1);
  expect(await callsTo(race, 'reschedule')).toBeLessThanOrEqual(1);
}

const stands = ({ status, attention, waitingFor }: BookingView) =>
  status === 'confirmed' && attention === null && waitingFor !== null;

/** By kind of race: who takes part, and how it ends. */
const KINDS: readonly [string, (race: Race) => Promise<void>][] = [
  [
    'a move, a cancel and a webhook, by signal: the cancel wins',
    async (race) => {
      const handle = lanes.rig.server.client.workflow.getHandle(workflowIdOf(race.id));
      await atOnce(race, [
        () => handle.signal(reschedule, LATE),
        () => handle.signal(cancel, {}),
        () => handle.signal(race.n % 2 === 0 ? appointmentUpdated : orderUpdated, {}),
      ]);
      await isCancelled(race);
    },
  ],
  [
    'a move, a cancel and a webhook, by update: the cancel wins, and the mover knows',
    async (race) => {
      const { bookings } = lanes.rig;
      const [mover, canceller] = await atOnce(race, [
        () => told(bookings.reschedule(race.id, LATE)),
        () => told(bookings.cancel(race.id, {})),
        () => told(bookings.wake(race.id, 'appointment')),
      ]);
      expect(canceller).toBe('accepted');
      expect(['accepted', 'already_ending', 'already_ended']).toContain(mover);
      await isCancelled(race);
    },
  ],
  [
    'two moves and a webhook: one wins, the other is refused',
    async (race) => {
      const { bookings } = lanes.rig;
      const [early, late] = await atOnce(race, [
        () => told(bookings.reschedule(race.id, EARLY)),
        () => told(bookings.reschedule(race.id, LATE)),
        () => told(bookings.wake(race.id, 'appointment')),
      ]);
      expect([early, late].sort()).toEqual(['accepted', 'cannot_reschedule_now']);
      const view = await lanes.rig.until(
        race.id,
        (seen) => stands(seen) && seen.appointment?.startsAt !== race.appointment.startsAt,
      );
      const startsInMs = Date.parse(view.appointment?.startsAt ?? '') - Date.now();
      expect(startsInMs > 5.5 * DAY_MS).toBe(late === 'accepted');
      expect(await callsTo(race, 'reschedule')).toBe(1);
      expect(await race.lane.sandbox.live(race.orderId)).toEqual({ order: true, appointments: 1 });
    },
  ],
  [
    'a move, and the provider cancels and says so: one appointment, the old one or a new one',
    async (race) => {
      const { lane, appointment } = race;
      await atOnce<unknown>(race, [
        () => told(lanes.rig.bookings.reschedule(race.id, LATE)),
        () => lane.sandbox.control(`appointments/${appointment.id}`, { status: 'cancelled' }),
        () => told(lanes.rig.bookings.wake(race.id, 'appointment')),
      ]);
      // The webhook may have come before the change that it is about: another one follows, as they do.
      await lanes.rig.bookings.wake(race.id, 'appointment');
      const view = await lanes.rig.until(
        race.id,
        (seen) => stands(seen) && seen.appointment?.id !== appointment.id,
      );
      const { live } = await lane.sandbox.state();
      expect(live.appointments).toEqual([view.appointment?.id]);
    },
  ],
];

const DAY_MS = 86_400_000;

test.each(KINDS)(
  `${RACES_OF_A_KIND} times: %s`,
  async (_name, run) => {
    const jobs = Array.from({ length: RACES_OF_A_KIND }, (_, n): Job => ({
      name: `race ${n}`,
      run: async (lane) => run(await begin(lane, n)),
    }));
    expect(await lanes.runAll(jobs)).toEqual([]);
  },
  120_000,
);
