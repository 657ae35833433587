import { gzipSync } from 'node:zlib';
import { Failure } from '../../src/booking/failures';
import { AUTH, scriptedClient, signedHeaders, testApi, type TestApi } from '../support/api';

/** What comes in over real sockets: bytes, addresses, keys, null, and days like +4d. */

let api: TestApi;
let base: string;
let heard: unknown[] = [];

/** Remembers what it is given, and answers with a refusal that every test knows. */
const hear = (...given: unknown[]): Promise<never> => {
  heard.push(...given);
  return Promise.reject(new Failure('already_ended'));
};
const woken: string[] = [];

beforeAll(async () => {
  const client = scriptedClient({
    start: hear,
    findSlots: hear,
    list: hear,
    cancel: hear,
    retry: hear,
    resolve: hear,
    reschedule: hear,
    resume: hear,
    glance: () => Promise.resolve({ isOpen: true, view: null, isCalling: false }),
    wake: (id) => Promise.resolve(woken.push(id) > 0),
  });
  api = await testApi(client);
  base = await api.app.listen({ host: '127.0.0.1', port: 0 });
}, 60_000);
afterAll(() => api.app.close());
beforeEach(() => {
  heard = [];
});

const JSON_TYPE = 'application/json';
const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(base + path, { method: 'POST', body, headers: { ...AUTH, 'content-type': JSON_TYPE, ...headers } });
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const ROUTES: [path: string, bodyOf: (text: string) => object][] = [
  ['/v1/bookings', (notes) => ({ notes })],
  ['/v1/slots/search', (notes) => ({ notes })],
  ['/v1/bookings/b/cancel', (reason) => ({ reason })],
  ['/v1/bookings/b/retry', (reason) => ({ reason })],
  ['/v1/bookings/b/resolve', (why) => ({ choice: 'end', why })],
  ['/v1/bookings/b/reschedule', (id) => ({ id, windows: [{ from: '+4d', to: '+6d' }] })],
];

