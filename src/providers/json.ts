import { parse, stringify } from 'lossless-json';

/** JSON both ways, with integers whole that a JavaScript number cannot hold: they are ids, and a digit off is somebody else's. */

/**
 * Parses JSON; undefined for what is none. An integer beyond ±(2^53 − 1) comes as the text of its digits. Everything else is
 * as JSON.parse has it: a fraction loses no identity with its last digits, and of two equal keys the last one counts.
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return MAY_HOLD_A_LONG_NUMBER.test(text) ? parseExactly(text) : value;
  } catch {
    // No JSON; or numbers that are long, nested too deep to be read one by one.
    return undefined;
  }
}

/** 2^53 has sixteen digits. Digits inside of a text match as well, and cost a second reading. */
const MAY_HOLD_A_LONG_NUMBER = /\d{16}/;

function parseExactly(text: string): unknown {
  return parse(text, null, { parseNumber: exact, onDuplicateKey: ({ newValue }) => newValue });
}

function exact(digits: string): number | string {
  const value = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(value) ? digits : value;
}

/**
 * Writes JSON; a bigint as an integer with all of its digits. Throws for what JSON cannot hold: circles, and half a character
 * (a lone surrogate), which strict readers refuse.
 */
export function writeJson(value: unknown): string {
  const text = stringify(value);
  if (text === undefined) throw new TypeError('no JSON value');
  if (HALF_A_CHARACTER.test(text)) throw new TypeError('half a character');
  return text;
}

/** How JSON.stringify escapes one. A backslash of the text itself is written as two. */
const HALF_A_CHARACTER = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;
