import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type Config } from '../config';

const KEY_BYTES = 32;

export interface EncryptionKey {
  id: string;
  key: Buffer;
}

export interface Keys {
  /** Newest first: the first encrypts, all decrypt. Never empty. */
  encryptionKeys: EncryptionKey[];
  /** Makes booking ids; does not rotate. */
  idKey: Buffer;
}

type Settings = Pick<Config, 'dataDir' | 'encryptionKeys' | 'idKey'>;

const ENCRYPTION_FILE = 'encryption.key';
const ID_FILE = 'id.key';

/**
 * Returns the configured keys, or else those in the key files under `dataDir`. Throws a ConfigError for a file that
 * holds no key, and when there are no keys: only `makeKeys` may make some, because a key made here would not match
 * other processes'.
 */
export function loadKeys(config: Settings): Keys {
  const { dataDir, encryptionKeys, idKey } = config;
  return {
    encryptionKeys:
      encryptionKeys.length > 0
        ? encryptionKeys
        : [named(keyIn(dataDir, ENCRYPTION_FILE, 'BOOKING_ENCRYPTION_KEYS'))],
    idKey: idKey ?? keyIn(dataDir, ID_FILE, 'BOOKING_ID_KEY'),
  };
}

/** Makes missing key files, readable by their owner only. It is for processes that start a whole stack of their own. */
export function makeKeys({ dataDir, encryptionKeys, idKey }: Settings): void {
  if (encryptionKeys.length === 0) makeUnlessThere(dataDir, ENCRYPTION_FILE);
  if (idKey === null) makeUnlessThere(dataDir, ID_FILE);
}

/** Names a made key by its own hash, so that another machine's key never passes for this one. */
function named(key: Buffer): EncryptionKey {
  return { id: `file-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`, key };
}

function keyIn(dataDir: string, name: string, setting: string): Buffer {
  const path = join(dataDir, name);
  if (!existsSync(path)) {
    throw new ConfigError(
      `${setting}: set BOOKING_ENCRYPTION_KEYS and BOOKING_ID_KEY to those of the deployment, or BOOKING_DATA_DIR to the folder in which npm start made them`,
    );
  }
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new ConfigError(`${path}: must hold ${KEY_BYTES} bytes in base64`);
  return key;
}

/**
 * Makes a key file unless it is there. It is written aside and then linked into place: of two processes that start
 * together, one makes the key, and no process reads half of it.
 */
function makeUnlessThere(dataDir: string, name: string): void {
  const path = join(dataDir, name);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (existsSync(path)) return;
  const aside = `${path}.${randomUUID()}`;
  writeFileSync(aside, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(aside, path);
  } catch (err) {
    if (!existsSync(path)) throw err;
  } finally {
    unlinkSync(aside);
  }
}
