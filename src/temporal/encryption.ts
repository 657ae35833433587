import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { PLAINTEXT_MARK, UNREADABLE_MARK } from '../booking/names';
import { markOf, shownKeyId, unreadableIn, type Unreadable } from '../booking/unreadable';
import type { Config } from '../config';
import { loadKeys, type EncryptionKey } from './keys';

/**
 * Encrypts everything that goes to Temporal: AES-256-GCM, with a fresh nonce for each payload and the key's id beside
 * it in the clear. Workers, clients and the codec server share it.
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
  /** Whether unencrypted payloads are accepted as they are, and not marked. */
  allowPlaintext: boolean;
  /** Called for each payload that cannot be decrypted. */
  tell?: (unreadable: Unreadable) => void;
}

type CodecSettings = Pick<Config, 'dataDir' | 'encryptionKeys' | 'idKey' | 'allowPlaintext'>;

/** Returns the data converter that all workers, clients and tests of this project use. */
export function dataConverterOf(config: CodecSettings, tell?: CodecOptions['tell']): DataConverter {
  return { failureConverterPath: failureConverterPath(), payloadCodecs: [codecOf(config, tell)] };
}

/** Returns the codec with the keys of the configuration or the key file. Throws a ConfigError when there are none. */
export function codecOf(config: CodecSettings, tell?: CodecOptions['tell']): PayloadCodec {
  const { allowPlaintext } = config;
  return encryptionCodec({ keys: loadKeys(config).encryptionKeys, allowPlaintext, tell });
}

/** Returns the failure converter's path, by which the data converter and the workflow bundle name it. */
export function failureConverterPath(): string {
  return require.resolve('./failure-converter');
}

/**
 * Creates the codec. It encrypts every payload with the first key, and decrypts with the key that a payload names. It
 * never throws, because a throw would lose everything that travels with the payload and make Temporal retry the task
 * for ever. A payload that cannot be decrypted is marked: only code that needs it throws, and the rest goes on. An
 * unencrypted payload is marked too, for the workflow's guard. A mark that is encoded again becomes the ciphertext that
 * it stands for.
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

/** Encrypts a payload with this key. */
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

/** Decrypts a payload. Returns null when its key is not held or differs, or when the payload was changed. */
export function decrypt(payload: Payload, keys: ReadonlyMap<string, EncryptionKey>): Payload | null {
  const key = keys.get(keyIdOf(payload));
  if (!key) return null;
  try {
    return PayloadMessage.decode(plainBytes(payload.data ?? new Uint8Array(), key));
  } catch {
    return null;
  }
}

/** Returns the id of the key that an encrypted payload names. */
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

/** Binds a ciphertext to its key's id: under another key's name it does not decrypt. */
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

/** Returns the ciphertext that a mark stands for; null for a payload that is not a mark. */
function markedCiphertext(payload: Payload): Payload | null {
  // Every payload comes this way, so only one that begins like a mark is parsed.
  const data = Buffer.from(payload.data ?? []);
  if (!data.subarray(0, MARK_BEGINS.length).equals(MARK_BEGINS)) return null;
  const mark = unreadableIn(jsonValue(payload));
  return mark && ciphertextOf(mark);
}

/** Returns the payload that could not be decrypted, as it came; null when the mark holds none. */
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

/** Returns the value of an unencrypted payload; null when it is not JSON. */
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
