import { randomUUID } from 'node:crypto';
import { bulkIdOf } from '../../src/booking/names';
import { adopting, atHome, startSaga, type SagaRig } from '../support/saga';
import { eventually } from '../support/stand-in';

describe('an incident', () => {
  let rig: SagaRig;
  beforeAll(async () => {
    rig = await startSaga();
  }, 120_000);
  afterAll(() => rig.stop());

  const AWAY = { status: 401, body: { detail: 'Invalid API key' } };
  const REASON = 'credentials_rejected';

  /** So many bookings that wait for a person because the credentials are dead. */
  const waiting = async (count: number): Promise<string[]> => {
    await rig.sandbox.control('reset', {});
    const orders = await Promise.all(
      Array.from({ length: count }, () => rig.sandbox.placeOrder({ user_id: randomUUID() })),
    );
    await rig.sandbox.control('faults', { path: '/v3/*', times: 1_000, when: 'before', answer: AWAY });
    const started = await Promise.all(
      orders.map((orderId) => rig.bookings.start(adopting(orderId, 'keep', { reference: `r-${count}` }))),
    );
    const ids = started.map(({ booking }) => booking.id);
    await Promise.all(ids.map((id) => rig.until(id, ({ attention }) => attention?.reason === REASON)));
    await eventually(
      () => rig.bookings.incidents(),
      (incidents) => incidents.some((one) => one.reason === REASON && one.count >= count),
    );
    return ids;
  };

  test('is one line for all its bookings, and one command resumes them, each once, at the rate asked for', async () => {
    const ids = await waiting(4);
    const [incident, ...others] = await rig.bookings.incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ provider: 'junction-phlebotomy', account: 'default', count: 4 });
    expect([...(incident?.bookingIds ?? [])].sort()).toEqual([...ids].sort());
    await fetch(`${rig.sandbox.url}/_sandbox/faults`, { method: 'DELETE' });

    const beganMs = Date.now();
    const bulk = await rig.bookings.resume({ reason: REASON, account: 'default', ratePerSecond: 2 }, 'desk');
    expect(bulk.id).toBe(bulkIdOf({ reason: REASON, provider: '*', account: 'default' }));
    const done = await eventually(
      () => rig.bookings.resumption(bulk.id),
      (progress) => progress.done,
    );
    expect(done).toMatchObject({ total: 4, resumed: 4, passedOver: 0 });
    expect(Date.now() - beganMs).toBeGreaterThanOrEqual(1_500);
    const views = await Promise.all(ids.map((id) => rig.until(id, ({ status }) => status === 'confirmed')));
    expect(views[0]?.lastRequest).toMatchObject({ kind: 'retry', outcome: 'accepted', by: 'desk' });
    await eventually(
      () => rig.bookings.incidents(),
      (incidents) => incidents.length === 0,
    );
  });

  test('whose reason is no name is refused', async () => {
    const call = rig.bookings.resume({ reason: "x' OR 1=1" }, 'desk');
    await expect(call).rejects.toMatchObject({ code: 'invalid_request', facts: { field: 'reason' } });
  });

  test('that nobody waits in is done at once', async () => {
    const bulk = await rig.bookings.resume({ reason: 'undo_failed' }, 'desk');
    const done = await eventually(
      () => rig.bookings.resumption(bulk.id),
      (progress) => progress.done,
    );
    expect(done).toMatchObject({ total: 0, resumed: 0 });
  });

  test('nothing is stuck while workers run', async () => {
    await rig.sandbox.control('reset', {});
    await rig.bookings.start(atHome());
    expect(await rig.bookings.problems()).toEqual({
      problems: [],
      unattendedQueues: [],
      tellsFailingTasks: true,
    });
  });

  test('a move to where nobody can go is refused at the door, naming the field', async () => {
    const past = { windows: [{ from: '2020-01-01', to: '2020-01-02' }] };
    await expect(rig.bookings.reschedule('any', past)).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { field: 'windows.0.to' },
    });
    await expect(rig.bookings.reschedule('any', { slot: { key: 'k' } })).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { field: 'slot.startsAt' },
    });
    await expect(rig.bookings.reschedule('any', {})).rejects.toMatchObject({ facts: { field: 'windows' } });
  });
});
