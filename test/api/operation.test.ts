import { AUTH, scriptedClient, testApi } from '../support/api';
import { placedRequest } from '../support/stand-in';
import { initialView } from '../../src/client/initial-view';
import { parseRequest } from '../../src/booking/schema/check-request';

it.each([
  [{ temporal: true, worker: true }, 200],
  [{ temporal: true, worker: false }, 503],
  [{ temporal: false, worker: false }, 503],
])('%p is answered with %p', async (state, status) => {
  const { app } = await testApi(scriptedClient(), { readiness: () => Promise.resolve(state) });
  const answer = await app.inject('/readyz');
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toEqual(state);
  await app.close();
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
