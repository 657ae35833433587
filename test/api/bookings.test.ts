import { randomUUID } from 'node:crypto';
import { bookingViewSchema, type BookingView } from '../../src/booking/schema/view';
import { temporalReadiness } from '../../src/api/readiness';
import { AUTH, testApi, type TestApi } from '../support/api';
import {
  adoptedRequest,
  dayFromNow,
  eventually,
  placedRequest,
  startStandIn,
  type StandIn,
} from '../support/stand-in';

let standIn: StandIn;
let api: TestApi;
let base: string;

beforeAll(async () => {
  standIn = await startStandIn();
  const { bookings, idKey, server } = standIn;
  api = await testApi(bookings, { idKey, readiness: () => temporalReadiness(server.client) });
  base = await api.app.listen({ host: '127.0.0.1', port: 0 });
}, 60_000);
afterAll(async () => {
  await api.app.close();
  await standIn.stop();
});

/** A call over a real socket. */
function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const type: Record<string, string> = body ? { 'content-type': 'application/json' } : {};
  return fetch(base + path, {
    method,
    headers: { ...AUTH, ...type, ...headers },
    body: body && JSON.stringify(body),
  });
}

const start = (body: object, headers: Record<string, string> = {}): Promise<Response> =>
  call('POST', '/v1/bookings', body, headers);

async function viewOf(answer: Response): Promise<BookingView> {
  return bookingViewSchema.strict().parse(await answer.json());
}

describe('starting', () => {
  it('takes a booking and says where it is', async () => {
    const answer = await start(placedRequest());
    expect(answer.status).toBe(202);
    const view = await viewOf(answer);
    expect(answer.headers.get('location')).toBe(`/v1/bookings/${view.id}`);
    expect(answer.headers.get('preference-applied')).toBeNull();
    await standIn.shown(view.id);
    const read = await call('GET', answer.headers.get('location') ?? '');
    expect(await viewOf(read)).toMatchObject({ id: view.id, status: 'searching' });
  });

  it.each([
    ['the same request', {}, 200],
    ['another request', { notes: 'another' }, 422],
  ])('answers a repeated key with %s', async (_name, over, status) => {
    const key = { 'idempotency-key': randomUUID() };
    const first = await viewOf(await start(placedRequest(), key));
    const second = await start(placedRequest(over), key);
    expect(second.status).toBe(status);
    const said: unknown = await second.json();
    expect(said).toMatchObject(status === 200 ? { id: first.id } : { code: 'idempotency_key_reused' });
  });

  it("keeps callers' keys apart", async () => {
    const key = { 'idempotency-key': randomUUID() };
    const mine = await viewOf(await start(placedRequest(), key));
    const other = { ...key, authorization: 'Bearer a-secret-of-another' };
    const theirs = await start(placedRequest(), other);
    expect(theirs.status).toBe(202);
    expect((await viewOf(theirs)).id).not.toBe(mine.id);
  });

  it('refuses an order in use and names its booking', async () => {
    const request = adoptedRequest();
    const { id } = await viewOf(await start(request));
    const second = await start(request);
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ code: 'order_in_use', booking: id });
  });

  it.each([
    ['a new booking', false, 201],
    ['a repeated one', true, 200],
  ])('waits for %s to settle when asked to', async (_name, isRepeat, status) => {
    const key = { 'idempotency-key': randomUUID() };
    const reference = `wait-${randomUUID()}`;
    if (isRepeat) await start(placedRequest({ reference }), key);
    const answer = start(placedRequest({ reference }), { ...key, prefer: 'wait=20' });
    const { bookings: found } = await eventually(
      () => standIn.bookings.list({ reference }),
      ({ bookings }) => bookings.length === 1,
    );
    await standIn.execution(found[0]?.id ?? '').signal('show', { status: 'confirmed' });
    const settled = await answer;
    expect(settled.status).toBe(status);
    expect(settled.headers.get('preference-applied')).toBe('wait=20');
    expect(await viewOf(settled)).toMatchObject({ status: 'confirmed' });
  });

  it('waits no longer than asked', async () => {
    const answer = await start(placedRequest(), { prefer: 'wait=1' });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBe('wait=1');
  });

  it('takes a booking also while no worker runs', async () => {
    await standIn.withoutWorker(async () => {
      const answer = await start(placedRequest(), { prefer: 'wait=1' });
      expect(answer.status).toBe(202);
      expect(await viewOf(answer)).toMatchObject({ revision: 0, status: 'ordering' });
    });
  });

  it('refuses a wrong request with every field at fault, and starts nothing', async () => {
    const reference = `wrong-${randomUUID()}`;
    const wrong = placedRequest({ reference, provider: 'nobody', windows: [] });
    const answer = await start(wrong);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      code: 'invalid_request',
      errors: expect.arrayContaining([
        expect.objectContaining({ field: 'provider' }),
        expect.objectContaining({ field: 'windows' }),
      ]) as unknown,
    });
    expect((await standIn.bookings.list({ reference })).bookings).toEqual([]);
  });
});

