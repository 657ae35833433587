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
 * The keys that are configured, or else those in the key files under `dataDir`. Throws a ConfigError where there are
 * none, because a key made by anybody but `makeKeys` would be no other process's, and for a file that holds no key.
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

/** Makes the key files that are missing, readable by their owner only: for what starts a whole stack of its own. */
export function makeKeys({ dataDir, encryptionKeys, idKey }: Settings): void {
  if (encryptionKeys.length === 0) makeUnlessThere(dataDir, ENCRYPTION_FILE);
  if (idKey === null) makeUnlessThere(dataDir, ID_FILE);
}

/** A made key is named after itself, so that another machine's key never passes for this one. */
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

/** Written aside, then linked in place: of two that start at once one makes the key, and nobody reads half of it. */
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
