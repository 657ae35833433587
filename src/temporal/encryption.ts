import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { PLAINTEXT_MARK, UNREADABLE_MARK } from '../booking/names';
import { markOf, shownKeyId, unreadableIn, type Unreadable } from '../booking/unreadable';
import type { Config } from '../config';
import { loadKeys, type EncryptionKey } from './keys';

/**
 * Everything that goes to Temporal is encrypted here: AES-256-GCM, a fresh nonce for each payload, the key's id
 * beside it in the clear. Workers, clients and the codec server share it.
 */

const ENCODING = 'encoding';
const ENCRYPTED = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const PayloadMessage = temporal.api.common.v1.Payload;

export interface CodecOptions {
  /** Newest first: the first encrypts, all decrypt. */
  keys: readonly EncryptionKey[];
  /** Whether payloads that arrive unencrypted are taken as they are, and not marked. */
  allowPlaintext: boolean;
  /** Hears of each payload that cannot be decrypted. */
  tell?: (unreadable: Unreadable) => void;
}

type CodecSettings = Pick<Config, 'dataDir' | 'encryptionKeys' | 'idKey' | 'allowPlaintext'>;

/** The one data converter of this project: workers, clients and tests are given it. */
export function dataConverterOf(config: CodecSettings, tell?: CodecOptions['tell']): DataConverter {
  return { failureConverterPath: failureConverterPath(), payloadCodecs: [codecOf(config, tell)] };
}

/** The codec with the keys of the configuration, or of the key file. Throws a ConfigError where there are none. */
export function codecOf(config: CodecSettings, tell?: CodecOptions['tell']): PayloadCodec {
  const { allowPlaintext } = config;
  return encryptionCodec({ keys: loadKeys(config).encryptionKeys, allowPlaintext, tell });
}

/** Where the failure converter lives: the data converter and the workflow bundle name it by its path. */
export function failureConverterPath(): string {
  return require.resolve('./failure-converter');
}

/**
 * Encrypts every payload with the first key and decrypts with the key that a payload names. It never throws, because
 * that would cost all that travels with a payload, and have Temporal retry a task for ever: what cannot be decrypted
 * is marked (whoever needs it throws, the rest goes on), and so is what never was encrypted, for the workflow's guard.
 * A mark that is encoded again becomes the ciphertext that it stands for.
 */
export function encryptionCodec({ keys, allowPlaintext, tell }: CodecOptions): PayloadCodec {
  const [newest] = keys;
  if (!newest) throw new Error('The codec needs at least one encryption key.');
  const byId = new Map(keys.map((key) => [key.id, key]));
  const mark = (payload: Payload): Payload => {
    const unreadable = unreadableOf(payload);
    tell?.(unreadable);
    return json(markOf(unreadable));
  };
  const decodeOne = (payload: Payload): Payload => {
    if (isEncrypted(payload)) return decrypt(payload, byId) ?? mark(payload);
    return allowPlaintext ? payload : json({ [PLAINTEXT_MARK]: jsonValue(payload) });
  };
  return {
    encode: (payloads) =>
      Promise.resolve(payloads.map((one) => markedCiphertext(one) ?? encrypt(one, newest))),
    decode: (payloads) => Promise.resolve(payloads.map(decodeOne)),
  };
}

/** Returns true when a payload says that this codec encrypted it. */
export function isEncrypted(payload: Payload): boolean {
  return metadataText(payload, ENCODING) === ENCRYPTED;
}

/** A payload under this very key. */
export function encrypt(payload: Payload, { id, key }: EncryptionKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce);
  cipher.setAAD(boundTo(id));
  const data = Buffer.concat([
    nonce,
    cipher.update(PayloadMessage.encode(payload).finish()),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return { metadata: { [ENCODING]: Buffer.from(ENCRYPTED), [KEY_ID]: Buffer.from(id) }, data };
}

/** Null when none of the keys decrypts it: its own is not held, is another one, or the payload was changed. */
export function decrypt(payload: Payload, keys: ReadonlyMap<string, EncryptionKey>): Payload | null {
  const key = keys.get(keyIdOf(payload));
  if (!key) return null;
  try {
    return PayloadMessage.decode(plainBytes(payload.data ?? new Uint8Array(), key));
  } catch {
    return null;
  }
}

/** The id of the key that an encrypted payload names. */
export function keyIdOf(payload: Payload): string {
  return metadataText(payload, KEY_ID);
}

function plainBytes(data: Uint8Array, { id, key }: EncryptionKey): Buffer {
  const tagAt = data.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(id));
  decipher.setAuthTag(data.subarray(tagAt));
  return Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
}

/** A ciphertext moved under another key's name does not decrypt. */
function boundTo(keyId: string): Buffer {
  return Buffer.from(`${ENCRYPTED}:${keyId}`);
}

function unreadableOf(payload: Payload): Unreadable {
  return {
    keyId: shownKeyId(keyIdOf(payload)),
    payload: Buffer.from(PayloadMessage.encode(payload).finish()).toString('base64'),
  };
}

const MARK_BEGINS = Buffer.from(`{"${UNREADABLE_MARK}":`);

/** The ciphertext that a mark stands for; null for a payload that is no mark. */
function markedCiphertext(payload: Payload): Payload | null {
  // Every payload comes this way: only what begins like a mark is worth parsing.
  const data = Buffer.from(payload.data ?? []);
  if (!data.subarray(0, MARK_BEGINS.length).equals(MARK_BEGINS)) return null;
  const mark = unreadableIn(jsonValue(payload));
  return mark && ciphertextOf(mark);
}

/** The payload that could not be decrypted, as it came; null when the mark holds none. */
export function ciphertextOf({ payload }: Unreadable): Payload | null {
  try {
    const came = PayloadMessage.decode(Buffer.from(payload, 'base64'));
    return isEncrypted(came) ? { metadata: came.metadata, data: came.data } : null;
  } catch {
    return null;
  }
}

function json(value: unknown): Payload {
  return {
    metadata: { [ENCODING]: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify(value)),
  };
}

/** The value of an unencrypted payload; null when it is no JSON. */
function jsonValue(payload: Payload): unknown {
  if (metadataText(payload, ENCODING) !== 'json/plain') return null;
  try {
    return JSON.parse(Buffer.from(payload.data ?? []).toString('utf8'));
  } catch {
    return null;
  }
}

function metadataText(payload: Payload, name: string): string {
  return Buffer.from(payload.metadata?.[name] ?? []).toString('utf8');
}
