import { parse } from 'lossless-json';
import type { z } from 'zod';
import type { Range } from '../booking/limits';
import { prefixOf, VENDOR_NAMES } from '../booking/vendors';
import { isBadPort } from './addresses';
import { ConfigError, fail } from './error';

/** Reads settings one by one from an environment. Every function throws a ConfigError that names the setting. */

export type Env = Record<string, string | undefined>;

/** The names of this project's own settings. A child process gets these anew. */
export const OWN_SETTING = new RegExp(
  `^(?:TEMPORAL|BOOKING|${VENDOR_NAMES.map(prefixOf).join('|')})_|^(?:PORT|HOST|LOG_LEVEL)$`,
);

/** Other programs' settings that are read here as well. */
const OTHERS = /^(?:https?|no|all)_proxy$|^(?:HTTPS?|NO|ALL)_PROXY$|^NODE_EXTRA_CA_CERTS$/;

/** Settings whose blanks at either end are kept: they are refused later or belong to the value. Others are trimmed. */
const AS_GIVEN = /_(?:API_KEY|USERNAME|PASSWORD)$/;

/**
 * Returns the settings of an environment, trimmed. An empty setting counts as not set. Refuses a blank one, and one
 * that was not UTF-8 (unreadable bytes arrive as U+FFFD).
 */
export function settingsOf(env: Env): Env {
  const settings: Env = {};
  for (const [name, value] of Object.entries(env)) {
    if (!value || !(OWN_SETTING.test(name) || OTHERS.test(name))) continue;
    if (value.includes('\ufffd')) fail(name, 'must be UTF-8 text');
    if (value.trim() === '') fail(name, 'must not be blank: unset it, or leave it empty');
    settings[name] = AS_GIVEN.test(name) ? value : value.trim();
  }
  return settings;
}

/** Returns the items of a comma-separated list; null when there are none. */
export function list(value: string | undefined): string[] | null {
  const items = (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
  return items.length > 0 ? items : null;
}

/** Reads a port of this machine. `isCalled` says that fetch or a browser calls it. */
export function port(env: Env, name: string, fallback: number, isCalled = false): number {
  const number = digits(env[name]) ?? fallback;
  if (!(number >= 0 && number < 65_536)) fail(name, 'must be a port, 0 to 65535');
  // 0 takes a free port.
  return isCalled && number > 0 && isBadPort(number)
    ? fail(name, 'must not be a port that fetch and browsers refuse to call')
    : number;
}

/** Reads a whole number in a range; undefined when not set. */
export function wholeNumber(env: Env, name: string, { min, max }: Range): number | undefined {
  const number = digits(env[name]);
  return number === null || (number >= min && number <= max)
    ? (number ?? undefined)
    : fail(name, `must be a whole number, ${min} to ${max}`);
}

/** Reads a number in decimal digits; NaN for anything else, null when not set. */
function digits(text: string | undefined): number | null {
  if (!text) return null;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

export function isOn(env: Env, name: string): boolean {
  const given = env[name] || '0';
  return given === '1' || (given === '0' ? false : fail(name, 'must be 0 or 1'));
}

/** Reads one of a list of words. */
export function oneOf<T extends string>(env: Env, name: string, words: readonly T[], fallback: T): T {
  const given = env[name];
  if (!given) return fallback;
  return words.find((word) => word === given) ?? fail(name, `must be one of ${words.join(', ')}`);
}

/** The only name that an object does not keep like others. */
export const NO_NAME = '__proto__';

/** Reads a setting in JSON by its schema. */
export function parsed<T>(name: string, json: string, schema: z.ZodType<T>): T {
  return checked(schema, jsonOf(name, json), (path) => [name, path.join('.')]);
}

/** Checks a value by its schema. `nameOf` returns the setting that a path belongs to, and the place in the setting. */
export function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
  nameOf: (path: readonly PropertyKey[]) => [setting: string, where: string],
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const [setting, where] = nameOf(issue?.path ?? []);
  return fail(setting, `${where} ${issue?.message ?? 'is not valid'}`.trim());
}

/** Returns the value of a JSON text. Refuses one in which an object gives a name twice. */
function jsonOf(name: string, json: string): unknown {
  try {
    const value: unknown = JSON.parse(json, (key, item: unknown) =>
      key === NO_NAME ? fail(name, `must not name ${key}`) : item,
    );
    // If a name is given twice, JSON.parse silently keeps the last.
    parse(json, null, { onDuplicateKey: ({ key }) => fail(name, `gives ${key} twice`) });
    return value;
  } catch (err) {
    throw err instanceof ConfigError ? err : new ConfigError(`${name}: must be JSON`);
  }
}
