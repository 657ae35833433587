import { fail } from './error';
import { type Env, list } from './read';
import { type Fault, plainFault, tokenFault } from './text';

/** Reads the secrets: those that callers show us, those that we encrypt with, and those that sign webhooks. */

const SHORTEST_SECRET = 16;

/** Reads `name:secret,name:secret`. A bare secret is named key1, key2, … */
export function apiKeys(env: Env): { name: string; secret: string }[] {
  const name = 'BOOKING_API_KEYS';
  const keys = (list(env[name]) ?? []).map(apiKey);
  for (const key of keys) {
    if (!/^[A-Za-z0-9._-]{1,64}$/.test(key.name) || key.secret.length < SHORTEST_SECRET) {
      fail(
        name,
        `holds name:secret pairs, comma-separated, each secret at least ${SHORTEST_SECRET} characters`,
      );
    }
    const fault = tokenFault(key.secret);
    if (fault) fail(name, fault);
  }
  if (new Set(keys.map(({ secret }) => secret)).size < keys.length) fail(name, 'gives a secret twice');
  return keys;
}

function apiKey(entry: string, index: number): { name: string; secret: string } {
  const position = entry.indexOf(':');
  return position < 0
    ? { name: `key${index + 1}`, secret: entry }
    : { name: entry.slice(0, position), secret: entry.slice(position + 1) };
}

/** Reads `id:base64`, comma-separated, newest first. */
export function encryptionKeys(env: Env): { id: string; key: Buffer }[] {
  const name = 'BOOKING_ENCRYPTION_KEYS';
  const keys = (list(env[name]) ?? []).map((entry) => {
    const [id, encoded, ...more] = entry.split(':');
    if (!id || !encoded || more.length > 0 || plainFault(id)) {
      return fail(name, 'holds id:base64 pairs, comma-separated, newest first');
    }
    return { id, key: key32(name, encoded) };
  });
  // It could not be told which of the two keys reads a payload that names the id.
  if (new Set(keys.map(({ id }) => id)).size < keys.length) fail(name, 'gives an id twice');
  return keys;
}

/** 32 bytes in base64, in either alphabet, with or without padding. */
const BASE64_OF_32 = /^[A-Za-z0-9+/_-]{43}=?$/;

export function key32(name: string, encoded: string): Buffer {
  return BASE64_OF_32.test(encoded)
    ? Buffer.from(encoded, 'base64')
    : fail(name, 'must be 32 bytes in base64 (openssl rand -base64 32)');
}

/** A secret of Standard Webhooks: `whsec_` and base64. The prefix may be left out. */
const STANDARD_SECRET = /^(?:whsec_)?(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** Returns what is wrong with a secret of Standard Webhooks. */
export function standardSecretFault(secret: string): Fault {
  return secret === 'whsec_' || !STANDARD_SECRET.test(secret) ? 'must look like whsec_ and base64' : null;
}

/** Returns the secrets of a setting, one by default and several while one rotates; null when it is not set. */
export function webhookSecrets(
  env: Env,
  name: string,
  faultOf: (secret: string) => Fault,
): readonly string[] | null {
  const secrets = list(env[name]);
  for (const secret of secrets ?? []) {
    const fault = faultOf(secret);
    if (fault !== null) fail(name, fault);
  }
  return secrets;
}
