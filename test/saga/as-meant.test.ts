import { cancel as cancelSignal, reschedule as rescheduleSignal } from '../../workflows/messages';
import { workflowIdOf } from '../../src/booking/names';
import { adopting } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** Messages of any Temporal client: null is absent, text is text, and days from today are days at the place. */

describe('messages by Temporal itself', () => {
  const rig = useSaga({ capabilities: { callTimeoutMs: 3_000 } });

  const confirmed = async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    return { id: booking.id, orderId, handle, startsAt: view.appointment?.startsAt ?? '' };
  };
  const moves = async (orderId: string) => (await rig.sandbox.callsOf('reschedule', orderId)).length;
  const LATER = [{ from: '+5d', to: '+9d', days: null, hours: null }];

  test('days from today move it once, however often the message comes; the same words by another one mean the same today', async () => {
    const { id, orderId, handle, startsAt } = await confirmed();
    const message = { windows: LATER, slot: null, acceptFees: null, id: 'm-1' };
    await handle.signal(rescheduleSignal, message);
    const { appointment } = await rig.until(
      id,
      (view) => view.status === 'confirmed' && view.appointment?.startsAt !== startsAt,
    );
    await handle.signal(rescheduleSignal, message);
    await rig.until(id, ({ lastRequest, status }) => status === 'confirmed' && lastRequest?.id === 'm-1');
    await rig.bookings.reschedule(id, { windows: [{ from: '+5d', to: '+9d' }], id: 'm-2' });
    const view = await rig.until(
      id,
      ({ lastRequest, status }) => status === 'confirmed' && lastRequest?.id === 'm-2',
    );
    expect(view).toMatchObject({
      lastRequest: { outcome: 'accepted' },
      appointment: { id: appointment?.id },
    });
    expect(view.appointment?.startsAt).toBe(appointment?.startsAt);
    expect(await moves(orderId)).toBe(1);
  });

  test('text that is none is refused and has no effect; null is no word of its own', async () => {
    const { id, handle } = await confirmed();
    await handle.signal(cancelSignal, { reason: 'a\uD83D', id: 'c-1' });
    await rig.until(id, ({ lastRequest }) => lastRequest?.id === 'c-1');
    expect(await rig.bookings.get(id)).toMatchObject({
      status: 'confirmed',
      lastRequest: { outcome: 'refused', code: 'malformed_message' },
    });
    await expect(rig.bookings.cancel(id, { reason: 'a\uD83D' })).rejects.toMatchObject({
      code: 'malformed_message',
      facts: { field: 'reason', hint: expect.stringContaining('half of a character') },
    });
    await handle.signal(cancelSignal, { reason: null, order: null, acceptFees: null, id: 'c-2' });
    await rig.until(id, ({ status }) => status === 'cancelled');
  });
});
