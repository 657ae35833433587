import { eventually } from '../support/stand-in';
import { retryAfter } from '../../src/sandbox/http-date';
import {
  appointmentSchema,
  bookFirst,
  orderBody,
  placeOrder,
  slotKey,
  startJunction,
  stateSchema,
  until,
  type Junction,
} from './junction-client';
import { rawCall } from './raw';

let junction: Junction;
beforeEach(async () => {
  junction = await startJunction();
});
afterEach(() => junction.close());

const fault = (rule: unknown) => junction.control('faults', rule);
const seen = async () => stateSchema.parse((await junction.call('GET', '/_sandbox/state')).body);
const place = () => junction.call('POST', '/v3/order', orderBody());
const PLACE = { method: 'POST', path: '/v3/order' };

test('before: the answer is spoiled and nothing happened, as often as told', async () => {
  const answer = { status: 503, headers: { 'retry-after': '7' }, body: { detail: 'busy' } };
  await fault({ ...PLACE, times: 2, when: 'before', answer });
  const raw = await fetch(`${junction.url}/v3/order`, { method: 'POST', body: '{}' });
  expect([raw.status, raw.headers.get('retry-after'), await raw.json()]).toEqual([
    503,
    '7',
    { detail: 'busy' },
  ]);
  expect((await place()).status).toBe(503);
  expect((await seen()).live.orders).toEqual([]);
  expect((await place()).status).toBe(200);
});

test('after: the answer is spoiled and the call took effect', async () => {
  await fault({ ...PLACE, when: 'after', answer: { status: 502, body: 'Bad Gateway' } });
  expect(await place()).toMatchObject({ status: 502, text: 'Bad Gateway' });
  expect((await seen()).live.orders).toHaveLength(1);
});

describe('answers of what stands before the vendor', () => {
  const answered = async (answer: object) => {
    await fault({ ...PLACE, answer });
    return rawCall(`${junction.url}/v3/order`, 'POST', { 'x-vital-api-key': 'sk_us_test' });
  };

  test.each([408, 421, 425, 499, 502, 520, 529])('%d, with a page of HTML', async (status) => {
    const body = '<html><body>Bad Gateway</body></html>';
    const answer = await answered({ status, headers: { 'Content-Type': 'text/html' }, body });
    expect(answer).toMatchObject({ status, contentType: expect.stringMatching(/^text\/html/) });
    expect(answer.bytes.toString()).toBe(body);
  });

  test('bytes as they are', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    const given = { status: 200, bytes: bytes.toString('base64') };
    const answer = await answered({ ...given, headers: { 'content-type': 'application/json' } });
    expect(answer.bytes).toEqual(bytes);
  });

  test.each([
    ['seconds', /^3$/],
    ['imf', /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/],
    ['rfc850', /^\w+day, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d GMT$/],
    ['asctime', /^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/],
  ])('Retry-After in %s, from the moment of the answer', async (as, form) => {
    const before = Date.now();
    const { headers } = await answered({ status: 429, retryAfter: { inMs: 2_500, as } });
    const given = String(headers['retry-after']);
    expect(given).toMatch(form);
    if (as === 'seconds') return;
    const at = Date.parse(as === 'asctime' ? `${given} GMT` : given);
    expect(at).toBeGreaterThanOrEqual(before + 2_500);
    expect(at).toBeLessThanOrEqual(Date.now() + 3_500);
  });

  test('a day below ten is padded with a blank in asctime, with a nought elsewhere (RFC 9110, 5.6.7)', () => {
    const at = Date.UTC(1994, 10, 6, 8, 49, 37);
    expect((['imf', 'rfc850', 'asctime'] as const).map((form) => retryAfter(form, 0, at))).toEqual([
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ]);
  });
});

test('late: the answer is spoiled and the call takes effect after it', async () => {
  const id = await placeOrder(junction);
  const body = { booking_key: await slotKey(junction) };
  await fault({
    method: 'POST',
    path: '/v3/order/{id}/phlebotomy/appointment/book',
    when: 'late',
    answer: { status: 504 },
    delayMs: 100,
  });
  const late = await junction.call('POST', `/v3/order/${id}/phlebotomy/appointment/book`, body);
  expect([late.status, (await seen()).live.appointments]).toEqual([504, []]);
  await until(seen, ({ live }) => live.appointments.length === 1);
});

