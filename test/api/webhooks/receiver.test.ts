import { randomUUID } from 'node:crypto';
import { Failure } from '../../../src/booking/failures';
import type { BookingClient } from '../../../src/client/booking-client';
import { scriptedClient, signedHeaders, testApi, type Signing, type TestApi } from '../../support/api';
import {
  adoptedRequest,
  eventually,
  placedRequest,
  startStandIn,
  type StandIn,
} from '../../support/stand-in';

const APPOINTMENT = 'labtest.appointment.updated';

let standIn: StandIn;
let api: TestApi;
let base: string;

beforeAll(async () => {
  standIn = await startStandIn();
  api = await testApi(standIn.bookings, { idKey: standIn.idKey });
  base = await api.app.listen({ host: '127.0.0.1', port: 0 });
}, 60_000);
afterAll(async () => {
  await api.app.close();
  await standIn.stop();
});

/** Sends an event as the provider does: signed, over a real socket. */
async function send(event: object, signing: Signing = {}, to = base): Promise<number> {
  const body = JSON.stringify(event);
  const headers = { 'content-type': 'application/json', ...signedHeaders(body, signing) };
  const answer = await fetch(`${to}/webhooks/junction`, { method: 'POST', headers, body });
  await answer.arrayBuffer();
  return answer.status;
}

const appointmentOf = (orderId: string, status = 'confirmed'): object => ({
  event_type: APPOINTMENT,
  user_id: randomUUID(),
  data: { id: randomUUID(), order_id: orderId, status, unheard_of: { deep: [1] } },
});

