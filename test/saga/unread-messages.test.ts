import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import type { Config } from '../../src/config';
import type { CancelMessage } from '../../src/booking/messages';
import { workflowIdOf } from '../../src/booking/names';
import { clientOn } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { installRuntime } from '../../src/temporal/runtime';
import { workflowBundle } from '../../src/temporal/worker';
import { replayEverything } from '../support/replays';
import { adopting } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** Messages under a key that the workers do not have: none is lost, and none holds the booking up. */

const DAY_MS = 86_400_000;
const LOST = { id: 'lost', key: Buffer.alloc(32, 7) };

beforeAll(() => installRuntime(pino({ level: 'silent' })));
const rig = useSaga({ resets: [], limits: { maxHistoryEvents: 100 } });

/** The workers' settings once they have the key too. */
const withLostKey = (config: Config): Config => ({
  ...config,
  encryptionKeys: [...config.encryptionKeys, LOST],
});

/** A caller with another key than the workers'. */
function stranger() {
  const config = { ...rig.config, encryptionKeys: [LOST] };
  return clientOn(rig.server.connection, rig.server.target, dataConverterOf(config));
}

function signal(id: string, name: string, body: object): Promise<void> {
  return stranger().workflow.getHandle(workflowIdOf(id)).signal(name, body);
}

async function confirmed(overrides: Record<string, unknown> = {}): Promise<string> {
  const orderId = await rig.sandbox.placeOrder();
  const { booking } = await rig.bookings.start(adopting(orderId, 'cancel', overrides));
  await rig.until(booking.id, ({ status }) => status === 'confirmed');
  return booking.id;
}

const asking = (id: string, count = 1) =>
  rig.until(
    id,
    ({ attention }) => attention?.reason === 'message_unreadable' && attention.tried.length === count,
  );

/** Leaves none live: a patient has one appointment at a time. */
afterEach(() => rig.sandbox.control('reset', {}));

test('a cancel is kept and asked about, and taken once a worker has the key', async () => {
  const id = await confirmed();
  await signal(id, 'cancel', { reason: 'the patient moved away', by: 'desk' } satisfies CancelMessage);
  const { attention, status } = await asking(id);
  expect(status).toBe('confirmed');
  expect(attention?.choices).toEqual(['retry', 'drop']);
  expect(attention?.tried[0]).toMatch(/cancel under the key "lost"$/);
  // Nobody has the key yet: it asks again.
  await rig.bookings.retry(id, {});
  await asking(id);
  await rig.stopWorkers();
  await rig.startWorkers(withLostKey(rig.config));
  await asking(id);
  await rig.bookings.retry(id, { reason: 'message_unreadable' });
  const ended = await rig.until(id, (view) => view.status === 'cancelled');
  expect(ended.lastRequest).toMatchObject({ kind: 'cancel', outcome: 'accepted', by: 'desk' });
  expect(ended.attention).toBeNull();
  await rig.stopWorkers();
  await rig.startWorkers();
}, 60_000);

test('it is found among those that wait for a person, and no longer once it is dropped', async () => {
  const id = await confirmed();
  await signal(id, 'cancel', {});
  await signal(id, 'reschedule', { windows: [] });
  await asking(id, 2);
  const listed = () => rig.bookings.list({ attention: 'message_unreadable' });
  await eventually(listed, ({ bookings }) => bookings.some((one) => one.id === id));
  await rig.bookings.resolve(id, { choice: 'drop', why: 'sent by mistake' });
  await asking(id, 1);
  await rig.bookings.resolve(id, { choice: 'drop', why: 'that as well' });
  const view = await rig.until(id, ({ attention }) => attention === null);
  expect(view.status).toBe('confirmed');
  await eventually(listed, ({ bookings }) => bookings.every((one) => one.id !== id));
}, 60_000);

test('two that came at the same moment are asked about one by one: a decision sent twice drops one', async () => {
  const id = await confirmed();
  await rig.stopWorkers();
  await signal(id, 'reschedule', { windows: [] });
  await signal(id, 'reschedule', { windows: [] });
  await rig.startWorkers();
  const { attention } = await asking(id, 2);
  const drop = { choice: 'drop', why: 'sent by mistake', since: attention?.since } as const;
  await rig.bookings.resolve(id, drop);
  await asking(id, 1);
  await expect(rig.bookings.resolve(id, drop)).rejects.toMatchObject({ code: 'attention_changed' });
  await asking(id, 1);
  await rig.bookings.resolve(id, { ...drop, since: undefined });
  await rig.until(id, (view) => view.attention === null);
}, 60_000);

test('beside one, a cancel that can be read works: as an update and as a signal', async () => {
  for (const way of ['update', 'signal'] as const) {
    const id = await confirmed();
    await signal(id, 'cancel', { order: 'keep' });
    await asking(id);
    if (way === 'update') await rig.bookings.cancel(id, {});
    else await rig.server.client.workflow.getHandle(workflowIdOf(id)).signal('cancel', {});
    const ended = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(ended.attention).toBeNull();
  }
}, 60_000);