test.each(['before', 'after'])('timeout %s: no answer until the client goes', async (when) => {
  await fault({ ...PLACE, when, answer: 'timeout' });
  const gone = fetch(`${junction.url}/v3/order`, {
    method: 'POST',
    headers: { 'x-vital-api-key': 'sk_us_test' },
    body: JSON.stringify(orderBody()),
    signal: AbortSignal.timeout(300),
  });
  await expect(gone).rejects.toMatchObject({ name: 'TimeoutError' });
  const { live, calls } = await seen();
  expect(live.orders).toHaveLength(when === 'after' ? 1 : 0);
  expect(calls).toEqual([expect.objectContaining({ ...PLACE, status: null, fault: when })]);
});

test('reset: the socket is destroyed', async () => {
  await fault({ ...PLACE, answer: 'reset' });
  await expect(place()).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
});

test('garbage: 200 with a body that is no JSON', async () => {
  await fault({ ...PLACE, when: 'after', answer: 'garbage' });
  const answer = await place();
  expect(answer.status).toBe(200);
  expect(() => JSON.parse(answer.text) as unknown).toThrow(SyntaxError);
});

test('slow: without an answer of its own, a rule only delays the true one', async () => {
  await fault({ ...PLACE, delayMs: 200 });
  const since = performance.now();
  expect((await place()).status).toBe(200);
  expect(performance.now() - since).toBeGreaterThanOrEqual(190);
  expect((await seen()).live.orders).toHaveLength(1);
});

test('a path fits by {name} for one segment and * for any, and remaining rules are shown', async () => {
  await fault([
    { path: '/v3/order/{id}/nothing', answer: { status: 418 } },
    { method: 'get', path: '/v3/*', times: 3, answer: { status: 429 } },
  ]);
  expect((await place()).status).toBe(200);
  expect((await junction.call('GET', `/v3/order/${crypto.randomUUID()}`)).status).toBe(429);
  const left = (await junction.call('GET', '/_sandbox/faults')).body;
  expect(left).toMatchObject([
    { path: '/v3/order/{id}/nothing', times: 1 },
    { method: 'GET', times: 2 },
  ]);
  expect((await junction.call('DELETE', '/_sandbox/faults')).body).toEqual([]);
  expect((await junction.call('GET', '/v3/orders')).status).toBe(200);
});

test('a fault may answer in the place of the key check', async () => {
  await fault({ path: '/v3/*', times: 1, answer: { status: 401, body: { detail: 'Invalid API key' } } });
  expect([(await place()).status, (await place()).status]).toEqual([401, 200]);
});

test('the idempotency key counts although the first answer was lost', async () => {
  await fault({ ...PLACE, when: 'after', answer: 'reset' });
  const body = orderBody();
  const send = () => junction.call('POST', '/v3/order', body, { 'x-idempotency-key': 'b1/order/0' });
  await expect(send()).rejects.toThrow();
  expect((await send()).status).toBe(200);
  expect((await seen()).live.orders).toHaveLength(1);
});

test('calls are logged without bodies, controls are not, and a reset forgets everything', async () => {
  const id = await placeOrder(junction);
  appointmentSchema.parse((await bookFirst(junction, id)).body);
  await fault({ path: '*', answer: 'timeout' });
  expect((await seen()).calls.map(({ method, path, status }) => [method, path, status])).toEqual([
    ['POST', '/v3/order', 200],
    ['POST', '/v3/order/phlebotomy/appointment/availability', 200],
    ['POST', `/v3/order/${id}/phlebotomy/appointment/book`, 200],
  ]);
  const empty = { orders: [], appointments: [], live: { orders: [], appointments: [] }, calls: [] };
  expect(await junction.control('reset', {})).toMatchObject(empty);
  expect(await junction.call('GET', '/v3/orders')).toMatchObject({ status: 200, body: { total: 0 } });
});

test('an effect that is still to come belongs to what was before a reset', async () => {
  await fault({ ...PLACE, when: 'late', answer: { status: 404 }, delayMs: 200 });
  await junction.call('POST', '/v3/order', orderBody());
  await junction.control('reset', {});
  // A later effect of the same kind comes after it would have.
  await fault({ ...PLACE, when: 'late', answer: { status: 404 }, delayMs: 250 });
  await junction.call('POST', '/v3/order', orderBody());
  const { live } = await eventually(seen, ({ calls }) => calls.some((call) => call.effectAt !== null));
  expect(live.orders).toHaveLength(1);
});

test('a malformed rule is refused in words', async () => {
  const refused = await junction.call('POST', '/_sandbox/faults', { path: '/v3', when: 'sometimes' });
  expect(refused).toMatchObject({ status: 422, body: { detail: expect.stringContaining('when') } });
});
