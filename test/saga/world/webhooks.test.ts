import type { AddressInfo } from 'node:net';
import { testApi, type TestApi } from '../../support/api';
import { useWorld } from './world';

/** Webhooks in odd bytes wake a booking that would not look for itself before this test is over. */

const SANDBOX_SECRET = 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx';
const ASYNC = { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 3_600_000 };
const SELDOM_MS = 120_000;

const world = useWorld({
  on: 'server', // the sandbox sends to a receiver that listens
  limits: { pollFirstMs: SELDOM_MS, pollMaxMs: SELDOM_MS, keepPollMs: SELDOM_MS },
});

let api: TestApi;
beforeAll(async () => {
  api = await testApi(world.rig.bookings, { webhookSecrets: [SANDBOX_SECRET] });
  await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => api.app.close());

test.each(['bomWebhooks', 'latin1Webhooks', 'utf16Webhooks'])('%s', async (quirk) => {
  const orderId = await world.rig.sandbox.placeReadyOrder();
  await world.odd('home', quirk);
  await world.rig.sandbox.control('confirmation', { mode: 'never' });
  const order = { id: orderId, onFailure: 'keep' };
  const request = await world.request('home', { order, confirmation: ASYNC, notes: 'Zoë’s gate' });
  const { patient: _patient, ...rest } = request;
  const id = await world.start(rest);
  const waiting = await world.rig.until(id, ({ status }) => status === 'awaiting_confirmation');
  // A server that listens on TCP has an address of this form.
  const { port } = api.app.server.address() as AddressInfo;
  await world.rig.sandbox.control('webhook', { url: `http://127.0.0.1:${port}/webhooks/junction` });
  await world.rig.sandbox.control(`appointments/${waiting.appointment?.id}`, { status: 'confirmed' });
  await world.stands(await world.confirmed(id));
  await world.rig.sandbox.control('webhook', { url: null });
});
