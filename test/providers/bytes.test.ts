import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { decode } from '../../src/providers/bytes';
import { exchange } from '../../src/providers/http';
import { failureOf, requestTo } from './exchanges';
import { rawServer } from './raw-server';

/** A made-up body whose name has a letter outside of ASCII, and a curly apostrophe that Windows-1252 has at 0x92. */
const TEXT = '{"name":"Zoë O’Dell"}';
const LATIN = Buffer.from('{"name":"Zo\u00EB O\u0092Dell"}', 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

test.each<[string, string | null, Buffer]>([
  ['no charset: UTF-8', 'application/json', Buffer.from(TEXT)],
  ['no content type', null, Buffer.from(TEXT)],
  ['UTF-8', 'application/json; charset=utf-8', Buffer.from(TEXT)],
  ['its alias', 'application/json;charset=UTF8', Buffer.from(TEXT)],
  ['ISO-8859-1', 'application/json; charset=ISO-8859-1', LATIN],
  ['quoted', 'application/json; charset="iso-8859-1"', LATIN],
  ['quoted with escapes', 'application/json; charset="iso\\-8859-1"', LATIN],
  ['quoted as people do', "application/json; charset='iso-8859-1'", LATIN],
  ['blanks around', 'application/json ; Charset = Latin1 ; q=1', LATIN],
  ['another alias', 'text/html; charset=cp1252', LATIN],
  ['after another parameter', 'application/json; profile="a; charset=utf-16"; charset=l1', LATIN],
  ['the first of two', 'application/json; charset=windows-1252; charset=utf-8', LATIN],
  ['of two content types', 'application/json; charset=latin1, application/json', LATIN],
  ['an empty one', 'application/json; charset=', Buffer.from(TEXT)],
  ...[
    'us-ascii',
    'US-ASCII',
    'ascii',
    'ANSI_X3.4-1968',
    'iso646-us',
    'us',
    'csASCII',
    'cp367',
    '"us-ascii"',
  ].map((label): [string, string, Buffer] => [
    `called ASCII, as ${label}`,
    `application/json; charset=${label}`,
    Buffer.from(TEXT),
  ]),
  ['UTF-16', 'application/json; charset=utf-16', utf16(TEXT)],
  ['UTF-16BE', 'application/json; charset=UTF-16BE', swapped(utf16(TEXT))],
  ['a mark of UTF-8', 'application/json', Buffer.concat([MARK, Buffer.from(TEXT)])],
  [
    'a mark against the charset',
    'application/json; charset=latin1',
    Buffer.concat([MARK, Buffer.from(TEXT)]),
  ],
  ['a mark of UTF-16', 'application/json', utf16(`\uFEFF${TEXT}`)],
  ['a mark of UTF-16BE', 'application/json; charset=utf-8', swapped(utf16(`\uFEFF${TEXT}`))],
])('%s', (_what, contentType, bytes) => {
  expect(decode(bytes, contentType)).toEqual({ text: TEXT });
});

test.each([
  [0x80, '€'],
  [0x85, '…'],
  [0x92, '’'],
  [0x96, '–'],
  [0x9f, 'Ÿ'],
  [0xa0, '\u00A0'],
  [0xff, 'ÿ'],
])('byte %i of Windows-1252 is %s', (byte, text) => {
  expect(decode(Uint8Array.of(byte), 'text/plain; charset=iso-8859-1')).toEqual({ text });
});

test.each<[string, string, Buffer, RegExp]>([
  ['Latin-1 without a word', 'application/json', LATIN, /not valid utf-8/],
  ['Latin-1 called UTF-8', 'application/json; charset=utf-8', LATIN, /not valid utf-8/],
  ['Latin-1 called ASCII', 'application/json; charset=us-ascii', LATIN, /not valid utf-8/],
  ['UTF-8 that is cut', 'application/json', Buffer.from('"ë').subarray(0, 2), /not valid utf-8/],
  ['an overlong form', 'application/json', Buffer.from([0xc0, 0xaf]), /not valid utf-8/],
  ['half a character', 'application/json', Buffer.from([0xed, 0xa0, 0x80]), /not valid utf-8/],
  ['half of UTF-16', 'application/json; charset=utf-16le', Buffer.from([0x3d, 0xd8]), /not valid utf-16le/],
  [
    'a byte too many',
    'application/json; charset=utf-16le',
    Buffer.from([0x61, 0, 0x62]),
    /not valid utf-16le/,
  ],
  [
    'a charset of nobody',
    'application/json; charset=x-klingon',
    Buffer.from('{}'),
    /charset that is not known/,
  ],
  ['UTF-7', 'application/json; charset=utf-7', Buffer.from('{}'), /charset that is not known/],
])('%s is no text, and is not quoted', (_what, contentType, bytes, why) => {
  expect(decode(bytes, contentType)).toEqual({ illegible: expect.stringMatching(why) });
  expect(JSON.stringify(decode(bytes, contentType))).not.toMatch(/Zo|Dell|\uFFFD|klingon/);
});

/** What exchange makes of an answer with these headers and bytes. */
async function answered(effect: 'read' | 'write', head: string, body: Buffer) {
  const server = await rawServer((socket) => {
    socket.write(`HTTP/1.1 ${head}\r\ncontent-length: ${body.byteLength}\r\n\r\n`);
    socket.write(body);
  });
  try {
    return await exchange(requestTo(`http://${server.address}/`, effect));
  } finally {
    await server.close();
  }
}

const JSON_TYPE = 'content-type: application/json';

const CODINGS: readonly [string, (text: Buffer) => Buffer][] = [
  ['x-gzip', gzipSync],
  ['Deflate', deflateSync],
  ['br', brotliCompressSync],
  ['deflate, gzip', (text) => gzipSync(deflateSync(text))],
];

test.each<[string, string, Buffer]>([
  ['by its charset', `200 OK\r\n${JSON_TYPE}; charset=ISO-8859-1`, LATIN],
  ['with a byte order mark', `200 OK\r\n${JSON_TYPE}`, Buffer.concat([MARK, Buffer.from(`\r\n${TEXT}`)])],
  ['with two of them', `200 OK\r\n${JSON_TYPE}`, Buffer.concat([MARK, MARK, Buffer.from(TEXT)])],
  [
    'compressed, by its charset',
    `200 OK\r\n${JSON_TYPE}; charset=l1\r\ncontent-encoding: gzip`,
    gzipSync(LATIN),
  ],
  ...CODINGS.map(([coding, packed]): [string, string, Buffer] => [
    `in the coding ${coding}`,
    `200 OK\r\n${JSON_TYPE}\r\ncontent-encoding: ${coding}`,
    packed(Buffer.from(TEXT)),
  ]),
  [
    'with an encoding that is a charset',
    `200 OK\r\n${JSON_TYPE}\r\ncontent-encoding: utf-8`,
    Buffer.from(TEXT),
  ],
])('an answer is read %s', async (_how, head, body) => {
  expect(await answered('read', head, body)).toMatchObject({
    body: { name: 'Zoë O’Dell' },
    isReadable: true,
  });
});

test('what was packed more often than anybody packs is not unpacked', async () => {
  const often = Array.from({ length: 6 }, () => 'gzip');
  const packed = often.reduce((bytes) => gzipSync(bytes), Buffer.from(TEXT));
  const head = `200 OK\r\n${JSON_TYPE}\r\ncontent-encoding: ${often.join(', ')}`;
  expect(await answered('read', head, packed)).toMatchObject({ isReadable: false });
});

test('a mark and nothing else is an empty answer', async () => {
  expect(await answered('write', `200 OK\r\n${JSON_TYPE}`, MARK)).toMatchObject({
    body: null,
    isReadable: true,
  });
});

test.each([
  ['of no coding at all', 'content-encoding: identity', '200 OK'],
  ['of no coding, in capitals', 'content-encoding: Identity', '201 Created'],
  ['of a coding without a name', 'content-encoding:', '200 OK'],
  ['of a status that has no body, whatever its coding', 'content-encoding: gzip', '204 No Content'],
])('nothing in a body %s is an empty answer', async (_how, coding, status) => {
  expect(await answered('write', `${status}\r\n${coding}`, Buffer.alloc(0))).toMatchObject({
    body: null,
    isReadable: true,
  });
});

test('a body of no coding is read as it is', async () => {
  expect(
    await answered('read', '200 OK\r\ncontent-encoding: identity', Buffer.from('{"id":1}')),
  ).toMatchObject({
    body: { id: 1 },
  });
});

test('long integers come as the text of their digits', async () => {
  const body = Buffer.from('{"id":9007199254740993,"count":2}');
  expect(await answered('read', `200 OK\r\n${JSON_TYPE}`, body)).toMatchObject({
    body: { id: '9007199254740993', count: 2 },
  });
});

test.each([
  ['that is not valid in its charset', `400 Bad Request\r\n${JSON_TYPE}`, LATIN, /not valid utf-8/],
  ['in a charset of nobody', `404 Not Found\r\n${JSON_TYPE}; charset=none`, Buffer.from(TEXT), /not known/],
  [
    'in a coding of nobody',
    `200 OK\r\ncontent-encoding: zstd`,
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    /utf-8/,
  ],
])('an answer %s says so and has no body', async (_what, head, body, why) => {
  const answer = await answered('write', head, body);
  expect(answer).toMatchObject({ body: null, isReadable: false, illegible: expect.stringMatching(why) });
});

describe.each<[string, Buffer]>([
  ['is broken', Buffer.concat([gzipSync(TEXT).subarray(0, 10), Buffer.alloc(9, 0xff)])],
  ['fails its check', Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.from('nonsense')])],
  ['was never made', Buffer.from(TEXT)],
])('compression that %s', (_what, body) => {
  const head = `200 OK\r\n${JSON_TYPE}\r\ncontent-encoding: gzip`;

  test('leaves a write unknown, and has a read tried again', async () => {
    expect(await failureOf(answered('write', head, body))).toMatchObject({
      code: 'outcome_unknown',
      facts: { sent: 'yes' },
    });
    const failure = await failureOf(answered('read', head, body));
    expect(failure).toMatchObject({ code: 'provider_unavailable' });
    expect(failure.facts.sent).toBeUndefined();
  });
});

test.each([0, 5, 11, 14, 20, 25])(
  'compression that is cut after %i bytes gives no answer that can be read',
  async (length) => {
    const head = `200 OK\r\n${JSON_TYPE}\r\ncontent-encoding: gzip`;
    expect(await answered('write', head, gzipSync(TEXT).subarray(0, length))).toMatchObject({
      isReadable: false,
    });
  },
);

test('compression that unpacks to more than we read is given up, and not unpacked to its end', async () => {
  const head = `200 OK\r\n${JSON_TYPE}\r\ncontent-encoding: gzip`;
  const bomb = gzipSync(Buffer.alloc(200_000_000, 0x20));
  const before = process.memoryUsage().rss;
  expect(await failureOf(answered('write', head, bomb))).toMatchObject({
    code: 'outcome_unknown',
    facts: { said: expect.stringMatching(/larger than we read/) },
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
});
