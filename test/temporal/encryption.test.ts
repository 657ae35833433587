import type { Payload } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { PLAINTEXT_MARK, UNREADABLE_MARK } from '../../src/booking/names';
import { unreadableIn } from '../../src/booking/unreadable';
import { encryptionCodec, isEncrypted } from '../../src/temporal/encryption';

const older = { id: '2025', key: Buffer.alloc(32, 1) };
const newer = { id: '2026', key: Buffer.alloc(32, 2) };
const codec = encryptionCodec({ keys: [newer, older], allowPlaintext: false });

function payloadOf(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

async function encrypted(value: unknown, keys = [newer]): Promise<Payload> {
  const [payload] = await encryptionCodec({ keys, allowPlaintext: false }).encode([payloadOf(value)]);
  if (!payload) throw new Error('nothing was encoded');
  return payload;
}

async function decoded(payload: Payload, by = codec): Promise<unknown> {
  const [plain] = await by.decode([payload]);
  return plain && defaultPayloadConverter.fromPayload(plain);
}

test.each([
  ['an object', { firstName: 'Ana' }],
  ['null', null],
  ['nothing', undefined],
  ['bytes', Uint8Array.of(1, 2)],
])('%s comes back as it was and is unreadable in between', async (_name, value) => {
  const payload = await encrypted(value);
  expect(isEncrypted(payload)).toBe(true);
  expect(Buffer.from(payload.data ?? []).includes('Ana')).toBe(false);
  expect(await decoded(payload)).toEqual(value);
});

test('no payloads are no trouble', async () => {
  expect(await codec.encode([])).toEqual([]);
  expect(await codec.decode([])).toEqual([]);
});

test('the same value never looks the same twice', async () => {
  const [first, second] = [await encrypted('x'), await encrypted('x')];
  expect(Buffer.from(first.data ?? []).equals(second.data ?? new Uint8Array())).toBe(false);
});

test('the newest key encrypts, every key decrypts', async () => {
  const [payload] = await codec.encode([payloadOf('new')]);
  expect(Buffer.from(payload?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('2026');
  expect(await decoded(await encrypted('old', [older]))).toBe('old');
});

test('a payload under a key that is not held is marked, told of, and costs no other', async () => {
  const told: string[] = [];
  const onlyOlder = encryptionCodec({
    keys: [older],
    allowPlaintext: true,
    tell: ({ keyId }) => void told.push(keyId),
  });
  const [lost, readable] = await onlyOlder.decode([await encrypted('x'), await encrypted('y', [older])]);
  expect(unreadableIn(lost && defaultPayloadConverter.fromPayload(lost))?.keyId).toBe('2026');
  expect(readable && defaultPayloadConverter.fromPayload(readable)).toBe('y');
  expect(told).toEqual(['2026']);
});

test('a mark that passes through is the ciphertext that it was, for whoever has the key', async () => {
  const onlyOlder = encryptionCodec({ keys: [older], allowPlaintext: false });
  const original = await encrypted({ firstName: 'Ana' });
  const marks = await onlyOlder.decode([original]);
  // What comes between may read the value and write it anew.
  const again = marks.map((mark) => payloadOf(defaultPayloadConverter.fromPayload(mark)));
  const [back] = await onlyOlder.encode(again);
  expect(back).toEqual({ metadata: original.metadata, data: original.data });
  expect(back && (await decoded(back))).toEqual({ firstName: 'Ana' });
});

test.each([
  ['ciphertext of none of ours', { keyId: '2026', payload: Buffer.from('x').toString('base64') }],
  ['a payload that was never encrypted', { keyId: '2026', payload: 'CgA=' }],
  ['no payload', { keyId: '2026' }],
  ['nothing', null],
])('what only looks like a mark, with %s, is encrypted like anything else', async (_name, inside) => {
  const value = { [UNREADABLE_MARK]: inside };
  const [payload] = await codec.encode([payloadOf(value)]);
  expect(payload && isEncrypted(payload)).toBe(true);
  expect(payload && (await decoded(payload))).toEqual(value);
});

test('a key id that somebody made up is told without what no id holds', async () => {
  const lost = withKeyId(await encrypted('x'), `Ana Reyes: ${'x'.repeat(100)}`);
  const { keyId } = unreadableIn(await decoded(lost)) ?? {};
  expect(keyId).toBe(`Ana?Reyes??${'x'.repeat(53)}`);
});

const spoiled: [string, (payload: Payload) => Payload][] = [
  ['under another key of the same id', (payload) => payload],
  ['moved under the name of another key', (payload) => withKeyId(payload, '2025')],
  ['with a bit changed', ({ metadata, data }) => ({ metadata, data: flipped(data ?? new Uint8Array()) })],
  ['cut short', ({ metadata, data }) => ({ metadata, data: data?.subarray(0, 5) })],
  ['without data', ({ metadata }) => ({ metadata })],
];

test.each(spoiled)('a payload %s does not decrypt, and the mark says which key', async (name, spoil) => {
  const foreign = { id: '2026', key: Buffer.alloc(32, 9) };
  const payload = spoil(await encrypted('secret', [name.includes('same id') ? foreign : newer]));
  expect(unreadableIn(await decoded(payload))?.keyId).toMatch(/^202[56]$/);
});

test('both keys being the same bytes, a payload still does not move under another name', async () => {
  const twins = encryptionCodec({ keys: [newer, { ...newer, id: 'twin' }], allowPlaintext: false });
  const moved = await decoded(withKeyId(await encrypted('x'), 'twin'), twins);
  expect(unreadableIn(moved)?.keyId).toBe('twin');
});

const plain: [string, Payload, unknown][] = [
  ['JSON', payloadOf({ provider: 'oliver' }), { provider: 'oliver' }],
  ['nothing', payloadOf(undefined), null],
  ['bytes', payloadOf(Uint8Array.of(1)), null],
  ['broken JSON', { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{') }, null],
  ['an empty payload', {}, null],
];

test.each(plain)('%s that was never encrypted is marked, not thrown', async (_name, payload, value) => {
  expect(await decoded(payload)).toEqual({ [PLAINTEXT_MARK]: value });
});

test('plaintext passes as it is where it is allowed', async () => {
  const lenient = encryptionCodec({ keys: [newer], allowPlaintext: true });
  expect(await decoded(payloadOf({ a: 1 }), lenient)).toEqual({ a: 1 });
  expect(await decoded(await encrypted('x'), lenient)).toBe('x');
});

test('a codec without a key is refused', () => {
  expect(() => encryptionCodec({ keys: [], allowPlaintext: false })).toThrow(/at least one/);
});

function withKeyId({ metadata, data }: Payload, id: string): Payload {
  return { metadata: { ...metadata, 'encryption-key-id': Buffer.from(id) }, data };
}

function flipped(data: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(data);
  copy[20] = (copy[20] ?? 0) ^ 1;
  return copy;
}
