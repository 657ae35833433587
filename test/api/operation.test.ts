import { ZONE_DATA_VERSION } from '../../src/booking/zone-data';
import { AUTH, scriptedClient, testApi } from '../support/api';
import { placedRequest } from '../support/stand-in';
import { initialView } from '../../src/client/executions/initial-view';
import { parseRequest } from '../../src/booking/schema/check-request';

it.each([
  [{ temporal: true, worker: true }, 200],
  [{ temporal: true, worker: false }, 503],
  [{ temporal: false, worker: false }, 503],
])('%p is answered with %p', async (state, status) => {
  const { app } = await testApi(scriptedClient(), { readiness: () => Promise.resolve(state) });
  const answer = await app.inject('/readyz');
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject(state);
  await app.close();
});

describe('the age of the zone data', () => {
  const year = Number(ZONE_DATA_VERSION.slice(0, 4));
  afterEach(() => jest.useRealTimers());

  /** What /readyz answers at a time, by the clock alone. */
  async function readyAt(time: string) {
    const { app } = await testApi(
      scriptedClient({ stuckBookings: () => Promise.reject(new Error('not now')) }),
    );
    jest.useFakeTimers({
      now: new Date(time),
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'],
    });
    const answer = await app.inject('/readyz');
    await app.close();
    return { status: answer.statusCode, ...answer.json<{ warn?: string[]; zoneData: object }>() };
  }

  it('is shown, and warns of nothing in its year and half of the next', async () => {
    const answer = await readyAt(`${year + 1}-06-30T23:59:00Z`);
    expect(answer).toMatchObject({
      status: 200,
      zoneData: { version: ZONE_DATA_VERSION, runtime: process.versions.tz },
    });
    expect(answer.warn).toBeUndefined();
  });

  it('warns after that, and stays ready', async () => {
    expect(await readyAt(`${year + 1}-07-01T00:00:00Z`)).toMatchObject({
      status: 200,
      warn: [expect.stringMatching(/the zone data \(20\d\d[a-z]\) is old.*npm update moment-timezone/)],
    });
  });
});

it('answers those who wait when it stops', async () => {
  const now = new Date();
  const booking = initialView('abc', parseRequest(placedRequest(), { now }), now.toISOString());
  let isWaiting = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (isWaiting = resolve));
  const { app } = await testApi(
    scriptedClient({
      start: () => Promise.resolve({ booking, created: true }),
      settled: (_id, options) =>
        new Promise((resolve) => {
          options?.signal?.addEventListener('abort', () => resolve(booking));
          isWaiting();
        }),
    }),
  );
  const headers = { ...AUTH, prefer: 'wait=60' };
  const answer = app.inject({ method: 'POST', url: '/v1/bookings', headers, payload: placedRequest() });
  await waiting;
  await app.close();
  expect((await answer).statusCode).toBe(202);
});
