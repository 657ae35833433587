import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { pino } from 'pino';
import { bytesOf, MAX_VIEW_BYTES } from '../../src/booking/small-view';
import { MEMO, workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { createBookingClient } from '../../src/client/booking-client';
import { loadKeys } from '../../src/temporal/keys';
import { clientOn } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { installRuntime } from '../../src/temporal/runtime';
import { appointmentUpdated } from '../../workflows/messages';
import { adopting, atHome, atPractice } from '../support/saga';
import { AUTH, testApi } from '../support/api';
import { eventually } from '../support/stand-in';
import { testConfig } from '../support/temporal';
import { useSaga } from '../support/use-saga';

/** Bookings are read from the memo of their execution: whoever reads needs no worker, and nothing is replayed. */

beforeAll(() => installRuntime(pino({ level: 'silent' })));
const rig = useSaga({ resets: [], limits: { maxHistoryEvents: 60, keepPollMs: 600_000 } });
beforeAll(() => rig.sandbox.control('account', { oneAppointmentPerPatient: false }));

const handleOf = (id: string) => rig.server.client.workflow.getHandle(workflowIdOf(id));

async function confirmed(request: Record<string, unknown> = atHome()): Promise<BookingView> {
  const { booking } = await rig.bookings.start(request);
  // The order's own word comes a moment after the appointment's, and would change the view once more.
  return rig.until(
    booking.id,
    ({ status, waitingFor, order }) =>
      status === 'confirmed' &&
      waitingFor !== null &&
      (order === null || order.status.endsWith('appointment_scheduled')),
  );
}

async function whileAway<T>(read: () => Promise<T>): Promise<T> {
  await rig.stopWorkers();
  try {
    return await read();
  } finally {
    await rig.startWorkers();
  }
}

test('GET and list answer with the last view while no worker runs', async () => {
  const view = await confirmed();
  const { app } = await testApi(rig.bookings);
  await whileAway(async () => {
    const one = await app.inject({ url: `/v1/bookings/${view.id}`, headers: AUTH });
    expect(one.statusCode).toBe(200);
    expect(one.json()).toEqual(view);
    const list = await eventually(
      () => app.inject({ url: '/v1/bookings?status=confirmed', headers: AUTH }),
      (answer) => answer.body.includes(view.id),
    );
    expect(list.statusCode).toBe(200);
  });
  await app.close();
});

test('a booking that continued as new twice shows what it is now, without a worker', async () => {
  const orderId = await rig.sandbox.placeOrder();
  const first = await confirmed(adopting(orderId, 'keep'));
  const firstRun = (await handleOf(first.id).describe()).runId;
  const runs = new Set([firstRun]);
  while (runs.size < 3) {
    await rig.bookings.wake(first.id, 'appointment');
    runs.add((await handleOf(first.id).describe()).runId);
  }
  await rig.bookings.reschedule(first.id, { windows: [{ from: '+6d', to: '+9d' }], by: 'desk' });
  const moved = await rig.until(
    first.id,
    ({ status, appointment, waitingFor }) =>
      status === 'confirmed' && waitingFor !== null && appointment?.startsAt !== first.appointment?.startsAt,
  );
  const { events } = await handleOf(first.id).fetchHistory();
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [request, carried] = await decodeArrayFromPayloads(
    rig.server.client.options.loadedDataConverter,
    payloads,
  );
  expect(request).toMatchObject({ order: { id: orderId } });
  expect(carried).toMatchObject({ state: { id: first.id } });
  expect(carried).not.toHaveProperty('state.request'); // it is carried once
  const seen = await whileAway(() => rig.bookings.get(first.id));
  expect(seen).toEqual(moved);
  expect(seen).toMatchObject({ createdAt: first.createdAt, lastRequest: { kind: 'reschedule', by: 'desk' } });
});

test('the read after an accepted change shows that it was accepted', async () => {
  const view = await confirmed();
  for (let n = 0; n < 5; n += 1) {
    const by = `desk-${n}`;
    const refused = rig.bookings.retry(view.id, { by });
    await expect(refused).rejects.toMatchObject({ code: 'nothing_to_resolve' });
  }
  const cancelled = await rig.bookings.cancel(view.id, { by: 'desk', id: 'token' });
  expect(cancelled.lastRequest).toMatchObject({
    kind: 'cancel',
    outcome: 'accepted',
    by: 'desk',
    id: 'token',
  });
});

test('a view under a key that a process lacks costs the read of its own booking only', async () => {
  const view = await confirmed(atPractice());
  const config = testConfig({ BOOKING_ENCRYPTION_KEYS: `other:${Buffer.alloc(32, 9).toString('base64')}` });
  const client = clientOn(rig.server.connection, rig.server.target, dataConverterOf(config));
  const stranger = createBookingClient({ client, idKey: loadKeys(rig.config).idKey });
  await expect(stranger.get(view.id)).rejects.toMatchObject({ code: 'key_missing' });
  expect(await stranger.glance(view.id)).toMatchObject({ isOpen: true, view: null });
  const page = await eventually(
    () => stranger.list({ provider: 'oliver' }),
    ({ bookings }) => bookings.some(({ id, status }) => id === view.id && status === 'confirmed'),
  );
  expect(page.bookings.length).toBeGreaterThan(0);
  expect(await stranger.incidents()).toEqual([]);
});

test('a watch of 20 callers outlasts a restart of the workers, and every history replays', async () => {
  const view = await confirmed();
  const seen = Array.from({ length: 20 }, async () => {
    for await (const one of rig.bookings.watch(view.id)) if (one.status === 'cancelled') return one;
    return null;
  });
  await rig.stopWorkers();
  await handleOf(view.id).signal(appointmentUpdated, {});
  await rig.startWorkers();
  await rig.bookings.cancel(view.id, {});
  const ends = await Promise.all(seen);
  expect(ends.map((one) => one?.status)).toEqual(Array.from({ length: 20 }, () => 'cancelled'));
}, 60_000);

test('holds a view of 32 KiB at most, whatever the booking has been through', async () => {
  const view = await confirmed();
  const { raw } = await handleOf(view.id).describe();
  const payload = raw.workflowExecutionInfo?.memo?.fields?.[MEMO.view];
  expect(payload?.data?.length).toBeLessThan(32 * 1024);
  expect(payload?.data?.length).toBeLessThan(bytesOf(view) + 512);
  expect(MAX_VIEW_BYTES + 512).toBeLessThan(32 * 1024 + 1);
});

test('before its request is read a booking shows the provider and account that it names, or none', async () => {
  const { client } = rig.server;
  const started = async (id: string, input: unknown) => {
    await client.workflow.start('booking', {
      workflowId: workflowIdOf(id),
      taskQueue: 'bookings',
      args: [input],
    });
    return rig.until(id, ({ attention, failure }) => attention !== null || failure !== null);
  };
  expect(await started('no-such-account', atPractice({ account: 'nobody' }))).toMatchObject({
    provider: 'oliver',
    account: 'nobody',
    attention: { reason: 'account_unknown' },
  });
  await handleOf('no-such-account').executeUpdate('resolveBooking', {
    args: [{ choice: 'end', why: 'a test' }],
  });
  expect(await started('no-such-provider', { provider: 'constructor' })).toMatchObject({
    provider: null,
    account: null,
    failure: { code: 'invalid_request' },
  });
});