describe('reading and changing', () => {
  it('lists by filter, page by page', async () => {
    const reference = `page-${randomUUID()}`;
    await Promise.all([start(placedRequest({ reference })), start(placedRequest({ reference }))]);
    const path = `/v1/bookings?reference=${reference}&open=true&attention=false&pageSize=1`;
    type Page = { bookings: { id: string }[]; nextPageToken: string | null };
    const page = async (more: string): Promise<Page> =>
      (await (await call('GET', path + more)).json()) as Page;
    await eventually(
      () => standIn.bookings.list({ reference }),
      ({ bookings }) => bookings.length === 2,
    );
    const first = await page('');
    const second = await page(`&pageToken=${first.nextPageToken ?? ''}`);
    expect(new Set([...first.bookings, ...second.bookings].map(({ id }) => id)).size).toBe(2);
  });

  it('cancels, with or without a body, in the name of the key', async () => {
    const { id } = await viewOf(await start(placedRequest()));
    const answer = await call('POST', `/v1/bookings/${id}/cancel`);
    expect(answer.status).toBe(200);
    expect(await viewOf(answer)).toMatchObject({ status: 'cancelled', lastRequest: { by: 'desk' } });
  });

  it.each([
    ['retry', {}, 409, 'nothing_to_resolve'],
    ['retry', { reason: 'undo_failed' }, 409, 'nothing_to_resolve'],
    ['retry', { reason: 7 }, 422, 'invalid_request'],
    ['resolve', { choice: 'end', why: 'no use' }, 422, 'choice_not_offered'],
    ['reschedule', { windows: [{ from: '2020-01-07', to: '2020-01-08' }] }, 422, 'invalid_request'],
    ['reschedule', { windows: [{ from: dayFromNow(5), to: dayFromNow(8) }] }, 422, 'not_supported'],
  ])('tells why a %s is refused', async (change, body, status, code) => {
    const { id } = await viewOf(await start(placedRequest()));
    const answer = await call('POST', `/v1/bookings/${id}/${change}`, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it('takes a request of any length that is small once it is parsed, and refuses a large one by name', async () => {
    const headers = { ...AUTH, 'content-type': 'application/json' };
    const post = (body: string) => fetch(`${base}/v1/bookings`, { method: 'POST', headers, body });
    const spaced = `${JSON.stringify(placedRequest())}${' '.repeat(300_000)}`;
    expect((await post(spaced)).status).toBe(202);
    const answer = await post(JSON.stringify(placedRequest({ notes: 'x'.repeat(66_000) })));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'request', hint: expect.stringContaining('64 KiB') }],
    });
  });

  it('searches slots', async () => {
    const answer = await call('POST', '/v1/slots/search', placedRequest());
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      slots: [{ key: 'junction-phlebotomy' }],
      complete: true,
    });
  });
});

describe('operation', () => {
  it('is healthy, and ready while a worker polls', async () => {
    expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${base}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ temporal: true, worker: true });
  });

  it('counts requests by pattern and logs no body, query or id', async () => {
    const { id } = await viewOf(await start(placedRequest()));
    await call('GET', `/v1/bookings/${id}?patient=Ana-Reyes`);
    const metrics = await (await fetch(`${base}/metrics`)).text();
    expect(metrics).toContain('booking_http_request_seconds_count{method="GET",route="/v1/bookings/:id"');
    const shown = metrics + api.lines.join('');
    for (const secret of [id, 'Reyes', '85004', '1984-03-09', 'a-secret-of-the-desk']) {
      expect(shown).not.toContain(secret);
    }
    expect(api.lines.join('')).toContain('"route":"/v1/bookings/:id"');
  });
});
