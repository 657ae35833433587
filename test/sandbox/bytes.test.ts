import { createHmac } from 'node:crypto';
import {
  orderBody,
  placeOrder,
  startJunction,
  until,
  WEBHOOK_SECRET,
  type Junction,
} from './junction-client';
import { CORE, SIGN_IN, startOliver, tokenSchema, USER, type Oliver } from './oliver-client';
import { rawCall, rawReceiver, type RawAnswer } from './raw';

/** What goes over the wire byte by byte: answers and webhooks in other encodings, requests that are no text. */

let junction: Junction;
let oliver: Oliver;
beforeAll(async () => {
  junction = await startJunction();
  oliver = await startOliver();
});
beforeEach(async () => {
  await junction.control('reset', {});
  await oliver.control('reset', {});
});

/** A name with characters of Latin-1, one that only Windows-1252 has, and one that neither has. */
const NAME = 'Zoë ’t Hooft 🐕';
const hex = (bytes: Buffer): string => bytes.toString('hex');
const within = (bytes: Buffer, wanted: Buffer): boolean => bytes.includes(wanted);

describe.each([
  ['Junction', () => atJunction()],
  ['Oliver', () => atOliver()],
])('answers of %s', (_name, at) => {
  test('are UTF-8 without a byte order mark when no quirk is on', async () => {
    const { read } = await at();
    const answer = await read();
    expect(answer.contentType).toBe('application/json; charset=utf-8');
    expect(within(answer.bytes, Buffer.from(NAME))).toBe(true);
    expect(hex(answer.bytes.subarray(0, 1))).toBe(hex(Buffer.from('{')));
  });

  test.each<[string, string, Buffer, string]>([
    ['bomAnswers', 'utf-8', Buffer.from(NAME), 'efbbbf7b'],
    ['latin1Answers', 'ISO-8859-1', Buffer.from('Zo\xeb \\u2019t Hooft \\ud83d\\udc15', 'latin1'), '7b22'],
    ['windows1252Answers', 'windows-1252', Buffer.from('Zo\xeb \x92t Hooft \\ud83d', 'latin1'), '7b22'],
    ['utf16Answers', 'utf-16', Buffer.from(NAME, 'utf16le'), 'fffe7b00'],
    ['utf16beAnswers', 'utf-16be', Buffer.from(NAME, 'utf16le').swap16(), '007b0022'],
    ['unknownCharsetAnswers', 'x-vendors-own', Buffer.from(NAME), '7b22'],
  ])('%s', async (quirk, charset, held, begin) => {
    const { read, control } = await at();
    await control('quirks', { [quirk]: true });
    const answer = await read();
    expect(answer.contentType).toBe(`application/json; charset=${charset}`);
    expect(hex(answer.bytes)).toContain(hex(held));
    expect(hex(answer.bytes.subarray(0, begin.length / 2))).toBe(begin);
    expect(Number(answer.headers['content-length'])).toBe(answer.bytes.length);
    expect(JSON.stringify(JSON.parse(decoded(answer.bytes, charset)))).toContain(NAME);
  });

  test('mislabelledAnswers: bytes that are not valid in the charset which they name', async () => {
    const { read, control } = await at();
    await control('quirks', { mislabelledAnswers: true });
    const { contentType, bytes } = await read();
    expect(contentType).toBe('application/json; charset=utf-8');
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
    expect(JSON.parse(bytes.toString('latin1'))).toMatchObject({ served_by: 'Zürich' });
  });

  test('refusals, too; never the controls', async () => {
    const { refused, control, state } = await at();
    await control('quirks', { bomAnswers: true });
    expect(hex((await refused()).bytes.subarray(0, 3))).toBe('efbbbf');
    expect((await state()).bytes.subarray(0, 1).toString()).toBe('{');
  });

  test('what took effect behind a fault is encoded once', async () => {
    const { read, control, path } = await at();
    await control('quirks', { utf16Answers: true });
    await control('faults', { path, when: 'after' });
    const { bytes } = await read();
    expect(JSON.stringify(JSON.parse(new TextDecoder('utf-16').decode(bytes)))).toContain(NAME);
  });
});

