import { z } from 'zod';
import { brokenText, isBlank, textFault, tidyText } from '../characters';
import { type FieldError, WHOLE_REQUEST } from './field-error';
import { type FieldKind, kindOf, mayBeBlank } from './text';

/**
 * Tidies a body before its form is checked: null counts as absent, and blanks around a text are removed. Two bodies
 * that differ only in these are the same. A blank text counts as absent in fields that are marked for it, and is
 * refused in all others. Free-form blocks stay as they are.
 */

type Schema = z.core.$ZodType;

/** Returns the body, tidied by its schema. Parts that do not fit the schema are left as they are, to be refused. */
export function tidied(schema: Schema, value: unknown): unknown {
  if (typeof value === 'string') {
    const kind = kindOf(bare(schema));
    return kind === 'line' || kind === 'prose' ? tidyText(value, kind) : value;
  }
  if (Array.isArray(value)) {
    const element = elementOf(schema);
    return element ? value.map((item: unknown) => tidied(element, item)) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
      const field = fieldOf(schema, key);
      if (!field) return [[key, item]];
      if (item === null) return [];
      const tidy = tidied(field, item);
      return tidy === '' && mayBeBlank(bare(field)) ? [] : [[key, tidy]];
    }),
  );
}

/** No accepted body is nested deeper. What lies below is refused together with what holds it. */
const MAX_DEPTH = 16;

/** Returns what is wrong with the texts of a tidied body, including the names of its fields. */
export function textErrors(schema: Schema, value: unknown): FieldError[] {
  return [...faults(schema, value, [])];
}

function* faults(schema: Schema | null, value: unknown, path: readonly string[]): Generator<FieldError> {
  if (typeof value === 'string') {
    const hint = faultOf(schema, value);
    if (hint !== null) yield { field: path.join('.'), hint };
    return;
  }
  if (typeof value !== 'object' || value === null || path.length === MAX_DEPTH) return;
  for (const [key, item] of Object.entries(value)) {
    const part = partOf(schema, value, key);
    // Answers quote the name of a field, and must be valid text themselves.
    const fault = brokenText(key) ?? (isFree(part) ? textFault(key, 'prose') : null);
    if (fault === null) yield* faults(part, item, [...path, key]);
    else yield { field: path.join('.') || WHOLE_REQUEST, hint: `The name of a field in it: ${fault}` };
  }
}

/** What is wrong with a tidied text of each kind. */
const FAULT_OF: Readonly<Record<FieldKind, (text: string) => string | null>> = {
  line: (text) => blankFault(text) ?? textFault(text, 'line'),
  prose: (text) => blankFault(text) ?? textFault(text, 'prose'),
  token: (text) => blankFault(text) ?? textFault(text, 'line'),
  key: (text) => blankFault(text) ?? textFault(text, 'prose'),
  free: (text) => textFault(text, 'prose'),
};

function blankFault(text: string): string | null {
  return isBlank(text) ? 'Must not be empty.' : null;
}

/**
 * Returns what is wrong with a text. One that no schema knows is refused by its name, or is a header that is not used.
 */
function faultOf(schema: Schema | null, value: string): string | null {
  return schema === null ? brokenText(value) : FAULT_OF[kindOf(bare(schema))](value);
}

function partOf(schema: Schema | null, value: object, key: string): Schema | null {
  if (schema === null) return null;
  const whole = bare(schema);
  if (whole instanceof z.ZodUnknown) return whole;
  return (Array.isArray(value) ? elementOf(whole) : fieldOf(whole, key)) ?? valueOf(whole);
}

/** Returns the schema of the values in a block of any fields; null for any other schema. */
function valueOf(block: Schema): Schema | null {
  return block instanceof z.ZodRecord ? block.valueType : null;
}

function isFree(schema: Schema | null): boolean {
  return schema !== null && kindOf(bare(schema)) === 'free';
}

/** Returns the schema without the wrappers that only say that the field may be absent. */
function bare(schema: Schema): Schema {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return bare(schema.unwrap());
  return schema;
}

function elementOf(schema: Schema): Schema | undefined {
  const list = bare(schema);
  return list instanceof z.ZodArray ? list.element : undefined;
}

function fieldOf(schema: Schema, key: string): Schema | undefined {
  const block = bare(schema);
  if (block instanceof z.ZodUnion)
    return block.options.map((option) => fieldOf(option, key)).find((field) => field !== undefined);
  if (!(block instanceof z.ZodObject)) return undefined;
  const shape: Record<string, Schema> = block.shape;
  return Object.hasOwn(shape, key) ? shape[key] : undefined;
}
