import type { Fault } from '../support/calls';
import { AT_HOME_TEST } from '../support/sandbox';
import { atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

const SECOND_TEST = '8f2a4cc1-4d53-4a0e-9d5c-2f9b7f3f7c10';
const ADDRESS = { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004' };
const GONE = { status: 504, body: 'Gateway Timeout' };

describe('orders that a booking places', () => {
  const rig = useSaga({ accounts: { keyless: { orderKeyLifetimeMs: 0 } } });

  const settled = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
  const ordersOf = async (bookingId: string) => {
    const { orders } = await rig.sandbox.state();
    return orders.filter(({ passthrough }) => passthrough === bookingId);
  };

  test.each([
    ['typography', { firstName: 'Ann‐Marie', lastName: 'O’Brien' }],
    ['an ampersand in the e-mail address', { email: 'smith&sons@example.com' }],
    ['an international e-mail address', { email: 'jörg@müller.example' }],
    ['a quoted e-mail address', { email: '"a b"@example.com' }],
    ['a phone number in typography', { phone: '+1 (602) 555–0123' }],
    ['a country by its name', { address: { ...ADDRESS, country: 'United States' } }],
  ])('are taken of a patient with %s', async (_what, patient) => {
    const request = atHome();
    const given = { ...(request.patient as object), ...patient }; // the request's own block, with a part of it anew
    const { booking } = await rig.bookings.start({ ...request, patient: given });
    await settled(booking.id);
  });

  test('carry several lab tests and what the caller adds, and the booking id', async () => {
    const extra = {
      icd_codes: ['Z00.00', 'E78.5'],
      priority: true,
      physician: { first_name: 'Eva', last_name: 'Luna', npi: '1234567890' },
    };
    await rig.sandbox.control('account', { physicianRequired: true });
    const { booking } = await rig.bookings.start(
      atHome({ order: { labTestIds: [AT_HOME_TEST, SECOND_TEST], extra } }),
    );
    const view = await settled(booking.id);
    expect(await ordersOf(booking.id)).toMatchObject([{ id: view.order?.id, ...extra }]);
  });

  test('are refused with the field of what the caller added', async () => {
    const { booking } = await rig.bookings.start(
      atHome({ order: { labTestIds: [AT_HOME_TEST], extra: { priority: 'very' } } }),
    );
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.failure).toMatchObject({
      code: 'request_refused',
      message: expect.stringContaining('order.extra.priority'),
    });
    expect(await ordersOf(booking.id)).toEqual([]);
  });

  /** With a live key the call is made again soon; once the key is dead, only a look-up can find the order. */
  test.each<[string, string, Fault]>([
    ['default', 'took effect', { when: 'after', answer: 'timeout' }],
    ['default', 'takes effect late', { when: 'late', answer: GONE, delayMs: 1_000 }],
    ['default', 'had no effect', { when: 'before', answer: GONE }],
    ['keyless', 'took effect', { when: 'after', answer: 'timeout' }],
    ['keyless', 'takes effect late', { when: 'late', answer: GONE, delayMs: 1_000 }],
    ['keyless', 'had no effect', { when: 'before', answer: GONE }],
  ])('account %s: an unanswered call that %s ends in one order', async (account, _effect, rule) => {
    await rig.sandbox.fail('place_order', rule);
    const { booking } = await rig.bookings.start(atHome({ account }));
    const view = await settled(booking.id);
    expect((await ordersOf(booking.id)).map(({ id }) => id)).toEqual([view.order?.id]);
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
  });

  test.each(['default', 'keyless'])(
    'account %s: a lost order is found and undone when the booking is cancelled meanwhile',
    async (account) => {
      await rig.sandbox.fail('place_order', { when: 'late', answer: GONE, delayMs: 800 });
      const { booking } = await rig.bookings.start(atHome({ account }));
      await rig.until(booking.id, ({ waitingFor }) => waitingFor?.what === 'the order to show up');
      await rig.bookings.cancel(booking.id, {});
      const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
      expect(view.compensation).toMatchObject([
        { step: 'appointment', outcome: 'nothing_to_undo' },
        { step: 'order', outcome: 'undone' },
      ]);
      const orders = await ordersOf(booking.id);
      expect(orders.map(({ last_event: last }) => last.status)).toEqual([
        'cancelled.at_home_phlebotomy.cancelled',
      ]);
    },
  );
});
