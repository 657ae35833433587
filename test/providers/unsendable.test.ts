import { FAILURES } from '../../src/booking/failures';
import { exchange, type HttpRequest } from '../../src/providers/http';
import { failureOf, requestTo } from './exchanges';
import { failureOf as junctionFailureOf, junctionStage } from './junction/setup';
import { scriptedServer, type ScriptedServer } from './scripted-server';

let server: ScriptedServer;

beforeEach(async () => {
  server = await scriptedServer();
});

afterEach(async () => {
  await server.close();
  server.finish();
});

const EN_DASH = 'sk\u2013us';
const circle: Record<string, unknown> = {};
circle['self'] = circle;

/** What is wrong with the request, and what the hint says of it. */
const CASES: [string, Partial<HttpRequest>, RegExp][] = [
  ['a URL without a scheme', { url: 'api.example.com/v3' }, /is no URL/],
  ['a host and a port for a scheme', { url: 'api.example.com:443/v3' }, /begin with https/],
  ['an empty URL', { url: '' }, /is no URL/],
  ['a relative URL', { url: '/v3/order' }, /is no URL/],
  ['an IP that is none', { url: 'http://999.1.1.1/' }, /is no URL/],
  ['an IPv6 host without brackets', { url: 'http://::1/' }, /is no URL/],
  ['a host with a blank', { url: 'http://my host/' }, /is no URL/],
  ['ftp', { url: 'ftp://127.0.0.1/' }, /begin with https/],
  ['file', { url: 'file:///etc/hosts' }, /begin with https/],
  ['data', { url: 'data:application/json,{}' }, /begin with https/],
  ['about', { url: 'about:blank' }, /begin with https/],
  ['credentials', { url: 'http://user:secret@127.0.0.1/' }, /no user name/],
  ['a user name', { url: 'http://user@127.0.0.1/' }, /no user name/],
  ['a key with an en dash', { headers: { 'x-key': EN_DASH } }, /header x-key/],
  ['a key with a line feed', { headers: { 'x-key': 'a\nb' } }, /header x-key/],
  ['a key with a NUL', { headers: { 'x-key': 'a\0b' } }, /header x-key/],
  ['a header whose name is none', { headers: { 'x key': 'a' } }, /header x key/],
  ['the second of two headers', { headers: { accept: '*/*', 'x-key': '\u201Ca\u201D' } }, /header x-key/],
  [
    'a header that undici does not take',
    { headers: { 'transfer-encoding': 'chunked' } },
    /HTTP client refuses/,
  ],
  ['half a character', { body: { note: 'Gate code \uD83D' } }, /half a character/],
  ['a circle', { body: circle }, /JSON/],
];

const FENCES: [string, HttpRequest['fence']][] = [
  ['without a fence', undefined],
  ['with a fence', async () => undefined],
];

describe.each(FENCES)('%s', (_with, fence) => {
  test.each(CASES)('%s: nothing was sent, and the hint quotes nothing', async (_what, more, hint) => {
    const failure = await failureOf(exchange(requestTo(server.url, 'write', { fence, ...more })));
    expect(failure).toMatchObject({
      code: 'cannot_be_sent',
      facts: { sent: 'no', hint: expect.stringMatching(hint) },
    });
    expect(JSON.stringify([failure.message, failure.facts])).not.toMatch(
      /secret|user@|999|my host|\u2013|Gate/,
    );
    expect(server.received).toHaveLength(0);
  });
});

test('a read that cannot be sent is our fault as well: no repetition helps', async () => {
  const failure = await failureOf(exchange(requestTo('ftp://127.0.0.1/', 'read')));
  expect(failure).toMatchObject({ code: 'cannot_be_sent', facts: { sent: 'no' } });
  expect(FAILURES[failure.code].owner).toBe('us');
});

test.each([
  ['a letter of Latin-1', 'caf\u00E9'],
  ['blanks around', ' key '],
])('%s in a header can be sent', async (_what, value) => {
  server.expect('POST /', { body: {} });
  await exchange(requestTo(server.url, 'write', { headers: { 'x-key': value } }));
  expect(server.received[0]?.headers['x-key']).toBe(value.trim());
});

describe('at Junction', () => {
  const stage = junctionStage();

  test.each([{ apiKey: EN_DASH }, { baseUrl: 'ftp://127.0.0.1' }, { baseUrl: 'http://user@127.0.0.1' }])(
    'an account with %j has a person asked at once',
    async (account) => {
      const orders = stage().provider('junction-psc', account).orders;
      const failure = await junctionFailureOf(
        Promise.resolve(orders?.read(stage().call(), '413d7205-f8a9-42ed-aa4a-edb99e481ca0')),
      );
      expect(failure.code).toBe('cannot_be_sent');
    },
  );
});
