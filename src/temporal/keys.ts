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

/**
 * The keys that are configured, or else those in the key files under `dataDir`, which are made when missing:
 * readable by their owner only. Throws a ConfigError for a key file that holds no key.
 */
export function loadKeys(config: Pick<Config, 'dataDir' | 'encryptionKeys' | 'idKey'>): Keys {
  return {
    encryptionKeys:
      config.encryptionKeys.length > 0 ? config.encryptionKeys : [named(keyFile(config, 'encryption.key'))],
    idKey: config.idKey ?? keyFile(config, 'id.key'),
  };
}

/** Whether the keys are there already: configured, or in the key files. */
export function hasKeys({
  dataDir,
  encryptionKeys,
  idKey,
}: Pick<Config, 'dataDir' | 'encryptionKeys' | 'idKey'>): boolean {
  const isThere = (name: string): boolean => existsSync(join(dataDir, name));
  return (encryptionKeys.length > 0 || isThere('encryption.key')) && (idKey !== null || isThere('id.key'));
}

/** A made key is named after itself, so that another machine's key never passes for this one. */
function named(key: Buffer): EncryptionKey {
  return { id: `file-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`, key };
}

function keyFile({ dataDir }: Pick<Config, 'dataDir'>, name: string): Buffer {
  const path = join(dataDir, name);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  makeUnlessThere(path);
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new ConfigError(`${path}: must hold ${KEY_BYTES} bytes in base64`);
  return key;
}

/** Written aside, then linked in place: of two that start at once one makes the key, and nobody reads half of it. */
function makeUnlessThere(path: string): void {
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