async function outcomes(event: string, outcome: string): Promise<number> {
  const metrics = (await api.app.inject('/metrics')).body;
  const line = metrics.split('\n').find((one) => one.includes(`event="${event}",outcome="${outcome}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

it('wakes the booking that adopted the order; repeats are harmless', async () => {
  const orderId = randomUUID();
  const { booking } = await standIn.bookings.start(adoptedRequest(orderId));
  const before = await standIn.shown(booking.id);
  expect(await send(appointmentOf(orderId))).toBe(204);
  expect(await send(appointmentOf(orderId))).toBe(204);
  const woken = await standIn.shown(booking.id, ({ revision }) => revision === before.revision + 2);
  expect(woken).toMatchObject({ waitingFor: { what: 'appointment news' } });
});

it('wakes the booking that placed the order, by its passthrough', async () => {
  const { booking } = await standIn.bookings.start(placedRequest());
  const data = { id: randomUUID(), passthrough: booking.id, events: [] };
  expect(await send({ event_type: 'labtest.order.updated', data })).toBe(204);
  await standIn.shown(booking.id, ({ waitingFor }) => waitingFor?.what === 'order news');
});

it('finds the booking of a placed order by its search attribute, also when that comes late', async () => {
  const orderId = randomUUID();
  const { booking } = await standIn.bookings.start(placedRequest());
  const sent = send(appointmentOf(orderId));
  await standIn
    .execution(booking.id)
    .signal('show', { order: { id: orderId, origin: 'placed', status: 'x' } });
  expect(await sent).toBe(204);
  await standIn.shown(booking.id, ({ waitingFor }) => waitingFor?.what === 'appointment news');
});

it('starts a clean-up when the appointment of an ended booking surfaces', async () => {
  const orderId = randomUUID();
  const { booking } = await standIn.bookings.start(adoptedRequest(orderId));
  const attempt = {
    startsAt: '2030-01-07T15:00:00Z',
    outcome: 'unknown',
    reason: null,
    at: booking.createdAt,
  };
  await standIn.execution(booking.id).signal('show', { attempts: [attempt] });
  await standIn.end(booking.id, 'fail');
  await eventually(
    () => standIn.bookings.list({ orderId }),
    ({ bookings }) => bookings.length === 1,
  );
  expect(await send(appointmentOf(orderId))).toBe(204);
  expect(await send(appointmentOf(orderId))).toBe(204);
  const cleanup = standIn.server.client.workflow.getHandle(`cleanup:${booking.id}`);
  expect((await cleanup.describe()).status.name).toBe('RUNNING');
});

it('wakes nobody of what the booking shows already', async () => {
  const { booking } = await standIn.bookings.start(placedRequest());
  const order = { id: randomUUID(), origin: 'placed', status: 'received.at_home_phlebotomy.ordered' };
  await standIn.execution(booking.id).signal('show', { order, status: 'ordering' });
  const before = await standIn.shown(booking.id, (view) => view.order !== null);
  const told = (status: string): object => ({
    event_type: 'labtest.order.updated',
    data: { id: order.id, passthrough: booking.id, last_event: { created_at: before.createdAt, status } },
  });
  const known = await outcomes('labtest.order.updated', 'known');
  expect(await Promise.all([send(told(order.status)), send(told(order.status))])).toEqual([204, 204]);
  expect(await outcomes('labtest.order.updated', 'known')).toBe(known + 2);
  expect(await send(told('received.at_home_phlebotomy.requisition_created'))).toBe(204);
  const woken = await standIn.shown(booking.id, ({ revision }) => revision > before.revision);
  expect(woken).toMatchObject({ revision: before.revision + 1, waitingFor: { what: 'order news' } });
});

it('answers news of orders of others at once, searches for them meanwhile, and counts them then', async () => {
  const before = await outcomes(APPOINTMENT, 'not_ours');
  expect(await send(appointmentOf(randomUUID()))).toBe(204);
  expect(await outcomes(APPOINTMENT, 'not_ours')).toBe(before);
  expect((await api.app.inject('/metrics')).body).toMatch(/^booking_webhooks_waiting [1-9]/m);
  await eventually(
    () => outcomes(APPOINTMENT, 'not_ours'),
    (count) => count === before + 1,
  );
  expect((await api.app.inject('/metrics')).body).toMatch(/^booking_webhooks_waiting 0/m);
});

it('loses no news when it stops: what waits for its booking is searched for once more', async () => {
  const order = { id: randomUUID(), origin: 'placed', status: 'x' };
  const { booking } = await standIn.bookings.start(placedRequest());
  await standIn.execution(booking.id).signal('show', { order });
  await eventually(
    () => standIn.bookings.list({ orderId: order.id }),
    ({ bookings }) => bookings.length === 1,
  );
  const { revision } = await standIn.shown(booking.id);
  const { app } = await testApi(standIn.bookings, { idKey: standIn.idKey });
  const to = await app.listen({ host: '127.0.0.1', port: 0 });
  expect(await send(appointmentOf(order.id), {}, to)).toBe(204);
  await app.close();
  await standIn.shown(booking.id, (view) => view.revision === revision + 1);
});

it.each([
  ['an unknown event', { event_type: 'labtest.result.critical', data: { id: randomUUID() } }],
  ['an appointment without an order', { event_type: APPOINTMENT, data: { id: randomUUID() } }],
  ['no event at all', { hello: 'there' }],
])('takes and counts %s', async (_name, event) => {
  expect(await send(event)).toBe(204);
  const counted = (await outcomes(APPOINTMENT, 'ignored')) + (await outcomes('other', 'ignored'));
  expect(counted).toBeGreaterThan(0);
});

it('takes a signed body that is no JSON', async () => {
  const headers = { 'content-type': 'text/plain', ...signedHeaders('not JSON') };
  const answer = await fetch(`${base}/webhooks/junction`, { method: 'POST', headers, body: 'not JSON' });
  expect(answer.status).toBe(204);
});

it('checks the signature over the raw bytes, and wakes nobody without it', async () => {
  const orderId = randomUUID();
  const { booking } = await standIn.bookings.start(adoptedRequest(orderId));
  const { revision } = await standIn.shown(booking.id);
  const body = JSON.stringify(appointmentOf(orderId));
  const respaced = JSON.stringify(appointmentOf(orderId), null, 1);
  for (const [sentBody, signing] of [
    [respaced, {}],
    [body, { ageS: 400 }],
  ] as const) {
    const headers = { 'content-type': 'application/json', ...signedHeaders(body, signing) };
    const answer = await fetch(`${base}/webhooks/junction`, { method: 'POST', headers, body: sentBody });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'invalid_signature' });
  }
  expect((await standIn.bookings.get(booking.id)).revision).toBe(revision);
});

it('asks for the news again only while Temporal cannot be reached', async () => {
  const away: Partial<BookingClient> = { glance: () => Promise.reject(new Failure('temporal_unavailable')) };
  const { app } = await testApi(scriptedClient(away));
  const to = await app.listen({ host: '127.0.0.1', port: 0 });
  expect(await send(appointmentOf(randomUUID()), {}, to)).toBe(503);
  await app.close();
});
