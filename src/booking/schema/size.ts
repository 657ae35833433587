import { type FieldError, valueAt, WHOLE_REQUEST } from './field-error';

/**
 * How large a request may be. Temporal carries it for as long as its booking lives, and it goes into the booking's
 * calls, so it stays far below what Temporal accepts in one payload (2 MB).
 */

/** The whole request as JSON in UTF-8, in bytes. */
export const MAX_REQUEST_BYTES = 65_536;

/** How deep objects and lists may be nested. */
const MAX_DEPTH = 12;

/** The limits of blocks whose fields are passed on as they are. */
const FREE_FORM = {
  fields: ['order.extra', 'patient.medicalProxy'],
  maxBytes: 16_384,
  maxDepth: 6,
  maxKeys: 200,
} as const;

/** Returns true when a request is too large as a whole. */
export function isTooLarge(input: unknown): boolean {
  const whole = measured(input, MAX_DEPTH);
  return !whole || whole.bytes > MAX_REQUEST_BYTES;
}

/** Returns what is wrong with a request's size. If the whole is too large, nothing else is looked at. */
export function sizeErrors(input: unknown): FieldError[] {
  if (isTooLarge(input)) return [{ field: WHOLE_REQUEST, hint: WHOLE_HINT }];
  return FREE_FORM.fields
    .filter((field) => isTooLargeBlock(valueAt(input, field)))
    .map((field) => ({ field, hint: FREE_HINT }));
}

const WHOLE_HINT = `Is too large: must be JSON of at most ${MAX_REQUEST_BYTES / 1024} KiB, nested at most ${MAX_DEPTH} deep.`;
const FREE_HINT =
  `Is too large: must be at most ${FREE_FORM.maxBytes / 1024} KiB as JSON, with at most ${FREE_FORM.maxKeys} fields ` +
  `in all, nested at most ${FREE_FORM.maxDepth} deep.`;

function isTooLargeBlock(value: unknown): boolean {
  if (value === undefined) return false;
  const size = measured(value, FREE_FORM.maxDepth);
  return !size || size.bytes > FREE_FORM.maxBytes || size.keys > FREE_FORM.maxKeys;
}

interface Size {
  bytes: number;
  /** Fields of all objects in it. */
  keys: number;
}

/**
 * Returns the size of a value; null when it is nested too deep or is not JSON. It goes level by level, because a
 * recursion could run out of stack.
 */
function measured(value: unknown, maxDepth: number): Size | null {
  let level = [value].filter(isContainer);
  let keys = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === maxDepth) return null;
    const fields = level.filter((item) => !Array.isArray(item)).map((item) => Object.keys(item).length);
    keys = fields.reduce((sum, count) => sum + count, keys);
    level = level.flatMap((item) => Object.values(item).filter(isContainer));
  }
  const bytes = bytesOf(value);
  return bytes === null ? null : { bytes, keys };
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Returns the bytes of a value as JSON; null when JSON cannot express it. */
function bytesOf(value: unknown): number | null {
  try {
    return new TextEncoder().encode(JSON.stringify(value)).byteLength;
  } catch {
    return null;
  }
}
