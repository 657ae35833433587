import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type Config } from '../config';

/** The bearer key of a stack without a configured one. It is made once and kept beside the data. */

const KEY_BYTES = 24;
const KEY_FORM = /^\S{16,}$/;

/** The key that callers of the API show, and where it is kept. */
export interface LocalKey {
  secret: string;
  path: string;
}

/**
 * Returns the key in `<dataDir>/api.key`. Makes it, readable by its owner only, when there is none. Throws a
 * ConfigError for a file that holds no key.
 */
export function localApiKey({ dataDir }: Pick<Config, 'dataDir'>): LocalKey {
  const path = join(dataDir, 'api.key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) writeFileSync(path, `${newKey()}\n`, { flag: 'wx', mode: 0o600 });
  const secret = readFileSync(path, 'utf8').trim();
  if (!KEY_FORM.test(secret)) throw new ConfigError(`${path}: must hold a key of at least 16 characters`);
  return { secret, path };
}

function newKey(): string {
  return `bsk_${randomBytes(KEY_BYTES).toString('base64url')}`;
}
