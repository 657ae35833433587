import { randomUUID } from 'node:crypto';
import type { AuditPlace, Finding } from '../../src/booking/audit';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../src/booking/names';
import { queueOf } from '../../src/booking/vendors';
import { createOpsBackEnd } from '../../src/client/ops/back-end';
import { loadKeys } from '../../src/temporal/keys';
import { adopting, atHome, atPractice, type SagaRig } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

const HEADERS = { 'x-vital-api-key': 'sk_us_test', 'content-type': 'application/json' };

const PLACE: AuditPlace = {
  provider: 'junction-phlebotomy',
  account: 'default',
  taskQueue: queueOf('junction'),
  callTimeoutMs: 700,
  hasOrders: true,
  refReturns: true,
};

const backEndOf = ({ server, config }: SagaRig) =>
  createOpsBackEnd({ client: server.client, idKey: loadKeys(config).idKey });

describe('the audit', () => {
  // Rare polls: what changes at the provider stays unseen for as long as a test takes. One patient has one appointment
  // at a time; what earlier tests booked is gone, and told as such.
  const rig = useSaga({ resets: ['sandbox'], limits: { keepPollMs: 600_000 } });

  const audit = () => rig.bookings.audit({ provider: 'junction-phlebotomy', account: 'default' });
  const about = async (orderId: string): Promise<Finding[]> =>
    (await audit()).findings.filter((finding) => finding.orderId === orderId);
  const confirmed = async (request: Record<string, unknown> = atHome()) => {
    const { booking } = await rig.bookings.start(request);
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    // Until its poll has seen that all is well, and looks away.
    await eventually(
      () => rig.server.client.workflow.getHandle(workflowIdOf(booking.id)).describe(),
      ({ raw }) => (raw.pendingActivities ?? []).some(({ attempt }) => (attempt ?? 0) > 1),
    );
    return { id: booking.id, orderId: view.order?.id ?? '', startsAt: view.appointment?.startsAt ?? '' };
  };
  const cancelAtProvider = (orderId: string) =>
    fetch(`${rig.sandbox.url}/v3/order/${orderId}/cancel`, { method: 'POST', headers: HEADERS });

  test('finds nothing where bookings and provider agree, and only reads', async () => {
    const { orderId } = await confirmed();
    const before = (await rig.sandbox.state()).calls.length;
    expect(await about(orderId)).toEqual([]);
    const { calls } = await rig.sandbox.state();
    expect(calls.slice(before).filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('finds a confirmed booking whose order has ended at the provider', async () => {
    const { id, orderId } = await confirmed();
    await cancelAtProvider(orderId);
    expect(await about(orderId)).toMatchObject([{ kind: 'order_gone', bookingId: id }]);
  });

  test('finds what a booking that was cut off left', async () => {
    const { id, orderId } = await confirmed();
    await rig.server.client.workflow.getHandle(workflowIdOf(id)).terminate('pressed by mistake');
    const found = await eventually(
      () => about(orderId),
      (findings) => findings.length > 0,
    );
    expect(found.map(({ kind }) => kind).sort()).toEqual(['appointment_left', 'order_left']);
  });

  test('says nothing of an order that was adopted and kept', async () => {
    const adopted = await rig.sandbox.placeOrder();
    const { id } = await confirmed(adopting(adopted, 'keep'));
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await about(adopted)).toEqual([]);
  });

  test('finds a live order that carries the id of no booking', async () => {
    const stray = await rig.sandbox.placeOrder({ passthrough: '0123456789abcdefghjkmnpqrs' });
    const foreign = await rig.sandbox.placeOrder({ passthrough: 'somebody-elses-17' });
    const { findings, orders } = await audit();
    expect(findings.filter(({ orderId }) => orderId === stray)).toMatchObject([
      { kind: 'order_without_booking', bookingId: '0123456789abcdefghjkmnpqrs' },
    ]);
    expect(findings.map(({ orderId }) => orderId)).not.toContain(foreign);
    expect(orders).toBeGreaterThanOrEqual(2);
  });

  test('finds a second live order of a booking that is open', async () => {
    const { id, orderId } = await confirmed();
    const second = await rig.sandbox.placeOrder({ passthrough: id });
    expect(await about(second)).toMatchObject([
      { kind: 'second_order', bookingId: id, booking: `confirmed, order ${orderId}` },
    ]);
    expect(await about(orderId)).toEqual([]);
  });

  test('finds a live order of a booking that ended without knowing it', async () => {
    const { booking } = await rig.bookings.start(adopting(randomUUID(), 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'failed');
    const unclaimed = await rig.sandbox.placeOrder({ passthrough: booking.id });
    expect(await about(unclaimed)).toMatchObject([
      { kind: 'order_unclaimed', bookingId: booking.id, booking: 'failed, no order' },
    ]);
    await rig.sandbox.control('reset', {});
    expect(await about(unclaimed)).toEqual([]);
  });

  test('finds the own order of an ended booking that began before what is audited', async () => {
    const { booking } = await rig.bookings.start(atHome());
    const { order } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    const backEnd = backEndOf(rig);
    const traced = { orderId: order?.id ?? '', bookingId: booking.id, status: 'live again' };
    expect(await backEnd.strayOrders(PLACE, [traced])).toMatchObject([
      { kind: 'order_left', bookingId: booking.id, orderId: order?.id },
    ]);
  });

  test('leaves an order to the booking that took it on, whichever booking placed it', async () => {
    const { booking } = await rig.bookings.start(adopting(randomUUID(), 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'failed');
    const orderId = await rig.sandbox.placeOrder({ passthrough: booking.id });
    await confirmed(adopting(orderId, 'keep'));
    expect(await about(orderId)).toEqual([]);
  });

  test('tells of an order that a booking was to take on and did not, as it was cut off before', async () => {
    const { booking } = await rig.bookings.start(adopting(randomUUID(), 'keep'));
    await rig.until(booking.id, ({ status }) => status === 'failed');
    const orderId = await rig.sandbox.placeOrder({ passthrough: booking.id });
    await rig.stopWorkers();
    const adopter = await rig.bookings.start(adopting(orderId, 'keep'));
    await rig.server.client.workflow.getHandle(workflowIdOf(adopter.booking.id)).terminate('by mistake');
    await rig.startWorkers();
    expect(await about(orderId)).toMatchObject([{ kind: 'order_unclaimed', bookingId: booking.id }]);
  });

  test('traces an id of another form only to a booking that Temporal knows', async () => {
    const ours = await rig.server.client.workflow.start(WORKFLOW_TYPE.booking, {
      workflowId: workflowIdOf('named-otherwise-17'),
      taskQueue: TASK_QUEUE.bookings,
      args: [atHome()],
    });
    await rig.until('named-otherwise-17', ({ status }) => status === 'confirmed');
    const second = await rig.sandbox.placeOrder({ passthrough: 'named-otherwise-17' });
    const foreign = await rig.sandbox.placeOrder({ passthrough: 'visit of Ana Reyes' });
    expect(await about(second)).toMatchObject([{ kind: 'second_order', bookingId: 'named-otherwise-17' }]);
    const text = JSON.stringify(await audit());
    expect(text).not.toContain(foreign);
    expect(text).not.toContain('Reyes');
    await ours.signal('cancel', {});
    await rig.until('named-otherwise-17', ({ status }) => status === 'cancelled');
  });

  test('does not call a booking unreadable that never came to search', async () => {
    const unknown = atPractice({ client: { remoteId: 'C-none' } });
    const { booking } = await rig.bookings.start(unknown);
    await rig.until(booking.id, ({ status }) => status === 'failed');
    const { findings, bookings } = await rig.bookings.audit({ provider: 'oliver' });
    expect([findings, bookings]).toEqual([[], 1]);
  });

  test('tells what it could not read, and goes on', async () => {
    const { id, orderId } = await confirmed();
    await rig.sandbox.control('reset', {});
    expect(await about(orderId)).toMatchObject([
      { kind: 'unreadable', bookingId: id, shown: 'order_not_found' },
    ]);
  });

  test('refuses an account that is not configured', async () => {
    await expect(rig.bookings.audit({ account: 'nobody' })).rejects.toMatchObject({
      code: 'account_unknown',
    });
  });
});
