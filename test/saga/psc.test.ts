import { AT_SITE_TEST } from '../support/sandbox';
import { adopting, atSite } from '../support/saga';
import { useSaga } from '../support/use-saga';

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 3_600_000 } };
const SITES = { AAA: '312 W 34th Street', BBB: '86 Chambers Street', CCC: '2590 Broadway' };

describe('at draw sites (PSC)', () => {
  const rig = useSaga({
    accounts: { early: { needsRequisition: false }, reserving: { reservedSettles: true } },
  });

  const start = async (request: Record<string, unknown>) => (await rig.bookings.start(request)).booking.id;
  const settled = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
  const ended = (id: string) => rig.until(id, ({ status }) => status === 'cancelled' || status === 'failed');

  /** Calls at the sandbox that change something, as `PATCH psc/appointment/cancel`, in order. */
  const writes = async () => {
    const { calls } = await rig.sandbox.state();
    return calls
      .map(({ method, path }) => `${method} ${path.replace(/\/v3\/order(\/[0-9a-f-]{36})?\/?/, '')}`.trim())
      .filter((line) => !line.startsWith('GET') && !line.includes('availability'));
  };

  /** Moves the only appointment of an order by hand, as the provider would. */
  const move = async (orderId: string | undefined, status: string) => {
    const { appointments, live } = await rig.sandbox.state();
    const [own] = appointments.filter(
      ({ id, order_id: of }) => of === orderId && live.appointments.includes(id),
    );
    await rig.sandbox.control(`appointments/${own?.id}`, { status, event_data: { origin: 'provider' } });
  };

  describe('search', () => {
    const codes = async (overrides: Record<string, unknown>) => {
      const slots = await rig.bookings.searchSlots(atSite(overrides));
      return [...new Set(slots.map(({ place }) => place?.code))].sort();
    };

    test('by ZIP and radius: what is within, and nothing beyond', async () => {
      const days = [{ from: '+2d', to: '+2d', hours: '07:00-08:00' }];
      expect(await codes({ windows: days })).toEqual(['AAA', 'BBB']);
      const site = { lab: 'quest', zip: '10001', radiusMiles: 25 };
      expect(await codes({ windows: days, site })).toEqual(['AAA', 'BBB', 'CCC']);
    });

    test('closest: the nearest site comes before any other, whatever the hour', async () => {
      expect(await codes({ preference: 'closest' })).toEqual(['AAA']);
      expect(await codes({ preference: 'earliest' })).toEqual(['AAA', 'BBB']);
    });

    test('by up to three site codes: at those and no others', async () => {
      const three = { lab: 'quest', siteCodes: ['CCC', 'BBB', 'AAA'] };
      const windows = [{ from: '+2d', to: '+2d', hours: '07:00-08:00' }];
      expect(await codes({ site: three, windows })).toEqual(['AAA', 'BBB', 'CCC']);
      expect(await codes({ site: { lab: 'quest', siteCodes: ['CCC'] } })).toEqual(['CCC']);
      const four = { lab: 'quest', siteCodes: ['AAA', 'BBB', 'CCC', 'DDD'] };
      await expect(rig.bookings.searchSlots(atSite({ site: four }))).rejects.toMatchObject({
        code: 'invalid_request',
        facts: { field: 'site.siteCodes' },
      });
    });

    test('a site that closed ends the booking and names the field', async () => {
      const id = await start(atSite({ site: { lab: 'quest', siteCodes: ['DDD'] } }));
      const view = await ended(id);
      expect(view.failure).toMatchObject({
        code: 'request_refused',
        message: expect.stringContaining('site.siteCodes'),
      });
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
    });

    test('no site near is a place that is not served', async () => {
      const id = await start(atSite({ site: { lab: 'quest', zip: '99999', radiusMiles: 10 } }));
      expect((await ended(id)).failure?.code).toBe('area_not_served');
    });
  });

  test('a slot at the closest site is confirmed at once', async () => {
    const view = await settled(await start(atSite({ preference: 'closest' })));
    expect(view).toMatchObject({
      provider: 'junction-psc',
      attempts: [{ outcome: 'confirmed' }],
      appointment: {
        type: 'patient_service_center',
        provider: 'quest',
        status: 'confirmed',
        timezone: 'America/New_York',
        address: { firstLine: SITES.AAA },
      },
    });
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
  });

  test('a pending slot is awaited until it is confirmed', async () => {
    await rig.sandbox.control('confirmation', { mode: 'async', afterMs: 60_000 });
    const id = await start(atSite(ASYNC));
    const waiting = await rig.until(id, ({ status }) => status === 'awaiting_confirmation');
    expect(waiting.appointment?.status).toBe('pending');
    await move(waiting.order?.id, 'confirmed');
    expect((await settled(id)).attempts).toMatchObject([{ outcome: 'confirmed' }]);
  });

  describe('undoing', () => {
    test('cancelling the order would leave the appointment: that goes first, then the order', async () => {
      const id = await start(atSite());
      const { order } = await settled(id);
      await rig.bookings.cancel(id, {});
      expect((await ended(id)).compensation).toMatchObject([
        { step: 'appointment', outcome: 'undone' },
        { step: 'order', outcome: 'undone' },
      ]);
      expect(await writes()).toEqual([
        'POST',
        'POST psc/appointment/book',
        'PATCH psc/appointment/cancel',
        'POST cancel',
      ]);
      expect(await rig.sandbox.live(order?.id ?? '')).toEqual({ order: false, appointments: 0 });
    });

    test('an adopted order that is kept loses only its appointment', async () => {
      const orderId = await rig.sandbox.placeOrder({ order_set: { lab_test_ids: [AT_SITE_TEST] } });
      const { patient: _patient, ...rest } = atSite();
      const id = await start({ ...rest, order: { id: orderId, onFailure: 'keep' } });
      await settled(id);
      await rig.bookings.cancel(id, {});
      await ended(id);
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
    });

    test('an order of the other kind is refused and left as it is', async () => {
      const orderId = await rig.sandbox.placeOrder();
      const { provider, site } = atSite();
      const id = await start(adopting(orderId, 'cancel', { provider, site }));
      expect((await ended(id)).failure?.code).toBe('order_wrong_kind');
      expect((await rig.sandbox.live(orderId)).order).toBe(true);
    });
  });

  describe('reserved', () => {
    test('is held but not confirmed, until the provider confirms it', async () => {
      await rig.sandbox.control('confirmation', { mode: 'reserve' });
      const id = await start(atSite());
      const waiting = await rig.until(id, ({ status }) => status === 'awaiting_confirmation');
      expect(waiting).toMatchObject({ appointment: { status: 'reserved' }, attempts: [{ outcome: 'held' }] });
      await move(waiting.order?.id, 'confirmed');
      expect((await settled(id)).appointment?.status).toBe('confirmed');
    });

    test('settles the booking where the account says so', async () => {
      await rig.sandbox.control('confirmation', { mode: 'reserve' });
      const view = await settled(await start(atSite({ account: 'reserving' })));
      expect(view).toMatchObject({
        appointment: { status: 'reserved' },
        attempts: [{ outcome: 'confirmed' }],
      });
    });

    test.each(['default', 'reserving'])(
      'and cancelled later: another slot is searched (account %s)',
      async (account) => {
        await rig.sandbox.control('confirmation', { mode: 'reserve' });
        const id = await start(atSite({ account, site: { lab: 'quest', siteCodes: ['AAA'] } }));
        const first = await rig.until(id, ({ appointment }) => appointment?.status === 'reserved');
        await move(first.order?.id, 'cancelled');
        const view = await rig.until(id, ({ appointment }) => appointment?.status === 'confirmed');
        expect(view.status).toBe('confirmed');
        expect(view.attempts).toHaveLength(2);
        expect(view.attempts[1]?.startsAt).not.toBe(view.attempts[0]?.startsAt);
        expect(await rig.sandbox.live(first.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
      },
    );
  });

  describe('before the requisition', () => {
    beforeEach(() => rig.sandbox.control('clock', { advanceOrders: false }));
    afterEach(() => rig.sandbox.control('clock', { advanceOrders: true }));

    test('booking waits for it', async () => {
      const id = await start(atSite());
      const waiting = await rig.until(id, ({ waitingFor }) => !!waitingFor?.what.includes('requisition'));
      expect(await writes()).toEqual(['POST']);
      await rig.sandbox.control(`orders/${waiting.order?.id}`, { status: 'requisition_created' });
      await settled(id);
    });

    test('an account that may book before it reserves, and is confirmed when it comes', async () => {
      await rig.sandbox.control('account', { bookBeforeRequisition: true });
      const id = await start(atSite({ account: 'early' }));
      const held = await rig.until(id, ({ status }) => status === 'awaiting_confirmation');
      expect(held).toMatchObject({
        order: { status: 'received.walk_in_test.ordered' },
        appointment: { status: 'reserved' },
      });
      await rig.sandbox.control(`orders/${held.order?.id}`, { status: 'requisition_created' });
      await settled(id);
    });

    test('an account that turns out not to may wait for it all the same', async () => {
      const id = await start(atSite({ account: 'early' }));
      const waiting = await rig.until(id, ({ waitingFor }) => waitingFor?.what === 'another try at booking');
      expect(waiting.attempts).toMatchObject([{ outcome: 'booking' }]);
      await rig.sandbox.control(`orders/${waiting.order?.id}`, { status: 'requisition_created' });
      expect((await settled(id)).attempts).toHaveLength(1);
    });
  });

  test('an account without PSC scheduling is our own fault: a person is asked, nothing is undone', async () => {
    await rig.sandbox.control('account', { pscScheduling: false });
    const id = await start(atSite());
    const asking = await rig.until(id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({ attention: { reason: 'feature_not_enabled' }, compensation: [] });
    expect((await rig.sandbox.live(asking.order?.id ?? '')).order).toBe(true);
    await rig.sandbox.control('account', { pscScheduling: true });
    await rig.bookings.retry(id, { by: 'tests' });
    await settled(id);
  });
});