function decoded(bytes: Buffer, charset: string): string {
  // Node's own decoder takes Windows-1252 for Latin-1 (seen in 20.20).
  if (charset === 'windows-1252') return bytes.toString('latin1').replaceAll('\x92', '’');
  return new TextDecoder(charset === 'x-vendors-own' ? 'utf-8' : charset).decode(bytes);
}

interface At {
  path: string;
  /** Reads an answer that holds the name. */
  read(): Promise<RawAnswer>;
  refused(): Promise<RawAnswer>;
  state(): Promise<RawAnswer>;
  control(path: string, body: unknown): Promise<unknown>;
}

async function atJunction(): Promise<At> {
  const body = orderBody();
  const address = { ...(body.patient_address as object), first_line: NAME }; // the body is ours: an object
  const placed = await junction.call('POST', '/v3/order', { ...body, patient_address: address });
  const path = `/v3/order/${/"id":"([^"]+)"/.exec(placed.text)?.[1]}`;
  const get = (of: string) => rawCall(junction.url + of, 'GET', { 'x-vital-api-key': 'sk_us_test' });
  return {
    path,
    read: () => get(path),
    refused: () => get(`/v3/order/${crypto.randomUUID()}`),
    state: () => get('/_sandbox/state'),
    control: (control, given) => junction.control(control, given),
  };
}

async function atOliver(): Promise<At> {
  await oliver.control('clients', { first_name: NAME, last_name: 'x' });
  const token = tokenSchema.parse((await oliver.bare('POST', SIGN_IN, USER)).body).data.token;
  const headers = { authorization: `Bearer ${token}`, 'x-client-id': '1' };
  const get = (path: string) => rawCall(oliver.url + path, 'GET', headers);
  return {
    path: `${CORE}/clients`,
    read: () => get(`${CORE}/clients`),
    refused: () => get(`${CORE}/patients?client_id=0`),
    state: () => get('/_sandbox/state'),
    control: (control, given) => oliver.control(control, given),
  };
}

describe('webhooks of Junction', () => {
  test.each<[string, string, string]>([
    ['bomWebhooks', 'utf-8', 'efbbbf7b'],
    ['latin1Webhooks', 'ISO-8859-1', '7b22'],
    ['windows1252Webhooks', 'windows-1252', '7b22'],
    ['utf16Webhooks', 'utf-16', 'fffe7b00'],
    ['mislabelledWebhooks', 'utf-8', '7b22'],
  ])('%s: signed over the bytes that are sent', async (quirk, charset, begin) => {
    const receiver = await rawReceiver();
    await junction.control('webhook', { url: receiver.url });
    await junction.control('quirks', { [quirk]: true });
    await placeOrder(junction, 'at_home_phlebotomy', false);
    const [sent] = await until(
      () => Promise.resolve(receiver.received),
      ({ length }) => length > 0,
    );
    const { headers = {}, bytes = Buffer.from('') } = sent ?? {};
    expect(headers['content-type']).toBe(`application/json; charset=${charset}`);
    expect(hex(bytes.subarray(0, begin.length / 2))).toBe(begin);
    const key = Buffer.from(WEBHOOK_SECRET.replace('whsec_', ''), 'base64');
    const signed = Buffer.concat([Buffer.from(`${headers['svix-id']}.${headers['svix-timestamp']}.`), bytes]);
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['svix-signature']).toBe(`v1,${signature}`);
    await junction.control('webhook', { url: null });
  });
});

