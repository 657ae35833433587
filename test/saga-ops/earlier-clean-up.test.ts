import { randomUUID } from 'node:crypto';
import type { Swept } from '../../src/booking/ops';
import type { BookingView } from '../../src/booking/schema/view';
import { cleanupIdOf, TASK_QUEUE, workflowIdOf } from '../../src/booking/names';
import { adopting } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** The bookings of an order that its callers name share an id, and each that was cut off has a clean-up of its own. */

describe('the question of the clean-up after an earlier booking of an order', () => {
  const rig = useSaga({ resets: ['sandbox'] });

  const terminate = (id: string) =>
    rig.server.client.workflow.getHandle(workflowIdOf(id)).terminate('pressed by mistake');
  const sweep = (): Promise<Swept> =>
    rig.server.client.workflow.execute('sweep', {
      workflowId: `sweep:${randomUUID()}`,
      taskQueue: TASK_QUEUE.bookings,
    });
  const swept = (id: string) => eventually(sweep, ({ begun }) => begun.includes(id));

  /** An order whose booking was cut off while it stood confirmed. */
  const cutOffConfirmed = async (): Promise<{ orderId: string; id: string }> => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await terminate(booking.id);
    return { orderId, id: booking.id };
  };

  test('is shown with the later one, and that is cleaned up after once it is answered', async () => {
    const { orderId, id } = await cutOffConfirmed();
    await rig.bookings.start(adopting(orderId, 'cancel'));
    await terminate(id);
    await swept(id);
    const asking = await eventually(
      () => rig.bookings.get(id),
      ({ attention }) => attention !== null,
    );
    expect(asking.attention?.reason).toBe('booking_cut_off');
    const { steps } = await rig.bookings.explain(id);
    expect(steps.map(({ what }) => what).join()).toContain('look what the booking left');
    await rig.bookings.resolve(id, { choice: 'end', why: 'nobody wants it any more' });
    await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
    await swept(id);
    await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });

  test('is shown with the later one that ended by itself, whose own view stays as it was', async () => {
    const { orderId, id } = await cutOffConfirmed();
    await swept(id);
    await eventually(
      () => rig.bookings.get(id),
      ({ attention }) => attention !== null,
    );
    await rig.bookings.start(adopting(orderId, 'keep'));
    const ended = await rig.until(id, ({ status }) => status === 'failed');
    expect(ended).toMatchObject({
      failure: { code: 'appointment_exists' },
      attention: { reason: 'booking_cut_off' },
      appointment: null,
    });
    const seen: BookingView[] = [];
    const watching = (async () => {
      for await (const view of rig.bookings.watch(id)) seen.push(view);
    })();
    await eventually(
      () => Promise.resolve(seen),
      ([first]) => first?.attention?.reason === 'booking_cut_off',
    );
    await rig.bookings.resolve(id, { choice: 'keep', why: 'it stands' });
    await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
    await watching;
    expect(seen.at(-1)).toMatchObject({ attention: null, waitingFor: null });
    expect(await rig.bookings.get(id)).toMatchObject({ attention: null, compensation: ended.compensation });
  });
});
