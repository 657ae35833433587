import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { PLAINTEXT_MARK } from '../booking/names';
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

/** A key is missing or wrong. The message names the key's id and nothing else, so it may be logged. */
export class EncryptionKeyError extends Error {
  override readonly name = 'EncryptionKeyError';
}

export interface CodecOptions {
  /** Newest first: the first encrypts, all decrypt. */
  keys: readonly EncryptionKey[];
  /** Whether payloads that arrive unencrypted are taken as they are, and not marked. */
  allowPlaintext: boolean;
}

type CodecSettings = Pick<Config, 'dataDir' | 'encryptionKeys' | 'idKey' | 'allowPlaintext'>;

/** The one data converter of this project: workers, clients and tests are given it. */
export function dataConverterOf(config: CodecSettings): DataConverter {
  return { failureConverterPath: failureConverterPath(), payloadCodecs: [codecOf(config)] };
}

/** The codec with the keys of the configuration, or of the key file. */
export function codecOf(config: CodecSettings): PayloadCodec {
  return encryptionCodec({ keys: loadKeys(config).encryptionKeys, allowPlaintext: config.allowPlaintext });
}

/** Where the failure converter lives: the data converter and the workflow bundle name it by its path. */
export function failureConverterPath(): string {
  return require.resolve('./failure-converter');
}

/**
 * Encrypts every payload with the first key and decrypts with the key that a payload names. A payload under a
 * key that is missing or wrong is our own fault: decoding throws an EncryptionKeyError, which pauses what needs it. A payload that
 * was never encrypted is a caller's: it is marked for the workflow's guard, because throwing would make
 * Temporal retry the task for ever.
 */
export function encryptionCodec({ keys, allowPlaintext }: CodecOptions): PayloadCodec {
  const [newest] = keys;
  if (!newest) throw new Error('The codec needs at least one encryption key.');
  const byId = new Map(keys.map((key) => [key.id, key]));
  const decodeOne = (payload: Payload): Payload => {
    if (isEncrypted(payload)) return decrypt(payload, byId);
    return allowPlaintext ? payload : marked(payload);
  };
  return {
    encode: (payloads) => Promise.resolve(payloads.map((payload) => encrypt(payload, newest))),
    decode: async (payloads) => Promise.resolve().then(() => payloads.map(decodeOne)),
  };
}

/** Whether a payload says that this codec encrypted it. */
export function isEncrypted(payload: Payload): boolean {
  return metadataText(payload, ENCODING) === ENCRYPTED;
}

function encrypt(payload: Payload, { id, key }: EncryptionKey): Payload {
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

function decrypt(payload: Payload, keys: ReadonlyMap<string, EncryptionKey>): Payload {
  const id = metadataText(payload, KEY_ID);
  const known = keys.get(id);
  if (!known) {
    throw new EncryptionKeyError(
      `A payload is encrypted with the key "${id}", which BOOKING_ENCRYPTION_KEYS does not hold.`,
    );
  }
  try {
    return PayloadMessage.decode(plainBytes(payload.data ?? new Uint8Array(), known));
  } catch {
    throw new EncryptionKeyError(
      `A payload does not decrypt with the key "${id}": the key is another one or it was changed.`,
    );
  }
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

/** The value of an unencrypted payload inside the mark that the guards refuse; null when it is no JSON. */
function marked(payload: Payload): Payload {
  return {
    metadata: { [ENCODING]: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify({ [PLAINTEXT_MARK]: jsonValue(payload) })),
  };
}

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
