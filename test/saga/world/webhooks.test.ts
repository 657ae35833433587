import type { AddressInfo } from 'node:net';
import { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../../src/booking/names';
import { eventually } from '../../support/stand-in';
import { testApi, type TestApi, webhooksSignedWith } from '../../support/api';
import { useWorld } from './world';

/** Webhooks wake a booking that would not look for itself before this test is over, whatever their bytes, where they say more than it shows. */

const SANDBOX_SECRET = 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx';
const ASYNC = { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 3_600_000 };
const SELDOM_MS = 120_000;

const world = useWorld({
  on: 'server', // the sandbox sends to a receiver that listens
  limits: { pollFirstMs: SELDOM_MS, pollMaxMs: SELDOM_MS, keepPollMs: SELDOM_MS },
});

let api: TestApi;
beforeAll(async () => {
  api = await testApi(world.rig.bookings, { webhooks: webhooksSignedWith(SANDBOX_SECRET) });
  await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => api.app.close());

/** Where the sandbox sends its events while these tests want them. */
function receiver(): string {
  // A server that listens on TCP has an address of this form.
  const { port } = api.app.server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/webhooks/junction`;
}

test.each(['bomWebhooks', 'latin1Webhooks', 'utf16Webhooks'])('%s', async (quirk) => {
  const orderId = await world.rig.sandbox.placeReadyOrder();
  await world.odd('home', quirk);
  await world.rig.sandbox.control('confirmation', { mode: 'never' });
  const order = { id: orderId, onFailure: 'keep' };
  const request = await world.request('home', { order, confirmation: ASYNC, notes: 'Zoë’s gate' });
  const { patient: _patient, ...rest } = request;
  const id = await world.start(rest);
  const waiting = await world.rig.until(id, ({ status }) => status === 'awaiting_confirmation');
  await world.rig.sandbox.control('webhook', { url: receiver() });
  await world.rig.sandbox.control(`appointments/${waiting.appointment?.id}`, { status: 'confirmed' });
  await world.stands(await world.confirmed(id));
  await world.rig.sandbox.control('webhook', { url: null });
});

test('a burst that says what the booking shows adds nothing to its history; one that says more wakes it once', async () => {
  const { rig } = world;
  const order = { id: await rig.sandbox.placeReadyOrder(), onFailure: 'keep' };
  const { patient: _patient, ...request } = await world.request('home', { order });
  const id = await world.start(request);
  await world.confirmed(id);
  const { appointment } = await rig.until(id, (view) => isScheduled(view.order?.status));
  const before = await historyOf(id);
  await rig.sandbox.control('webhook', { url: receiver() });
  await fetch(`${rig.sandbox.url}/v3/order/resend_events`, {
    method: 'POST',
    headers: { 'x-vital-api-key': 'sk_us_test', 'content-type': 'application/json' },
    body: JSON.stringify({ order_ids: [order.id] }),
  });
  await eventually(taken, ({ length }) => length >= 2);
  expect(await historyOf(id)).toEqual(before);
  const later = (time: string | null = null): string =>
    new Date(Date.parse(time ?? '') + 86_400_000).toISOString();
  const times = { start_at: later(appointment?.startsAt), end_at: later(appointment?.endsAt) };
  await rig.sandbox.control(`appointments/${appointment?.id}`, times);
  await rig.until(id, (view) => view.appointment?.startsAt === times.start_at);
  const { length } = before;
  const signals = (await historyOf(id)).slice(length).filter((type) => type === SIGNALED);
  expect(signals).toHaveLength(1);
  await rig.sandbox.control('webhook', { url: null });
});

const SIGNALED = temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED;

function isScheduled(status = ''): boolean {
  return status.endsWith('.appointment_scheduled');
}

/** The events of a booking's history, by their types. */
async function historyOf(id: string): Promise<unknown[]> {
  const handle = world.rig.server.client.workflow.getHandle(workflowIdOf(id));
  return ((await handle.fetchHistory()).events ?? []).map(({ eventType }) => eventType);
}

/** The deliveries that were answered as taken. */
async function taken(): Promise<unknown[]> {
  // The sandbox's own answer; the hand's type leaves its deliveries out.
  const { webhooks } = (await world.rig.sandbox.state()) as unknown as { webhooks: { outcome: unknown }[] };
  return webhooks.filter(({ outcome }) => outcome === 204);
}
