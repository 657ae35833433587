import { Failure } from '../../src/booking/failures';
import { AUTH, scriptedClient, testApi } from '../support/api';

const INCIDENT = {
  reason: 'credentials_rejected',
  provider: 'junction-psc',
  account: 'default',
  count: 12,
  since: '2026-12-01T14:00:00.000Z',
  bookingIds: ['a', 'b'],
};
const BULK = {
  id: 'bulk:credentials_rejected:*:*',
  total: 12,
  resumed: 4,
  passedOver: 0,
  changed: 0,
  failed: 0,
  failedIds: [],
  done: false,
};

it('lists incidents', async () => {
  const { app } = await testApi(scriptedClient({ incidents: () => Promise.resolve([INCIDENT]) }));
  const answer = await app.inject({ url: '/v1/incidents', headers: AUTH });
  expect([answer.statusCode, answer.json()]).toEqual([200, { incidents: [INCIDENT] }]);
  expect((await app.inject('/v1/incidents')).statusCode).toBe(401);
  await app.close();
});

it('begins to resume one in the name of the key, and tells how far it has come', async () => {
  const resume = jest.fn(() => Promise.resolve(BULK));
  const resumption = jest.fn(() =>
    Promise.resolve({ ...BULK, resumed: 10, changed: 1, failed: 1, failedIds: ['a'], done: true }),
  );
  const { app } = await testApi(scriptedClient({ resume, resumption }));
  const payload = { reason: 'credentials_rejected' };
  const begun = await app.inject({ method: 'POST', url: '/v1/incidents/resume', headers: AUTH, payload });
  expect(begun.statusCode).toBe(202);
  expect(resume).toHaveBeenCalledWith({ reason: 'credentials_rejected', ratePerSecond: 5 }, 'desk');
  const followed = await app.inject({ url: String(begun.headers.location), headers: AUTH });
  expect(followed.json()).toMatchObject({ done: true, resumed: 10, changed: 1, failed: 1, failedIds: ['a'] });
  expect(resumption).toHaveBeenCalledWith(BULK.id);
  await app.close();
});

it('refuses a rate that would be the next outage', async () => {
  const { app } = await testApi(scriptedClient());
  const payload = { reason: 'credentials_rejected', ratePerSecond: 10_000 };
  const answer = await app.inject({ method: 'POST', url: '/v1/incidents/resume', headers: AUTH, payload });
  expect([answer.statusCode, answer.json()]).toMatchObject([422, { errors: [{ field: 'ratePerSecond' }] }]);
  await app.close();
});

it('warns at /readyz of what is stuck, and stays ready', async () => {
  const one = { bookingId: 'a', cause: 'task_failing' as const, detail: '', since: null };
  const stuck = () =>
    Promise.resolve({
      stuck: [one],
      unattendedQueues: ['bookings-oliver'],
      tellsFailingTasks: true,
      sweepFails: null,
    });
  const { app } = await testApi(scriptedClient({ stuckBookings: stuck }));
  const answer = await app.inject('/readyz');
  expect([answer.statusCode, answer.json()]).toMatchObject([
    200,
    {
      temporal: true,
      worker: true,
      warn: ['1 bookings whose workflow task keeps failing', 'no worker on bookings-oliver'],
    },
  ]);
  await app.close();
});

it('shows at /metrics how many bookings wait for a person, by reason, and how many are stuck', async () => {
  const look = { provider: 'oliver', account: 'practice-1', count: 12, since: null, bookingIds: ['a'] };
  const one = { bookingId: 'a', cause: 'task_failing' as const, detail: '', since: null };
  const incidents = jest.fn(() => Promise.resolve([{ ...look, reason: 'credentials_rejected' }]));
  const stuck = () =>
    Promise.resolve({
      stuck: [one, one],
      unattendedQueues: [],
      tellsFailingTasks: true,
      sweepFails: null,
    });
  const { app } = await testApi(scriptedClient({ incidents, stuckBookings: stuck }));
  await app.inject('/metrics');
  const { body } = await app.inject('/metrics');
  expect(body).toContain(
    'booking_waiting_for_a_person{reason="credentials_rejected",provider="oliver",account="practice-1"} 12',
  );
  expect(body).toContain('booking_stuck{problem="task_failing"} 2');
  expect(incidents).toHaveBeenCalledTimes(1); // scrapes come often
  await app.close();
});

it('shows no numbers at /metrics that it does not have', async () => {
  const away = () => Promise.reject(new Failure('temporal_unavailable'));
  const { app } = await testApi(scriptedClient({ incidents: away, stuckBookings: away }));
  const { statusCode, body } = await app.inject('/metrics');
  expect(statusCode).toBe(200);
  expect(body).not.toMatch(/^booking_(waiting_for_a_person|stuck)[{ ]/m);
  await app.close();
});