describe('requests', () => {
  const order = (firstLine: string): string =>
    JSON.stringify(orderBody()).replaceAll('West Lincoln Street', firstLine);
  const place = (body: Buffer | string) =>
    rawCall(
      `${junction.url}/v3/order`,
      'POST',
      { 'x-vital-api-key': 'sk_us_test', 'content-type': 'application/json' },
      Buffer.from(body),
    );
  const orders = async (): Promise<unknown> => (await junction.call('GET', '/_sandbox/state')).body;

  test.each<[string, Buffer | string, number, string]>([
    ['Latin-1', Buffer.from(order('Stra\xdfe'), 'latin1'), 400, 'There was an error parsing the body'],
    ['half a character', Buffer.concat([Buffer.from(order('x')), Buffer.from([0xe2, 0x80])]), 400, 'parsing'],
    ['a raw surrogate', Buffer.from(order('\xed\xa0\xbd'), 'latin1'), 400, 'parsing'],
    ['UTF-16', Buffer.from(`\ufeff${order('x')}`, 'utf16le'), 400, 'parsing'],
    ['a byte order mark', `\ufeff${order('x')}`, 422, 'json_invalid'],
    ['an escaped surrogate', order('x \\ud83d'), 422, 'string_unicode'],
    ['a surrogate in a name', order('x').replace('"passthrough"', '"\\udc15"'), 422, 'string_unicode'],
    ['two, the wrong way round', order('\\udc15\\ud83d'), 422, 'string_unicode'],
  ])('Junction refuses %s', async (_what, body, status, words) => {
    const answer = await place(body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.bytes.toString())).toHaveProperty('detail');
    expect(answer.bytes.toString()).toContain(words);
    expect(await orders()).toMatchObject({ orders: [] });
  });

  test('Junction names the field, not its value', async () => {
    const answer = await place(order('x \\ud83d'));
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({
      detail: [{ loc: ['body', 'patient_address', 'first_line'] }],
    });
  });

  test('Junction takes whole characters of every plane, raw and escaped', async () => {
    expect((await place(order('Straße 🐕 \\ud83d\\udc15'))).status).toBe(200);
  });

  test.each<[string, Buffer | string, string]>([
    ['Latin-1', Buffer.from('{"title": "Stra\xdfe"}', 'latin1'), 'not valid UTF-8'],
    ['an escaped surrogate', '{"title": "a \\ud83d"}', 'title: must be well-formed'],
    ['a surrogate in a name', '{"title": "a", "\\ud83d": 1}', 'must be well-formed'],
    ['a byte order mark', '\ufeff{"title": "a"}', 'not valid JSON'],
  ])('Oliver refuses %s', async (_what, body, words) => {
    const token = tokenSchema.parse((await oliver.bare('POST', SIGN_IN, USER)).body).data.token;
    const headers = { authorization: `Bearer ${token}`, 'x-client-id': '1' };
    const url = `${oliver.url}${CORE}/staff_tasks`;
    const answer = await rawCall(url, 'POST', headers, Buffer.from(body));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({
      success: false,
      message: expect.stringContaining(words),
    });
    expect((await oliver.state()).staffTasks).toEqual([]);
  });

  test.each(['name=Zo%EB', 'name=%ED%A0%BD', 'name=%'])('a query is text, too: %s', async (query) => {
    expect((await oliver.call('GET', `/clients?${query}`)).status).toBe(400);
    expect((await junction.call('GET', `/v3/orders?${query}`)).status).toBe(422);
  });
});

describe('limits', () => {
  const place = (patient: Record<string, unknown>) =>
    junction.call('POST', '/v3/order', orderBody('at_home_phlebotomy', patient));

  test.each([
    ['1,000 emoji are 1,000 characters', '🐕'.repeat(1_000), 200],
    ['one more is too many', '🐕'.repeat(1_001), 422],
    ['a decomposed é is two', 'e\u0301'.repeat(501), 422],
  ])('%s', async (_what, notes, status) => {
    const body = orderBody();
    const address = { ...(body.patient_address as object), access_notes: notes }; // the body is ours
    const answer = await junction.call('POST', '/v3/order', { ...body, patient_address: address });
    expect(answer.status).toBe(status);
  });

  test.each([
    'smith&sons@example.com',
    'a/b@example.com',
    "o'hara+x=1{y}@example.co.uk",
    'info@bücher.example',
    'jürgen@xn--bcher-kva.example',
    '"a b"@example.com',
  ])('the vendor takes %s', async (email) => expect((await place({ email })).status).toBe(200));

  test.each([
    'a@b',
    'a b@example.com',
    '.a@example.com',
    'a..b@example.com',
    '@example.com',
    'a@-x.com',
    'a@1.2',
  ])('the vendor refuses %s', async (email) => expect((await place({ email })).status).toBe(422));

  test.each(['O’Brien', 'José', 'Jean‐Luc', 'x'.repeat(51)])('the name %s is refused', async (name) =>
    expect((await place({ last_name: name })).status).toBe(422),
  );
});
