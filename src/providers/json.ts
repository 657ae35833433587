import { parse, stringify } from 'lossless-json';
import { holdsHalves } from '../booking/text';

/**
 * JSON both ways, with exact integers that a JavaScript number cannot hold: they are ids, and a wrong digit names
 * another.
 */

/**
 * Parses JSON. Returns undefined for invalid JSON. An integer beyond ±(2^53 − 1) becomes the text of its digits.
 * Everything else is as JSON.parse has it: a fraction may lose its last digits, and of two equal keys the last one
 * counts.
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return hasLongInteger(text) ? parseExactly(text) : value;
  } catch {
    // Invalid JSON, or long numbers nested too deep to be read one by one.
    return undefined;
  }
}

/** 2^53 has sixteen digits. Digits of a fraction do not count. */
const LONG_INTEGER = /(?<![\d.])\d{16}/;
const LEAST_DIGITS = 16;

/**
 * Returns true when valid JSON has a long integer outside its texts. Digits inside texts (card numbers, phone numbers,
 * ids) must not count, because reading everything one by one takes ten times as long.
 */
function hasLongInteger(json: string): boolean {
  if (!LONG_INTEGER.test(json)) return false;
  let from = 0;
  for (;;) {
    const opens = json.indexOf('"', from);
    const ends = opens === -1 ? json.length : opens;
    if (ends - from >= LEAST_DIGITS && LONG_INTEGER.test(json.slice(from, ends))) return true;
    if (opens === -1) return false;
    from = closing(json, opens) + 1;
  }
}

/**
 * Returns where the text that opens at a quote closes: at the next quote with an even number of backslashes before it.
 */
function closing(json: string, opens: number): number {
  let position = json.indexOf('"', opens + 1);
  while (backslashesBefore(json, position) % 2 === 1) position = json.indexOf('"', position + 1);
  return position;
}

function backslashesBefore(json: string, position: number): number {
  let first = position;
  while (json[first - 1] === '\\') first--;
  return position - first;
}

function parseExactly(text: string): unknown {
  return parse(text, null, { parseNumber: exact, onDuplicateKey: ({ newValue }) => newValue });
}

function exact(digits: string): number | string {
  const value = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? digits : value;
}

/**
 * Writes JSON, with a bigint as an integer with all of its digits. Throws for values that JSON cannot hold: circles,
 * and half a character (a lone surrogate), which strict readers refuse.
 */
export function writeJson(value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError('no JSON value');
  if (holdsHalves(text)) throw new TypeError('half a character');
  return text;
}
