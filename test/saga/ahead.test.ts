import { workflowIdOf } from '../../src/booking/names';
import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

/**
 * The activity that comes by the order reads ahead what the steps after it need. That saves activities, and nothing hangs on
 * it: what is not read at once, or no longer counts, these steps read for themselves.
 */

const rig = useSaga({
  capabilities: { callTimeoutMs: 5_000, needsRequisition: false },
  accounts: { waiting: { needsRequisition: true } },
});

beforeEach(() => rig.sandbox.control('account', { bookBeforeRequisition: true }));

/** The activities of a booking up to its book call. */
async function activitiesOf(id: string): Promise<string[]> {
  await rig.until(id, ({ status }) => status === 'confirmed');
  const { events } = await rig.server.client.workflow.getHandle(workflowIdOf(id)).fetchHistory();
  const names = (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
  );
  return names.slice(0, names.indexOf('bookSlot'));
}

test('an order that is placed comes with the look at it and the slots', async () => {
  const { booking } = await rig.bookings.start(atHome());
  expect(await activitiesOf(booking.id)).toEqual(['placeOrder']);
  expect(await rig.sandbox.callsOf('availability')).toHaveLength(1);
});

test('one whose requisition is waited for comes with them once that is there, and not before', async () => {
  const { booking } = await rig.bookings.start(atHome({ account: 'waiting' }));
  expect(await activitiesOf(booking.id)).toEqual(['placeOrder', 'awaitOrderChange']);
  expect(await rig.sandbox.callsOf('availability')).toHaveLength(1);
});

test('so does one that is adopted', async () => {
  const orderId = await rig.sandbox.placeOrder();
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  expect(await activitiesOf(booking.id)).toEqual(['readOrder']);
});

test('an appointment that stands there already is seen', async () => {
  const orderId = await rig.sandbox.placeOrder();
  await rig.sandbox.control('appointments', { order_id: orderId, status: 'confirmed', ...inThreeDays() });
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  const view = await rig.until(booking.id, ({ status }) => status === 'failed');
  expect(view.failure?.code).toBe('appointment_exists');
  expect(await rig.sandbox.callsOf('book')).toEqual([]);
});

test('a search that is slow is not waited for: the order shows, and the search has an activity of its own', async () => {
  const orderId = await rig.sandbox.placeOrder();
  await rig.sandbox.fail('availability', { when: 'after', delayMs: 2_500, times: 2 });
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  await rig.until(booking.id, ({ order, appointment }) => order !== null && appointment === null);
  expect(await activitiesOf(booking.id)).toEqual(['readOrder', 'lookUp', 'searchSlots']);
});

test('a look that fails ends nothing: it is made once more, with patience', async () => {
  const orderId = await rig.sandbox.placeOrder();
  await rig.sandbox.fail('read_order', { when: 'before', answer: { status: 500 }, times: 1 });
  await rig.sandbox.fail('availability', { when: 'before', answer: { status: 500 }, times: 1 });
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  expect(await activitiesOf(booking.id)).toEqual(['readOrder', 'lookUp', 'searchSlots']);
});

test('what was read before a wait does not count after it', async () => {
  const other = await rig.bookings.start(atHome({ policy: { onProviderCancel: 'compensate' } }));
  const { order } = await rig.until(other.booking.id, ({ status }) => status === 'confirmed');
  await rig.bookings.cancel(other.booking.id, { order: 'keep' });
  await rig.until(other.booking.id, ({ status }) => status === 'cancelled');
  const { booking } = await rig.bookings.start(adopting(order?.id ?? '', 'keep'));
  // Whether the booking that placed it is still open was asked in between.
  expect(await activitiesOf(booking.id)).toEqual([
    ...['readOrder', 'isBookingOpen', 'lookUp', 'searchSlots'],
  ]);
});

function inThreeDays() {
  const startMs = Date.now() + 3 * 86_400_000;
  return {
    start_at: new Date(startMs).toISOString(),
    end_at: new Date(startMs + 3_600_000).toISOString(),
  };
}
