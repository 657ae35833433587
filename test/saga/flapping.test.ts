import { setTimeout as passing } from 'node:timers/promises';
import { workflowIdOf } from '../../src/booking/names';
import { appointmentUpdated } from '../../workflows/messages';
import { JUNCTION_CALLS, type Fault } from '../support/calls';
import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** A provider that says now this and now that is read at a pace, whoever brings the news. */

const WATCHED_MS = 10_000;

/** Findings that 10 s have room for when the pauses are 1, 2, 4 and 8 s, with the first look and the change after it. */
const MOST_READS = 8;
const MOST_EVENTS = 100;

describe('a provider that flaps', () => {
  const rig = useSaga({
    limits: { keepPollMs: 3_600_000, pollFirstMs: 3_600_000, pollMaxMs: 3_600_000 },
  });

  /** What is read again and again: the order's appointment, or the order. */
  type Read = 'appointment' | 'read_order';
  const reads = async (read: Read, orderId: string) => (await rig.sandbox.callsOf(read, orderId)).length;
  const events = async (id: string) => {
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(id));
    return (await handle.describe()).historyLength;
  };
  const hint = (id: string) =>
    rig.server.client.workflow.getHandle(workflowIdOf(id)).signal(appointmentUpdated);

  /** Two replicas that answer in turn: one of them says otherwise. */
  const flap = async (read: Read, orderId: string, otherwise: (answer: object) => object) => {
    const path = JUNCTION_CALLS[read].path.replace('{order}', orderId).replace('{kind}', 'phlebotomy');
    const answered = await fetch(`${rig.sandbox.url}${path}`, {
      headers: { 'x-vital-api-key': 'sk_us_test' },
    });
    const one = (await answered.json()) as object; // the sandbox's own answer
    const inTurn = [one, otherwise(one)].map((body): Fault => ({
      of: orderId,
      answer: { status: 200, body },
    }));
    await rig.sandbox.fail(read, ...Array.from({ length: 200 }, () => inTurn).flat());
  };

  /** What the next ten seconds bring. */
  const watched = async (
    id: string,
    [read, orderId]: [Read, string],
    meanwhile: () => Promise<unknown> = () => passing(WATCHED_MS),
  ) => {
    const before = { reads: await reads(read, orderId), events: await events(id) };
    await meanwhile();
    return { reads: (await reads(read, orderId)) - before.reads, events: (await events(id)) - before.events };
  };

  test('while a booking is kept: read a few times, and less and less', async () => {
    const orderId = await rig.sandbox.placeReadyOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await flap('appointment', orderId, (answer) => ({ ...answer, can_reschedule: false }));
    await hint(booking.id);
    const seen = await watched(booking.id, ['appointment', orderId]);
    expect(seen.reads).toBeLessThanOrEqual(MOST_READS);
    expect(seen.events).toBeLessThanOrEqual(MOST_EVENTS);
  });

  test('while a confirmation is awaited', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeReadyOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { confirmation: { async: true } }),
    );
    await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    await flap('appointment', orderId, (answer) => ({ ...answer, can_reschedule: false }));
    await hint(booking.id);
    const seen = await watched(booking.id, ['appointment', orderId]);
    expect(seen.reads).toBeLessThanOrEqual(MOST_READS);
    expect(seen.events).toBeLessThanOrEqual(MOST_EVENTS);
  });

  test('while an order is to become ready', async () => {
    await rig.sandbox.control('clock', { advanceOrders: false });
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(
      booking.id,
      ({ waitingFor }) => waitingFor?.what === "the order's requisition",
    );
    const orderId = view.order?.id ?? '';
    await flap('read_order', orderId, otherLastEvent);
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    await handle.signal(appointmentUpdated);
    const seen = await watched(booking.id, ['read_order', orderId]);
    expect(seen.reads).toBeLessThanOrEqual(MOST_READS);
    expect(seen.events).toBeLessThanOrEqual(MOST_EVENTS);
    await rig.bookings.cancel(booking.id, {});
  });

  test('news that follows a look waits for the pause, and all of it makes one read', async () => {
    const orderId = await rig.sandbox.placeReadyOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const seen = await watched(booking.id, ['appointment', orderId], async () => {
      for (let n = 0; n < 50; n += 1) {
        await hint(booking.id);
        await passing(100);
      }
    });
    expect(seen.reads).toBeGreaterThanOrEqual(2);
    expect(seen.reads).toBeLessThanOrEqual(MOST_READS);
  });

  test('and a change is still seen when the pause is over', async () => {
    const orderId = await rig.sandbox.placeReadyOrder();
    const { booking } = await rig.bookings.start(
      adopting(orderId, 'keep', { policy: { onProviderCancel: 'attention' } }),
    );
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    for (let n = 0; n < 3; n += 1) await hint(booking.id);
    await rig.sandbox.control(`appointments/${view.appointment?.id}`, { status: 'cancelled' });
    await hint(booking.id);
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking.attention?.reason).toBe('provider_cancelled');
  });
});

/** The same order as a replica shows it whose clock, or whose list of events, is another. */
function otherLastEvent(answer: object): object {
  const text = JSON.stringify(answer).replaceAll(
    'received.at_home_phlebotomy.ordered',
    'received.at_home_phlebotomy.awaiting_moonrise',
  );
  return JSON.parse(text) as object; // what was an object is one
}
