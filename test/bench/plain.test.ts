import { Client } from '@temporalio/client';
import { ourConfig } from '../../bench/processes/our-settings';
import {
  book,
  cancelAppointment,
  cancelOrder,
  findSlot,
  placeOrder,
  readOrder,
  type Access,
} from '../../bench/plain/provider';
import { createPlainWorker, PLAIN_TASK_QUEUE } from '../../bench/plain/worker';
import { plainBooking } from '../../bench/plain/workflows';
import { keptOf } from '../../bench/measure/executions';
import { freshProvider } from '../../bench/provider';
import { API_KEY, plainRequestAt } from '../../bench/request';
import { startJunction, stateSchema, type Junction } from '../sandbox/junction-client';
import { startTestServer } from '../support/temporal';

/** What ours is measured against is a saga that works, and stays the one that it is. */

jest.setTimeout(120_000);

const REQUEST = plainRequestAt('prompt');

let junction: Junction;
let access: Access;

beforeAll(async () => {
  junction = await startJunction({ advanceOrders: true, timeScale: 1e-6, keyLifetimeMs: 1e13 });
  await freshProvider(junction.url, null);
  access = { url: junction.url, apiKey: API_KEY };
});

async function live(): Promise<{ orders: number; appointments: number }> {
  const { orders, appointments } = stateSchema.parse(
    (await junction.call('GET', '/_sandbox/state')).body,
  ).live;
  return { orders: orders.length, appointments: appointments.length };
}

test('its calls book a visit, and its undos leave nothing', async () => {
  const orderId = await placeOrder(access, REQUEST.patient, REQUEST.labTestIds);
  expect(await readOrder(access, orderId)).toMatch(/^received\.at_home_phlebotomy\./);
  const slot = await findSlot(access, REQUEST.patient, REQUEST.daysAhead);
  expect((await book(access, orderId, slot)).status).toBe('confirmed');
  expect(await live()).toEqual({ orders: 1, appointments: 1 });
  await cancelAppointment(access, orderId);
  await cancelOrder(access, orderId);
  expect(await live()).toEqual({ orders: 0, appointments: 0 });
});

test('its booking is four activities and 29 events, as it was when it was written', async () => {
  const { target, connection, stop } = await startTestServer();
  try {
    const { namespace } = target;
    const worker = await createPlainWorker({ connection, namespace, accounts: { prompt: access } });
    const client = new Client({ connection, namespace });
    const booked = client.workflow.execute(plainBooking, {
      workflowId: 'plain',
      taskQueue: PLAIN_TASK_QUEUE,
      args: [REQUEST],
    });
    expect(await worker.runUntil(booked)).toMatchObject({ status: 'confirmed' });
    expect((await keptOf(client, 'plain')).events).toBe(29);
  } finally {
    await stop();
  }
});

test('ours is measured with its settings as they are by default, but for the pace and the sweep', () => {
  const { url } = junction;
  const urls = { prompt: url, slow: url, waits: url, reserves: url, paced: url };
  const config = ourConfig({ urls, practice: url, dataDir: '' });
  expect(config).toMatchObject({ sweepMinutes: 0, allowPlaintext: false, buildId: null });
  expect(config.webhookSecrets.junction).toHaveLength(1);
  expect(config.accounts.junction.prompt?.capabilities).toEqual({ needsRequisition: false });
  expect(config.accounts.junction.paced?.pace).toBeUndefined();
  expect(config.accounts.junction.prompt?.pace).toBeDefined();
  expect(config.accounts.junction.waits?.capabilities).toEqual({ needsRequisition: true });
});
