import { pino } from 'pino';
import { listenApi } from '../../src/api/listen';
import { forVendors } from '../../src/booking/vendors';
import { startTestServer, testConfig } from '../support/temporal';
import { placedRequest } from '../support/stand-in';

it('serves on the settings, for the keys that they name, and warns that webhooks will be refused', async () => {
  const env = { PORT: '0', BOOKING_API_KEYS: 'desk:a-secret-of-the-desk' };
  const config = { ...testConfig(env), webhookSecrets: forVendors(() => []) };
  const server = await startTestServer(config);
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const api = await listenApi(config, server.client, log);
  const ready = await fetch(`${api.address}/readyz`);
  expect(await ready.json()).toMatchObject({ temporal: true, worker: false });
  const started = await fetch(`${api.address}/v1/bookings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer a-secret-of-the-desk' },
    body: JSON.stringify(placedRequest()),
  });
  expect(started.status).toBe(202);
  expect(lines.join('')).toContain('JUNCTION_WEBHOOK_SECRET is not set');
  await api.close();
  await expect(fetch(`${api.address}/healthz`)).rejects.toThrow();
  await server.stop();
});
