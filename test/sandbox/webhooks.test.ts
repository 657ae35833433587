import { Webhook } from 'standardwebhooks';
import {
  bookFirst,
  eventSchema,
  placeOrder,
  startJunction,
  startReceiver,
  until,
  WEBHOOK_SECRET,
  type Junction,
} from './junction-client';

type Receiver = Awaited<ReturnType<typeof startReceiver>>;
let junction: Junction;
let receiver: Receiver;

async function start(answers: number[] = [], timeScale?: number): Promise<void> {
  receiver = await startReceiver(answers);
  junction = await startJunction({ webhookUrl: receiver.url, ...(timeScale ? { timeScale } : {}) });
}

afterEach(async () => {
  await junction.close();
  await receiver.close();
});

const came = (count: number) =>
  until(
    () => Promise.resolve(receiver.received),
    (received) => received.length >= count,
  );
const typeAndStatus = () =>
  receiver.received.map(({ type, data }) => {
    const standing = eventSchema.safeParse(data.last_event).data?.status ?? data.event_status;
    return `${type} ${String(standing)}`;
  });

test('orders and appointments tell each change, signed as Standard Webhooks has it', async () => {
  await start();
  const id = await placeOrder(junction);
  await came(2);
  await bookFirst(junction, id);
  await came(6);
  expect(typeAndStatus().sort()).toEqual([
    'labtest.appointment.created pending',
    'labtest.appointment.updated scheduled',
    'labtest.order.created received.at_home_phlebotomy.ordered',
    'labtest.order.updated collecting_sample.at_home_phlebotomy.appointment_pending',
    'labtest.order.updated collecting_sample.at_home_phlebotomy.appointment_scheduled',
    'labtest.order.updated received.at_home_phlebotomy.requisition_created',
  ]);
  for (const { headers, raw } of receiver.received) {
    const named = Object.fromEntries(
      ['id', 'timestamp', 'signature'].map((part) => [`webhook-${part}`, headers[`svix-${part}`] ?? '']),
    );
    expect(new Webhook(WEBHOOK_SECRET).verify(raw, named)).toMatchObject({
      user_id: expect.any(String),
      client_user_id: expect.any(String),
      team_id: expect.any(String),
    });
  }
});

test('a failed delivery is repeated with the same id on the published schedule, scaled', async () => {
  await start([500, 503, 404], 1 / 3_000);
  await placeOrder(junction, 'at_home_phlebotomy', false);
  await came(4);
  expect(new Set(receiver.received.map(({ headers }) => headers['svix-id'])).size).toBe(1);
  const state = (await junction.call('GET', '/_sandbox/state')).body;
  expect(state).toMatchObject({
    webhooks: [{ outcome: 500 }, { outcome: 503 }, { outcome: 404 }, { outcome: 204 }],
  });
});

test('a delivery is given up after eight attempts', async () => {
  await start(
    Array.from({ length: 20 }, () => 500),
    1 / 1_000_000,
  );
  await placeOrder(junction, 'at_home_phlebotomy', false);
  await came(8);
  await placeOrder(junction, 'testkit', false);
  await came(16);
  expect(receiver.received.slice(0, 8).every(({ data }) => data.id === receiver.received[0]?.data.id)).toBe(
    true,
  );
});

describe('faults', () => {
  beforeEach(() => start());
  const fault = (rule: object) => junction.control('faults', rule);
  const place = () => placeOrder(junction, 'at_home_phlebotomy', false);
  const ids = () => receiver.received.map(({ data }) => data.id);

  test('drop: never comes', async () => {
    await fault({ webhook: 'labtest.order.created', do: 'drop' });
    await place();
    const second = await place();
    await came(1);
    expect(ids()).toEqual([second]);
  });

  test('duplicate: comes twice with one id', async () => {
    await fault({ webhook: '*', do: 'duplicate' });
    await place();
    const [one, two] = await came(2);
    expect(two?.headers['svix-id']).toBe(one?.headers['svix-id']);
  });

  test('delay: comes later', async () => {
    await fault({ webhook: '*', do: 'delay', delayMs: 250 });
    const [late, prompt] = [await place(), await place()];
    await came(2);
    expect(ids()).toEqual([prompt, late]);
  });

  test('reorder: comes after the event that follows it, or by itself when none does', async () => {
    await fault({ webhook: '*', do: 'reorder', delayMs: 60_000 });
    const [held, next] = [await place(), await place()];
    await came(2);
    expect(ids()).toEqual([next, held]);
    await fault({ webhook: '*', do: 'reorder', delayMs: 50 });
    const alone = await place();
    await came(3);
    expect(ids()).toEqual([next, held, alone]);
  });
});

test('events can be sent again', async () => {
  await start();
  const id = await placeOrder(junction, 'at_home_phlebotomy', false);
  await came(1);
  const answer = await junction.call('POST', '/v3/order/resend_events', { order_ids: [id] });
  expect(answer.body).toEqual({ order_ids: [id] });
  await came(2);
  expect(receiver.received[1]).toMatchObject({ type: 'labtest.order.updated', data: { id } });
  const since = await junction.call('POST', '/v3/order/resend_events', { start_at: '2099-01-01T00:00:00Z' });
  expect(since.body).toEqual({ order_ids: [] });
});

test('the address can be changed while it runs', async () => {
  await start();
  await junction.control('webhook', { url: null });
  await placeOrder(junction, 'at_home_phlebotomy', false);
  await junction.control('webhook', { url: receiver.url });
  const id = await placeOrder(junction, 'at_home_phlebotomy', false);
  await came(1);
  expect(receiver.received.map(({ data }) => data.id)).toEqual([id]);
});
