import { workflowIdOf } from '../../src/booking/names';
import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** What news costs: a look where it may say something, and none where a look follows anyway. */

const SELDOM_MS = 3_600_000;
const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: SELDOM_MS } };

describe('news', () => {
  const rig = useSaga({
    resets: ['sandbox'],
    capabilities: { callTimeoutMs: 10_000 },
    limits: { pollFirstMs: SELDOM_MS, pollMaxMs: SELDOM_MS, keepPollMs: SELDOM_MS },
  });

  /** The activities of a booking so far. */
  const activitiesOf = async (id: string) => {
    const { events } = await rig.server.client.workflow.getHandle(workflowIdOf(id)).fetchHistory();
    return (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
    );
  };

  test('that comes while the order is placed is answered by the poll that follows', async () => {
    await rig.sandbox.control('clock', { advanceOrders: false });
    await rig.sandbox.fail('place_order', { when: 'after', delayMs: 1_000 });
    const { booking } = await rig.bookings.start(atHome());
    await rig.sandbox.called('place_order');
    await rig.bookings.wake(booking.id, 'order');
    const waiting = await rig.until(booking.id, ({ waitingFor }) => waitingFor !== null);
    await rig.sandbox.called('read_order');
    await rig.bookings.wake(booking.id, 'order');
    await rig.sandbox.called('read_order', { times: 3 });
    expect(await activitiesOf(booking.id)).toEqual([
      'placeOrder',
      'awaitOrderChange',
      'readOrder', // for the news that came while the poll waited
      'awaitOrderChange',
    ]);
    await rig.sandbox.control(`orders/${waiting.order?.id}`, { status: 'requisition_created' });
    await rig.bookings.wake(booking.id, 'order');
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
  });

  test('that comes while a slot is booked is answered by the poll that follows', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const orderId = await rig.sandbox.placeReadyOrder();
    await rig.sandbox.fail('book', { when: 'after', delayMs: 1_000, of: orderId });
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', ASYNC));
    await rig.sandbox.called('book', { of: orderId });
    await rig.bookings.wake(booking.id, 'appointment');
    await rig.until(
      booking.id,
      ({ status, waitingFor }) => status === 'awaiting_confirmation' && waitingFor !== null,
    );
    const afterBook = async () =>
      (await activitiesOf(booking.id)).slice((await activitiesOf(booking.id)).indexOf('bookSlot') + 1);
    expect((await afterBook())[0]).toBe('awaitAppointmentChange');
    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: 'confirmed' });
    await rig.bookings.wake(booking.id, 'appointment');
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
  });
});