describe.each(ROUTES)('a body for %s', (path, bodyOf) => {
  const text = JSON.stringify(bodyOf('Müller'));

  test.each<[string, Buffer, string]>([
    ['UTF-8', Buffer.from(text), JSON_TYPE],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`), JSON_TYPE],
    ['Windows-1252, declared', Buffer.from(text, 'latin1'), `${JSON_TYPE}; charset="Windows-1252"`],
    ['Latin-1, declared', Buffer.from(text, 'latin1'), `${JSON_TYPE};Charset=ISO-8859-1`],
    [
      'UTF-8, beside a quoted parameter that speaks of another',
      Buffer.from(text),
      `${JSON_TYPE}; boundary="a; charset=latin1"; charset=utf-8`,
    ],
    ['UTF-8 with two marks', Buffer.from(`\uFEFF\uFEFF${text}`), JSON_TYPE],
    ['UTF-8 with a mark after blanks', Buffer.from(` \r\n\uFEFF ${text}`), JSON_TYPE],
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le'), JSON_TYPE],
    ['UTF-16, declared', utf16be(text), `${JSON_TYPE}; charset=utf-16be`],
  ])('in %s is read', async (_name, bytes, type) => {
    expect((await post(path, bytes, { 'content-type': type })).status).toBe(409);
    expect(JSON.stringify(heard)).toContain('Müller');
  });

  test.each<[string, Buffer, Record<string, string>, number, RegExp]>([
    ['Windows-1252', Buffer.from(text, 'latin1'), {}, 400, /Byte \d+ is FC.*UTF-8/],
    ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le'), {}, 400, /Byte 2 is 00.*UTF-16/],
    [
      'a charset nobody knows',
      Buffer.from(text),
      { 'content-type': `${JSON_TYPE}; charset=klingon` },
      415,
      /klingon is not supported/,
    ],
    ['gzip', gzipSync(text), { 'content-encoding': 'gzip' }, 415, /without Content-Encoding/],
  ])('in %s is refused, with words', async (_name, bytes, headers, status, words) => {
    const answer = await post(path, bytes, headers);
    expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([
      status,
      'application/problem+json',
    ]);
    expect(((await answer.json()) as { detail: string }).detail).toMatch(words);
    expect(heard).toEqual([]);
  });
});

test('an incident is resumed by a body that is read in the same way', async () => {
  expect((await post('/v1/incidents/resume', Buffer.from('{"reason":"\u00fc"}', 'latin1'))).status).toBe(400);
  await post('/v1/incidents/resume', '{"reason":" rate_limited ","provider":null}');
  expect(heard[0]).toMatchObject({ reason: 'rate_limited' });
});

describe('text and null in messages', () => {
  const HALF = '\\ud83d';
  test.each([
    ['/v1/bookings/b/cancel', `{"reason":"${HALF}"}`, 'reason'],
    ['/v1/bookings/b/cancel', `{"reason":"M\uFFFDller"}`, 'reason'],
    ['/v1/bookings/b/cancel', '{"reason":"a\\u0007"}', 'reason'],
    ['/v1/bookings/b/cancel', `{"${HALF}":1}`, 'request'],
    ['/v1/bookings/b/cancel', '{"id":"a\\nb"}', 'id'],
    ['/v1/bookings/b/resolve', `{"choice":"end","why":"${HALF}"}`, 'why'],
    ['/v1/bookings/b/resolve', '{"choice":"end","why":"\u200B \u00A0"}', 'why'],
    [
      '/v1/bookings/b/reschedule',
      `{"slot":{"key":"${HALF}","startsAt":"2099-01-01T10:00:00Z","endsAt":"2099-01-01T11:00:00Z"}}`,
      'slot.key',
    ],
  ])('%s %s names its field', async (path, body, field) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(422);
    const said = await answer.text();
    expect(said).not.toMatch(/\\ud83d(?!\s)/);
    expect(JSON.parse(said)).toMatchObject({ code: 'invalid_request', errors: [{ field }] });
    expect(heard).toEqual([]);
  });

  test('a reason may have lines and 1,000 characters of any kind; a token comes back as it was sent', async () => {
    const reason = `Zeile\n${'👍'.repeat(990)}`;
    await post('/v1/bookings/b/cancel', JSON.stringify({ reason: ` ${reason}\n`, id: ' m-1 ' }));
    expect(heard[1]).toMatchObject({ reason, id: ' m-1 ' });
    expect((await post('/v1/bookings/b/cancel', JSON.stringify({ reason: '👍'.repeat(1_001) }))).status).toBe(
      422,
    );
  });

  test.each([
    ['/v1/bookings/b/cancel', { reason: null, order: null, acceptFees: null, id: null }, {}],
    ['/v1/bookings/b/retry', { reason: null, since: null, id: null }, {}],
    [
      '/v1/bookings/b/resolve',
      { choice: 'end', why: 'x', reason: null, since: null },
      { choice: 'end', why: 'x' },
    ],
    [
      '/v1/bookings/b/reschedule',
      { windows: [{ from: '+4d', to: '+6d' }], slot: null, acceptFees: null },
      { windows: [{ from: '+4d', to: '+6d' }] },
    ],
  ])('%s takes null for absent', async (path, body, meant) => {
    expect((await post(path, JSON.stringify(body))).status).toBe(409);
    expect(JSON.parse(JSON.stringify(heard[1]))).toEqual({ ...meant, by: 'desk' });
  });

  test('a move with days from today is taken; one that cannot be meant tells all that is wrong', async () => {
    expect((await post('/v1/bookings/b/reschedule', '{"windows":[{"from":"+4d","to":"+6d"}]}')).status).toBe(
      409,
    );
    const answer = await post('/v1/bookings/b/reschedule', '{"windows":[{"from":"+d","to":"tomorrow"}]}');
    expect(await answer.json()).toMatchObject({
      errors: [{ field: 'windows.0.from' }, { field: 'windows.0.to' }],
    });
  });
});

describe('blank', () => {
  const EMPTY = 'Must not be empty.';

  test.each([
    ['reference=', 'reference'],
    ['orderId=%E2%80%8B', 'orderId'],
    ['account=%20&open=true', 'account'],
    ['pageToken=%20', 'pageToken'],
    ['attention=', 'attention'],
    ['status=%20', 'status'],
    ['provider=', 'provider'],
    ['startsFrom=', 'startsFrom'],
    ['open=', 'open'],
    ['pageSize=', 'pageSize'],
  ])('is no filter that lists everything: ?%s', async (query, field) => {
    const answer = await fetch(`${base}/v1/bookings?${query}`, { headers: AUTH });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ errors: [{ field, hint: EMPTY }] });
    expect(heard).toEqual([]);
  });

  test.each([
    ['/v1/bookings/b/resolve', { choice: 'end', why: 'x', reason: ' ' }, 'reason'],
    ['/v1/bookings/b/resolve', { choice: 'end', why: 'x', since: '' }, 'since'],
    ['/v1/bookings/b/resolve', { choice: 'end', why: '' }, 'why'],
    ['/v1/bookings/b/resolve', { choice: 'end', why: ' \u2800 ' }, 'why'],
    ['/v1/bookings/b/resolve', { choice: 'end', why: 'x', id: '' }, 'id'],
    ['/v1/bookings/b/retry', { reason: '\u200B' }, 'reason'],
    ['/v1/bookings/b/cancel', { id: ' ' }, 'id'],
    ['/v1/bookings/b/cancel', { order: '' }, 'order'],
    ['/v1/incidents/resume', { reason: 'rate_limited', account: ' ' }, 'account'],
  ])('is refused by its field: %s %j', async (path, body, field) => {
    const answer = await post(path, JSON.stringify(body));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ errors: [{ field, hint: EMPTY }] });
    expect(heard).toEqual([]);
  });

  test.each(['', ' \n', '\u200B'])('is no reason for a cancel: %j', async (reason) => {
    expect((await post('/v1/bookings/b/cancel', JSON.stringify({ reason }))).status).toBe(409);
    expect(heard[1]).not.toHaveProperty('reason');
  });

  test('is no preference', async () => {
    expect((await post('/v1/bookings', '{}', { prefer: '' })).status).toBe(409);
  });
});

describe('a text with a million blanks inside', () => {
  test.each(
    ROUTES.flatMap(([path, bodyOf]) => [' ', '\u200B', '\n'].map((blank) => [path, blank, bodyOf] as const)),
  )('is answered by %s as soon as any other: %j', async (path, blank, bodyOf) => {
    // As many as the largest body takes.
    const longest = (text: string): string =>
      text.repeat(Math.floor(1_000_000 / Buffer.byteLength(JSON.stringify(text).slice(1, -1))));
    const costMs = async (text: string): Promise<number> => {
      const body = JSON.stringify(bodyOf(`a${text}b`));
      const costs: number[] = [];
      for (let run = 0; run < 3; run++) {
        const before = process.cpuUsage();
        await post(path, body);
        const { user, system } = process.cpuUsage(before);
        costs.push((user + system) / 1_000);
      }
      return Math.min(...costs);
    };
    // One that was read over and over took seconds.
    expect(await costMs(longest(blank))).toBeLessThan(5 * (await costMs(longest('x'))) + 200);
  });
});

describe('addresses', () => {
  const get = (path: string): Promise<Response> => fetch(base + path, { headers: AUTH });

  test.each([
    ['/v1/bookings?reference=%FC', 422, 'reference'],
    ['/v1/bookings?status=confirmed&orderId=%ED%A0%BD', 422, 'orderId'],
    ['/v1/bookings?reference=100%', 422, 'reference'],
    ['/v1/bookings?reference=%EF%BF%BD', 422, 'reference'],
    ['/v1/bookings?%FC=1', 422, 'query'],
    ['/v1/bookings/%FF', 404, null],
    ['/v1/bookings/b%EF%BF%BD', 404, null],
  ])('%s is refused', async (path, status, field) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject(
      field === null ? { code: 'route_not_found' } : { errors: [{ field }] },
    );
    expect(heard).toEqual([]);
  });

  test('the plus sign of an offset is read, though a query means a blank by it', async () => {
    await get('/v1/bookings?startsFrom=2026-12-07T00:00:00+02:00&startsTo=2026-12-08T00:00:00%2B02:00');
    expect(heard[0]).toMatchObject({
      startsFrom: '2026-12-07T00:00:00+02:00',
      startsTo: '2026-12-08T00:00:00+02:00',
    });
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string): Promise<Response> => post('/v1/bookings', '{}', { 'idempotency-key': key });

  test.each([
    ['abc', 'abc'],
    ['"abc"', 'abc'],
    ['"a\\"b\\\\"', 'a"b\\'],
    ['a"b', 'a"b'],
    ['"two words"', 'two words'],
    ['"abc";p=1', 'abc'],
    ['"abc"; p="x;\\"y";q; r=?1;s=:YQ==:;t=tok/en', 'abc'],
    ['"a;b";p', 'a;b'],
    ['abc;p=1', 'abc;p=1'],
  ])('%s is the key %s', async (header, key) => {
    await keyed(header);
    expect(heard[1]).toMatchObject({ idempotencyKey: key });
  });

  test.each([
    '"abc";P=1',
    '"abc";',
    '"abc"x',
    '"abc", "def"',
    '"abc',
    '"',
    '""',
    '"a"b"',
    '"a\\n"',
    'a b',
    `"${'x'.repeat(256)}"`,
    'clé',
  ])('%s is refused', async (header) => {
    const answer = await keyed(header);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      errors: [{ field: 'idempotency-key', hint: expect.stringMatching(/^[A-Z].*printable ASCII.*\.$/) }],
    });
  });
});

describe('a signed webhook', () => {
  const ORDER = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';
  const event = JSON.stringify({
    event_type: 'labtest.appointment.updated',
    data: { order_id: ORDER, notes: 'M\u00fcller' },
  });
  const send = async (bytes: Buffer, type = JSON_TYPE): Promise<number> => {
    // The signature is over the raw bytes, which latin1 keeps one by one.
    const headers = { 'content-type': type, ...signedHeaders(bytes) };
    return (await fetch(`${base}/webhooks/junction`, { method: 'POST', headers, body: bytes })).status;
  };

  test.each<[string, Buffer, string]>([
    ['with a byte order mark', Buffer.from(`\uFEFF${event}`), JSON_TYPE],
    ['in a declared charset', Buffer.from(event, 'latin1'), `${JSON_TYPE}; charset=iso-8859-1`],
    ['with two marks', Buffer.from(`\uFEFF\uFEFF${event}`), JSON_TYPE],
    ['with a mark after blanks', Buffer.from(` \uFEFF${event}`), JSON_TYPE],
    ['in UTF-8 under a label of nobody', Buffer.from(event), `${JSON_TYPE}; charset=foo`],
    [
      'beside a quoted parameter that speaks of another charset',
      Buffer.from(event),
      `${JSON_TYPE}; boundary="a; charset=utf-16"; charset=utf-8`,
    ],
  ])('%s is read as usual', async (_name, bytes, type) => {
    const before = woken.length;
    expect(await send(bytes, type)).toBe(204);
    expect(woken.length).toBe(before + 1);
  });

  test('that is no text is answered as all are, counted, and told once', async () => {
    const before = woken.length;
    for (const bytes of [Buffer.from(event, 'latin1'), Buffer.from('no json'), Buffer.from(event, 'utf16le')])
      expect(await send(bytes)).toBe(204);
    expect(woken.length).toBe(before);
    expect((await api.app.inject('/metrics')).body).toContain(
      '{vendor="junction",event="other",outcome="unreadable"} 3',
    );
    expect(api.lines.filter((line) => line.includes('not JSON in its encoding'))).toHaveLength(1);
    expect(api.lines.join('')).not.toContain('ller');
  });
});

test('/openapi.json says that an optional field may be null and a day may be relative', async () => {
  const document = (await api.app.inject('/openapi.json')).json();
  const request = document.components.schemas.BookingRequestInput;
  expect(request.properties.notes.anyOf).toContainEqual({ type: 'null' });
  expect(request.properties.provider.anyOf).toBeUndefined();
  const [window] = request.properties.windows.anyOf;
  expect(window.items.properties.days.anyOf).toContainEqual({ type: 'null' });
  expect('+3d').toMatch(new RegExp(window.items.properties.from.pattern as string));
  const cancel = document.paths['/v1/bookings/{id}/cancel'].post.requestBody.content[JSON_TYPE].schema;
  expect(cancel.properties.reason.anyOf).toContainEqual({ type: 'null' });
});
