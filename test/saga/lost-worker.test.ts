import { Context } from '@temporalio/activity';
import type { ProviderActivities } from '../../activities/contract';
import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

/**
 * A worker that dies with a write in its hands: the activity never reports. Played by activities that do their
 * work, or do not, and then hang until the server gives up on them.
 */
type Write = 'placeOrder' | 'bookSlot' | 'cancelAppointment' | 'cancelOrder';

describe('a worker lost in the middle of a write', () => {
  let lose: { write: Write; when: 'before' | 'after' } | null = null;

  const losing = (activities: ProviderActivities): ProviderActivities => {
    const wrap =
      <I, O>(write: Write, run: (input: I) => Promise<O>) =>
      async (input: I): Promise<O> => {
        const plan = lose?.write === write ? lose : null;
        if (!plan) return run(input);
        lose = null;
        if (plan.when === 'after') await run(input);
        return new Promise<never>((_resolve, reject) => {
          Context.current().cancellationSignal.addEventListener('abort', () => reject(new Error('gone')));
        });
      };
    return {
      ...activities,
      placeOrder: wrap('placeOrder', activities.placeOrder),
      bookSlot: wrap('bookSlot', activities.bookSlot),
      cancelAppointment: wrap('cancelAppointment', activities.cancelAppointment),
      cancelOrder: wrap('cancelOrder', activities.cancelOrder),
    };
  };

  const rig = useSaga({
    capabilities: { callTimeoutMs: 400 },
    wrap: ({ core, junction }) => ({ core, junction: losing(junction) }),
  });

  const CASES: [Write, 'before' | 'after'][] = [
    ['placeOrder', 'before'],
    ['placeOrder', 'after'],
    ['bookSlot', 'before'],
    ['bookSlot', 'after'],
  ];

  test.each(CASES)('%s, %s it took effect: one order, one appointment', async (write, when) => {
    lose = { write, when };
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const { live, orders } = await rig.sandbox.state();
    expect(live.orders).toEqual([view.order?.id]);
    expect(live.appointments).toHaveLength(1);
    expect(orders.filter(({ passthrough }) => passthrough === booking.id)).toHaveLength(1);
  });

  const UNDOS: [Write, 'before' | 'after'][] = [
    ['cancelAppointment', 'before'],
    ['cancelAppointment', 'after'],
    ['cancelOrder', 'before'],
    ['cancelOrder', 'after'],
  ];

  test.each(UNDOS)('%s, %s it took effect: nothing is left behind', async (write, when) => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    lose = { write, when };
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation.map(({ outcome }) => outcome)).toEqual(['undone', 'undone']);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: false, appointments: 0 });
  });
});
