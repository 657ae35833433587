import { type FieldError, valueAt, WHOLE_REQUEST } from './field-error';

/**
 * How large a request may be. It is carried in Temporal for as long as its booking lives and goes into calls of it,
 * so it stays far below what Temporal takes in one payload (2 MB).
 */

/** The whole request as JSON in UTF-8, in bytes. */
export const MAX_REQUEST_BYTES = 65_536;

/** Objects and lists within each other. */
const MAX_DEPTH = 12;

/** What a block may hold whose fields are passed on as they are. */
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

/** What is wrong with a request's size; the whole of it first, as nothing else of it is looked at then. */
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

/** Null for what is nested deeper than that, or is no JSON. Goes level by level: what recurses runs out of stack. */
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

/** Null for a value that JSON has no form for. */
function bytesOf(value: unknown): number | null {
  try {
    return new TextEncoder().encode(JSON.stringify(value)).byteLength;
  } catch {
    return null;
  }
}
