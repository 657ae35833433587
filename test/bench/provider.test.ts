import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readsAtOnce } from '../../bench/api/calls';
import { book, findSlot, placeOrder, type Access } from '../../bench/plain/provider';
import { confirmAppointment, freshProvider, reserveOnly, spoil } from '../../bench/provider';
import { API_KEY, plainRequestAt } from '../../bench/request';
import { startJunction, stateSchema, type Junction } from '../sandbox/junction-client';

/** What the bench tells a stand-in, and what it gets out of a server. */

const REQUEST = plainRequestAt('reserves');

let junction: Junction;
let access: Access;
beforeAll(async () => {
  junction = await startJunction({ advanceOrders: false, timeScale: 1 });
  access = { url: junction.url, apiKey: API_KEY };
});

async function booked() {
  const orderId = await placeOrder(access, REQUEST.patient, REQUEST.labTestIds);
  return book(access, orderId, await findSlot(access, REQUEST.patient, REQUEST.daysAhead));
}

test('a provider that reserves confirms when it is told to, whatever it had been told before', async () => {
  await freshProvider(junction.url, null);
  await reserveOnly(junction.url);
  const { id, status } = await booked();
  expect(status).toBe('reserved');
  await confirmAppointment(junction.url, id);
  const { body } = await junction.call('GET', '/_sandbox/state');
  expect(stateSchema.parse(body).appointments).toMatchObject([{ id, status: 'confirmed' }]);
});

test('one that refuses does so until it does no more', async () => {
  await freshProvider(junction.url, null);
  await spoil(junction.url, 'refuses');
  await expect(booked()).rejects.toThrow('503');
  await expect(booked()).rejects.toThrow('503');
  await spoil(junction.url, null);
  await expect(booked()).resolves.toBeDefined();
});

describe('calls at several connections', () => {
  let server: Server;
  let url: string;
  let status = 200;
  const asked: string[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end('{}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    // It listens on a port, so its address is no path.
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  test('are counted and timed one by one, over all paths', async () => {
    const { answers, p50Ms, p99Ms } = await readsAtOnce(url, ['/a', '/b'], { connections: 2, forMs: 500 });
    expect(answers).toBeGreaterThan(10);
    expect(answers).toBeLessThanOrEqual(asked.length);
    expect(new Set(asked)).toEqual(new Set(['/a', '/b']));
    expect(p50Ms).toBeGreaterThan(0);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
  });

  test('that are refused fail the run', async () => {
    status = 503;
    await expect(readsAtOnce(url, ['/a'], { connections: 2, forMs: 100 })).rejects.toThrow(
      /of \d+ calls .* failed/,
    );
  });
});
