import type { Fault } from '../support/calls';
import { atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

const inThreeDays = (plusMs = 0) => new Date(Date.now() + 3 * 86_400_000 + plusMs).toISOString();

/** A visit where only Phlebfinders goes, which takes no bookings but calls the patient. */
function byPhone(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  const { patient, ...rest } = atHome();
  const address = { firstLine: '9 Main Street', city: 'Holmen', state: 'WI', zip: '54650', country: 'US' };
  return { ...rest, patient: Object.assign({}, patient, { address }), ...overrides };
}

describe('the request tier', () => {
  const rig = useSaga();

  /** What vendor and patient agree on. */
  const agreedTimes = () => ({ start_at: inThreeDays(), end_at: inThreeDays(7_200_000) });

  const start = async (request: Record<string, unknown>) => (await rig.bookings.start(request)).booking.id;
  const requested = (id: string) => rig.until(id, ({ status }) => status === 'awaiting_confirmation');
  const settled = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
  const ended = (id: string) => rig.until(id, ({ status }) => status === 'failed' || status === 'cancelled');

  /** What the vendor does to the only appointment there is. */
  const vendor = async (does: Record<string, unknown>) => {
    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, does);
  };

  const callsTo = async (what: string) => {
    const { calls } = await rig.sandbox.state();
    return calls.filter(({ path }) => path.endsWith(what)).length;
  };

  test('left open, the area decides: where there are no slots, a visit is asked for', async () => {
    const id = await start(byPhone());
    const view = await requested(id);
    expect(view).toMatchObject({
      waitingFor: { what: 'confirmation' },
      appointment: { provider: 'phlebfinders', status: 'pending', startsAt: null, endsAt: null },
      attempts: [{ startsAt: null, outcome: 'held' }],
    });
    expect([await callsTo('/availability'), await callsTo('/area/info'), await callsTo('/request')]).toEqual([
      1, 1, 1,
    ]);
    expect(await callsTo('/book')).toBe(0);
    const { appointments } = await rig.sandbox.state();
    expect(appointments[0]?.appointment_notes).toMatch(/ref:.+\/book\/1$/);
  });

  test('left open, slots are booked where there are some, and the area is not asked', async () => {
    await settled(await start(atHome()));
    expect([await callsTo('/area/info'), await callsTo('/request')]).toEqual([0, 0]);
  });

  test('it stays pending without times until vendor and patient agree, then it is confirmed', async () => {
    const id = await start(byPhone());
    await requested(id);
    const times = agreedTimes();
    await vendor(times);
    const agreed = await rig.until(id, ({ appointment }) => appointment?.startsAt !== null);
    expect(agreed).toMatchObject({
      status: 'awaiting_confirmation',
      appointment: { startsAt: times.start_at, status: 'pending' },
    });
    await vendor({ status: 'confirmed' });
    expect(await settled(id)).toMatchObject({
      attempts: [{ startsAt: null, outcome: 'confirmed' }],
      appointment: { startsAt: times.start_at, timezone: 'America/Chicago' },
    });
  });

  test('confirmed before a time is known counts as confirmed', async () => {
    const id = await start(byPhone());
    await requested(id);
    await vendor({ status: 'confirmed' });
    expect((await settled(id)).appointment?.startsAt).toBeNull();
  });

  test('asked for by the request, it needs no windows, and no slots are searched', async () => {
    const { windows: _windows, ...rest } = byPhone({ tier: 'request' });
    const id = await start(rest);
    await requested(id);
    expect(await callsTo('/availability')).toBe(0);
    await vendor({ ...agreedTimes(), status: 'confirmed' });
    await settled(id);
  });

  test.each([
    ['request', atHome({ tier: 'request' })],
    ['book', byPhone({ tier: 'book' })],
  ])('tier %s where the area has only the other ends the booking', async (_tier, request) => {
    const view = await ended(await start(request));
    expect(view).toMatchObject({ status: 'failed', failure: { code: 'area_not_served' } });
    expect(await callsTo('/request')).toBe(0);
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });

  test('a place that nobody serves', async () => {
    const { patient, ...rest } = atHome();
    const address = { firstLine: '1 Main Street', city: 'Nome', state: 'AK', zip: '99762', country: 'US' };
    const view = await ended(await start({ ...rest, patient: Object.assign({}, patient, { address }) }));
    expect(view.failure?.code).toBe('area_not_served');
  });

  test('cancelled while pending: appointment and order are undone', async () => {
    const id = await start(byPhone());
    await requested(id);
    await rig.bookings.cancel(id, {});
    const view = await ended(id);
    expect(view).toMatchObject({
      status: 'cancelled',
      compensation: [
        { step: 'appointment', outcome: 'undone' },
        { step: 'order', outcome: 'undone' },
      ],
    });
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });

  test('declined: nobody else is asked, and the order is undone', async () => {
    const id = await start(byPhone());
    await requested(id);
    await vendor({ status: 'cancelled', event_data: { cancellation_reason: 'patient_unreachable' } });
    const view = await ended(id);
    expect(view).toMatchObject({
      failure: { code: 'no_slot' },
      attempts: [{ outcome: 'declined', reason: expect.stringContaining('patient_unreachable') }],
    });
    expect(await callsTo('/request')).toBe(1);
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });

  test('never agreed on: the booking ends with its own time, and leaves nothing', async () => {
    const id = await start(byPhone({ limits: { settleWithinMs: 2_500 } }));
    await requested(id);
    const view = await ended(id);
    expect(view).toMatchObject({
      failure: { code: 'not_settled_in_time' },
      attempts: [{ outcome: 'released' }],
    });
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
  });

  describe('an answer that got lost', () => {
    test.each<[string, Fault]>([
      ['after it took effect', { when: 'after', answer: 'timeout' }],
      ['and it takes effect late', { when: 'late', answer: 'reset', delayMs: 900 }],
    ])('%s: found by its ref, and nobody is asked twice', async (_when, rule) => {
      await rig.sandbox.fail('request_visit', rule);
      const id = await start(byPhone());
      const view = await requested(id);
      expect(view.attempts).toMatchObject([{ startsAt: null, outcome: 'held' }]);
      expect(await callsTo('/request')).toBe(1);
      await vendor({ ...agreedTimes(), status: 'confirmed' });
      await settled(id);
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    });

    test('without effect: after the whole window the vendor is asked again', async () => {
      await rig.sandbox.fail('request_visit', { when: 'before', answer: 'reset' });
      const view = await requested(await start(byPhone()));
      expect(view.attempts).toMatchObject([{ outcome: 'held' }]);
      const [lost, again] = (await rig.sandbox.callsOf('request_visit')).map(({ at }) => Date.parse(at));
      expect(Number(again) - Number(lost)).toBeGreaterThanOrEqual(1_500);
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    });

    test('cancelled meanwhile: the late appointment goes with everything else', async () => {
      await rig.sandbox.fail('request_visit', { when: 'late', answer: 'reset', delayMs: 900 });
      const id = await start(byPhone());
      await rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
      await rig.bookings.cancel(id, {});
      const view = await ended(id);
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: false, appointments: 0 });
    });
  });

  test("somebody else's appointment on the order is never asked over", async () => {
    const { patient: _patient, ...rest } = byPhone();
    const orderId = await rig.sandbox.placeOrder();
    await rig.sandbox.control('appointments', { order_id: orderId });
    const view = await ended(
      await start({ ...rest, tier: 'request', order: { id: orderId, onFailure: 'keep' } }),
    );
    expect(view.failure?.code).toBe('appointment_exists');
    expect(await callsTo('/request')).toBe(0);
  });
});
