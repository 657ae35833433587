import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bookFirst,
  orderBody,
  orderSchema,
  placeOrder,
  slotKey,
  startJunction,
  startReceiver,
  until,
} from './junction-client';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

test('a restart keeps orders, appointments, keys, settings and slots', async () => {
  const before = await startJunction({ dataDir });
  const id = await placeOrder(before);
  await bookFirst(before, id, { appointment_notes: 'ref:b1/book/1' });
  const headers = { 'x-idempotency-key': 'b1/order/0' };
  const body = orderBody();
  const first = await before.call('POST', '/v3/order', body, headers);
  const other = await placeOrder(before);
  const key = await slotKey(before);
  await before.control('quirks', { nullTimezone: true });
  const seen = await before.call('GET', `/v3/order/${id}/phlebotomy/appointment`);
  await before.close();

  const after = await startJunction({ dataDir });
  expect((await after.call('GET', `/v3/order/${id}/phlebotomy/appointment`)).text).toBe(seen.text);
  expect((await after.call('POST', '/v3/order', body, headers)).text).toBe(first.text);
  const booked = await after.call('POST', `/v3/order/${other}/phlebotomy/appointment/book`, {
    booking_key: key,
  });
  expect(booked).toMatchObject({ status: 200, body: { iana_timezone: null } });
  await after.close();
});

test('what was answered is in the file already, so that a kill loses nothing', async () => {
  const running = await startJunction({ dataDir });
  const id = await placeOrder(running);
  const found = join(dataDir, 'found-after-a-kill');
  mkdirSync(found);
  copyFileSync(join(dataDir, 'junction-sandbox.json'), join(found, 'junction-sandbox.json'));
  const successor = await startJunction({ dataDir: found });
  expect((await successor.call('GET', `/v3/order/${id}`)).status).toBe(200);
  await Promise.all([running.close(), successor.close()]);
});

test('what was planned happens after the restart: confirmations, requisitions, webhooks', async () => {
  const before = await startJunction({ dataDir, webhookUrl: 'http://127.0.0.1:9/', timeScale: 1 / 200 });
  const id = await placeOrder(before);
  await before.control('confirmation', { mode: 'async', afterMs: 300 });
  await bookFirst(before, id, { async_confirmation: true, sync_confirmation_timeout_millisecond: 1_000 });
  await before.control('clock', { advanceOrders: true });
  const waiting = await placeOrder(before, 'at_home_phlebotomy', false);
  await before.close();

  const receiver = await startReceiver();
  const after = await startJunction({ dataDir, webhookUrl: receiver.url, timeScale: 1 / 200 });
  const read = async (one: string) => orderSchema.parse((await after.call('GET', `/v3/order/${one}`)).body);
  await until(
    () => read(id),
    (order) => order.last_event.status.endsWith('.appointment_scheduled'),
  );
  await until(
    () => read(waiting),
    (order) => order.last_event.status.endsWith('.requisition_created'),
  );
  await until(
    () => Promise.resolve(receiver.received),
    (received) => received.some(({ type }) => type === 'labtest.order.created'),
  );
  await after.close();
  await receiver.close();
});

test('a file that holds something else is refused, not overwritten', async () => {
  writeFileSync(join(dataDir, 'junction-sandbox.json'), '{"version": 7}');
  await expect(startJunction({ dataDir })).rejects.toThrow('delete it to start afresh');
});
