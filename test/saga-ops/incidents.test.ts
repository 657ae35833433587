import { randomUUID } from 'node:crypto';
import { bulkIdOf, workflowIdOf } from '../../src/booking/names';
import { createOpsBackEnd } from '../../src/client/ops/back-end';
import { loadKeys } from '../../src/temporal/keys';
import { ALWAYS } from '../support/calls';
import { adopting, atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

describe('an incident', () => {
  const rig = useSaga({ resets: [] });

  const AWAY = { status: 401, body: { detail: 'Invalid API key' } };
  const REASON = 'credentials_rejected';

  const eventsOf = async (workflowId: string) =>
    (await rig.server.client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
  /** How often the bookings of the incident were begun to be resumed. */
  const triesOf = async (bulkId: string) => {
    const events = await eventsOf(bulkId);
    return Math.max(...events.map(({ activityTaskStartedEventAttributes: tried }) => tried?.attempt ?? 0));
  };
  const retriesOf = async (id: string) => {
    const events = await eventsOf(workflowIdOf(id));
    const signals = events.map(({ workflowExecutionSignaledEventAttributes: sent }) => sent?.signalName);
    return signals.filter((name) => name === 'retry').length;
  };

  /** So many bookings that wait for a person because the credentials are dead. */
  const waiting = async (count: number): Promise<string[]> => {
    await rig.sandbox.control('reset', {});
    const orders = await Promise.all(
      Array.from({ length: count }, () => rig.sandbox.placeOrder({ user_id: randomUUID() })),
    );
    await rig.sandbox.fail('any', { when: 'before', answer: AWAY, times: ALWAYS });
    const started = await Promise.all(
      orders.map((orderId) =>
        rig.bookings.start(adopting(orderId, 'keep', { limits: { maxSlotAttempts: count + 1 } })),
      ),
    );
    const ids = started.map(({ booking }) => booking.id);
    await Promise.all(ids.map((id) => rig.until(id, ({ attention }) => attention?.reason === REASON)));
    await eventually(
      () => rig.bookings.incidents(),
      (incidents) => incidents.some((one) => one.reason === REASON && one.count >= count),
    );
    return ids;
  };

  test('that is asked for again meanwhile is taken up once more: what failed anew is told again', async () => {
    const [id = ''] = await waiting(1);
    // So slow that the booking has failed anew, and is listed so, when the first request is through.
    const ask = () => rig.bookings.resume({ reason: REASON, ratePerSecond: 0.2 }, 'desk');
    const { id: bulkId } = await ask();
    await eventually(
      () => retriesOf(id),
      (count) => count === 1,
    );
    expect((await ask()).id).toBe(bulkId);
    const done = await eventually(
      () => rig.bookings.resumption(bulkId),
      (progress) => progress.done,
      60_000,
    );
    expect(done).toMatchObject({ total: 1, resumed: 1 });
    expect(await retriesOf(id)).toBe(2);
    await rig.sandbox.mend();
    await rig.until(id, ({ attention }) => attention?.reason === REASON);
    await rig.bookings.retry(id, {});
    await rig.until(id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    await eventually(
      () => rig.bookings.incidents(),
      (incidents) => incidents.length === 0,
    );
  }, 90_000);

  test('leaves alone, and counts apart, those that do not wait any more as they were listed', async () => {
    const ids = await waiting(2);
    // So slow that there is time for a person between the two.
    const { id: bulkId } = await rig.bookings.resume({ reason: REASON, ratePerSecond: 0.2 }, 'desk');
    const told = ids.map((id) => rig.until(id, ({ lastRequest }) => lastRequest !== null));
    const first = await Promise.race(told);
    const other = ids.find((id) => id !== first.id) ?? '';
    const before = (await rig.bookings.get(other)).attention?.since;
    await rig.bookings.retry(other, { by: 'a person' });
    const anew = await rig.until(
      other,
      ({ attention }) => attention?.reason === REASON && attention.since !== before,
    );
    const done = await eventually(
      () => rig.bookings.resumption(bulkId),
      (progress) => progress.done,
      60_000,
    );
    expect(done).toMatchObject({ total: 2, resumed: 1, changed: 1, passedOver: 0, failed: 0 });
    const { attention, lastRequest } = await rig.bookings.get(other);
    expect([attention?.since, lastRequest?.by]).toEqual([anew.attention?.since, 'a person']);
    expect(await retriesOf(other)).toBe(0);
    await rig.sandbox.mend();
    await Promise.all(
      ids.map(async (id) => {
        await rig.until(id, (view) => view.attention?.reason === REASON);
        await rig.bookings.retry(id, {});
        await rig.until(id, ({ status }) => status === 'confirmed');
        await rig.bookings.cancel(id, {});
        await rig.until(id, ({ status }) => status === 'cancelled');
      }),
    );
    await eventually(
      () => rig.bookings.incidents(),
      (incidents) => incidents.length === 0,
    );
  }, 90_000);

  test('is one line for all its bookings, and one command resumes them, each once, at the rate asked for', async () => {
    const ids = await waiting(4);
    const [incident, ...others] = await rig.bookings.incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ provider: 'junction-phlebotomy', account: 'default', count: 4 });
    expect([...(incident?.bookingIds ?? [])].sort()).toEqual([...ids].sort());
    await rig.sandbox.mend();

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

  test('is resumed to its end when the workers are restarted in the middle, each booking once', async () => {
    const ids = await waiting(10);
    await rig.sandbox.mend();
    const bulk = await rig.bookings.resume({ reason: REASON, ratePerSecond: 0.5 }, 'desk');
    await Promise.race(ids.map((id) => rig.until(id, ({ attention }) => attention === null)));
    // Longer than their grace: the activity that resumes is cut off in its middle.
    await rig.stopWorkers();
    await rig.startWorkers();
    const done = await eventually(
      () => rig.bookings.resumption(bulk.id),
      (progress) => progress.done,
      60_000,
    );
    expect(done.resumed).toBe(done.total); // more than these ten: those of other tests have the same dead key
    await Promise.all(ids.map((id) => rig.until(id, ({ status }) => status === 'confirmed')));
    expect(await triesOf(bulk.id)).toBeGreaterThan(1);
    expect(await Promise.all(ids.map(retriesOf))).toEqual(ids.map(() => 1));
  }, 120_000);

  test('leaves a booking alone that waits for something else by now', async () => {
    const [id = ''] = await waiting(1);
    const backEnd = createOpsBackEnd({ client: rig.server.client, idKey: loadKeys(rig.config).idKey });
    const retryOne = (reason: string, since: string | null, token?: string) =>
      backEnd.retryOne(workflowIdOf(id), { by: 'desk', reason, since, id: token });
    expect(await retryOne('undo_failed', null)).toBe('changed');
    expect(await retryOne(REASON, '2026-01-01T00:00:00.000Z')).toBe('changed');
    expect(await retryOne(REASON, null)).toBe('changed'); // listed while it waited for something else
    const view = await rig.bookings.get(id);
    expect(view).toMatchObject({ attention: { reason: REASON }, lastRequest: null });
    expect(await retriesOf(id)).toBe(0);
    await rig.sandbox.mend();
    expect(await retryOne(REASON, view.attention?.since ?? null, 'first')).toBe('resumed');
    await rig.until(id, ({ status }) => status === 'confirmed');
    // As after a lost worker: it was told by this request, and is not told again.
    expect(await retryOne(REASON, view.attention?.since ?? null, 'first')).toBe('resumed');
    expect(await retriesOf(id)).toBe(1);
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
    expect(await rig.bookings.stuckBookings()).toEqual({
      stuck: [],
      unattendedQueues: [],
      tellsFailingTasks: true,
      sweepFails: null,
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