test('an update is refused, and leaves the booking as it was', async () => {
  const id = await confirmed();
  const update = stranger()
    .workflow.getHandle(workflowIdOf(id))
    .executeUpdate('cancelBooking', { args: [{ reason: 'x' }] });
  await expect(update).rejects.toMatchObject({ cause: { type: 'message_unreadable' } });
  expect(await rig.bookings.get(id)).toMatchObject({
    status: 'confirmed',
    attention: null,
    lastRequest: null,
  });
  await rig.bookings.cancel(id, {});
  await rig.until(id, ({ status }) => status === 'cancelled');
});

test('news needs no body: it wakes the booking, whatever it is encrypted with', async () => {
  const id = await confirmed();
  const { appointment } = await rig.bookings.get(id);
  await rig.sandbox.control(`appointments/${appointment?.id ?? ''}`, { status: 'completed' });
  await signal(id, 'appointmentUpdated', { any: 'thing' });
  await rig.until(id, ({ status }) => status === 'completed');
});

test("the booking's own question comes first, keeps its decision, and the message is asked about after it", async () => {
  const id = await confirmed({ policy: { onProviderCancel: 'attention' } });
  await signal(id, 'reschedule', {});
  const { appointment } = await asking(id);
  await rig.sandbox.control(`appointments/${appointment?.id ?? ''}`, { status: 'cancelled' });
  await rig.bookings.wake(id, 'appointment');
  await rig.until(id, ({ attention }) => attention?.reason === 'provider_cancelled');
  await signal(id, 'cancel', {});
  await rig.bookings.resolve(id, { choice: 'rebook', why: 'another slot will do' });
  await rig.until(id, (view) => view.status === 'confirmed' && view.appointment?.id !== appointment?.id);
  await asking(id, 2);
  await rig.bookings.cancel(id, {});
  await rig.until(id, ({ status }) => status === 'cancelled');
}, 60_000);

test('deadlines stand still while it is asked about, and count again after it', async () => {
  await rig.sandbox.control('confirmation', { mode: 'reserve' });
  const orderId = await rig.sandbox.placeOrder();
  const { booking } = await rig.bookings.start(
    adopting(orderId, 'keep', { limits: { confirmTimeoutMs: 3_000, maxSlotAttempts: 1 } }),
  );
  const { id } = booking;
  await rig.until(id, ({ status }) => status === 'awaiting_confirmation');
  await signal(id, 'reschedule', {});
  await asking(id);
  // The deadline stands still: what is waited for is the one before the slot's start.
  await rig.until(id, ({ waitingFor }) => Date.parse(waitingFor?.until ?? '') - Date.now() > DAY_MS);
  // Well after it would have come, the slot is still held.
  await pause(Date.parse(booking.createdAt) + 5_000 - Date.now());
  expect((await rig.bookings.get(id)).status).toBe('awaiting_confirmation');
  await rig.bookings.resolve(id, { choice: 'drop', why: 'sent by mistake' });
  const { failure, attempts } = await rig.until(id, ({ status }) => status === 'failed');
  expect([failure?.code, attempts[0]?.outcome]).toEqual(['no_slot', 'released']);
}, 60_000);

test('it is kept when the booking carries on in a new run', async () => {
  const id = await confirmed();
  const runOf = async () => (await rig.server.client.workflow.getHandle(workflowIdOf(id)).describe()).runId;
  const first = await runOf();
  await signal(id, 'cancel', {});
  await asking(id);
  await eventually(
    async () => {
      await rig.bookings.wake(id, 'appointment');
      return runOf();
    },
    (runId) => runId !== first,
  );
  const { attention } = await asking(id);
  expect(attention?.tried[0]).toContain('under the key "lost"');
  await rig.bookings.resolve(id, { choice: 'drop', why: 'no use' });
  await rig.until(id, ({ attention: asked }) => asked === null);
}, 60_000);

test('many are kept, within bounds, and of a cancel one always is', async () => {
  const id = await confirmed();
  for (let n = 0; n < 12; n += 1) await signal(id, 'reschedule', {});
  await asking(id, 10);
  const refused = await rig.until(id, ({ lastRequest }) => lastRequest !== null);
  expect(refused.lastRequest).toMatchObject({ kind: 'reschedule', code: 'message_unreadable' });
  await signal(id, 'cancel', { reason: 'x'.repeat(30_000) });
  await rig.until(id, ({ lastRequest }) => lastRequest?.code === 'malformed_message');
  await signal(id, 'cancel', {});
  const { attention } = await rig.until(
    id,
    (view) => view.attention?.tried.some((line) => line.includes(': cancel under')) === true,
  );
  expect(attention?.tried).toHaveLength(10);
}, 60_000);

test('all that came about replays as well on workers that have the key', async () => {
  await replayEverything(rig.server.client, dataConverterOf(withLostKey(rig.config)), await workflowBundle());
}, 60_000);
