import type { FastifyInstance } from 'fastify';
import { PLAINTEXT_MARK, UNREADABLE_MARK } from '../../src/booking/names';
import { buildCodecServer, startCodecServer } from '../../src/temporal/codec-server';
import { codecOf } from '../../src/temporal/encryption';
import { testConfig } from '../support/temporal';

const config = testConfig();
const uiUrl = 'http://127.0.0.1:8233';
const json = { metadata: { encoding: base64('json/plain') }, data: base64('{"firstName":"Ana"}') };

let app: FastifyInstance;

beforeAll(() => {
  app = buildCodecServer({ config, uiUrl });
});

afterAll(() => app.close());

function post(url: string, payload: unknown, headers: Record<string, string> = {}) {
  return app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  });
}

test('what it encodes it decodes, and the codec of the workers reads it', async () => {
  const encoded = await post('/encode', { payloads: [json, json] });
  expect(encoded.statusCode).toBe(200);
  const body = encoded.json<{ payloads: { metadata: Record<string, string>; data: string }[] }>();
  expect(body.payloads[0]?.metadata.encoding).toBe(base64('binary/encrypted'));
  const decoded = await post('/decode', body);
  expect(decoded.json()).toEqual({ payloads: [json, json] });
  const [first] = body.payloads;
  const [plain] = await codecOf(config).decode([
    {
      metadata: Object.fromEntries(
        Object.entries(first?.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
      ),
      data: Buffer.from(first?.data ?? '', 'base64'),
    },
  ]);
  expect(Buffer.from(plain?.data ?? []).toString()).toBe('{"firstName":"Ana"}');
});

test('an unencrypted payload is shown as it is, without our mark', async () => {
  const decoded = await post('/decode', { payloads: [json] });
  expect(decoded.json()).toEqual({ payloads: [json] });
  expect(decoded.body).not.toContain(PLAINTEXT_MARK);
});

test.each([{ payloads: [] }, {}])('no payloads are no trouble: %j', async (body) => {
  expect((await post('/decode', body)).json()).toEqual({ payloads: [] });
});

const unknownKey = {
  metadata: { encoding: base64('binary/encrypted'), 'encryption-key-id': base64('gone') },
  data: base64('xxxx'),
};

test.each([
  ['no JSON', '{', 400, /JSON/],
  ['payloads that are no list', { payloads: {} }, 400, /payloads/],
  ['a payload that is no object', { payloads: [1] }, 400, /payloads\.0/],
  ['data that is no base64', { payloads: [{ data: '%%%' }] }, 400, /payloads\.0\.data/],
])('%s is refused with a message and no stack', async (_name, body, status, message) => {
  const answer = await post('/decode', body);
  expect(answer.statusCode).toBe(status);
  expect(Object.keys(answer.json<object>())).toEqual(['message']);
  expect(answer.json<{ message: string }>().message).toMatch(message);
  expect(answer.body).not.toContain(' at ');
});

test('a payload under a key that is not held is shown as such, and the others are decoded', async () => {
  const encoded = (await post('/encode', { payloads: [json] })).json<{ payloads: object[] }>();
  const decoded = await post('/decode', { payloads: [unknownKey, ...encoded.payloads] });
  expect(decoded.statusCode).toBe(200);
  const [lost, readable] = decoded.json<{ payloads: { data: string }[] }>().payloads;
  expect(JSON.parse(Buffer.from(lost?.data ?? '', 'base64').toString())).toMatchObject({
    [UNREADABLE_MARK]: { keyId: 'gone' },
  });
  expect(readable).toEqual(json);
});

test.each([
  ['the UI', 'http://127.0.0.1:8233', 'http://127.0.0.1:8233'],
  ['the UI under its other name', 'http://localhost:8233', 'http://localhost:8233'],
  ['another port', 'http://127.0.0.1:9999', undefined],
  ['another site', 'https://example.com', undefined],
])('a page of %s is answered with the origin %s', async (_name, origin, allowed) => {
  const answer = await post('/decode', { payloads: [] }, { origin });
  expect(answer.headers['access-control-allow-origin']).toBe(allowed);
});

test('the headers that the UI sends pass the preflight', async () => {
  const answer = await app.inject({
    method: 'OPTIONS',
    url: '/decode',
    headers: {
      origin: uiUrl,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-namespace',
    },
  });
  expect(answer.statusCode).toBe(204);
  expect(answer.headers['access-control-allow-headers']).toMatch(/x-namespace/);
});

test('a host name that only points here is refused', async () => {
  expect((await post('/decode', { payloads: [] }, { host: 'evil.example:3001' })).statusCode).toBe(403);
});

test('with a bearer set, only who carries it is answered', async () => {
  const guarded = buildCodecServer({ config, uiUrl, bearer: 'right-one' });
  const statuses = await Promise.all(
    [{}, { authorization: 'Bearer wrong' }, { authorization: 'Bearer right-one' }].map(
      async (headers) =>
        (await guarded.inject({ method: 'POST', url: '/decode', headers, payload: { payloads: [] } }))
          .statusCode,
    ),
  );
  expect(statuses).toEqual([401, 401, 200]);
  await guarded.close();
});

test('it listens on this machine until it is stopped', async () => {
  const server = await startCodecServer({ config, uiUrl: null, port: 0 });
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  const ask = () =>
    fetch(`${server.url}/decode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"payloads":[]}',
    });
  expect((await ask()).status).toBe(200);
  await server.stop();
  await expect(ask()).rejects.toThrow();
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
