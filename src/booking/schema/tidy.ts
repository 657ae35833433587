import { z } from 'zod';
import { brokenText, isBlank, textFault, tidyText } from '../characters';
import { type FieldError, WHOLE_REQUEST } from './field-error';
import { type FieldKind, kindOf, mayBeBlank } from './text';

/**
 * A body as its sender means it, before its form is checked: null is absent, blanks around a text are no part of it. Two
 * bodies that differ in these alone are one and the same. A text that says nothing is absent in the fields that are marked for
 * it, and refused in all others. Blocks that are passed on as they are stay as they are.
 */

type Schema = z.core.$ZodType;

/** The body by its schema, tidied. What has another form than the schema's is left as it is, to be refused. */
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

/** No body that is accepted goes deeper: what lies below is refused with what holds it. */
const MAX_DEPTH = 16;

/** What is wrong with the texts of a tidied body, the names of its fields among them. */
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
    // The name of a field is told in answers, which must be valid text themselves.
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

/** What no schema knows is refused by its name, or is a header that nobody asks for. */
function faultOf(schema: Schema | null, value: string): string | null {
  return schema === null ? brokenText(value) : FAULT_OF[kindOf(bare(schema))](value);
}

function partOf(schema: Schema | null, value: object, key: string): Schema | null {
  if (schema === null) return null;
  const whole = bare(schema);
  if (whole instanceof z.ZodUnknown) return whole;
  return (Array.isArray(value) ? elementOf(whole) : fieldOf(whole, key)) ?? valueOf(whole);
}

/** What is in a block of any fields; null for what is none. */
function valueOf(block: Schema): Schema | null {
  return block instanceof z.ZodRecord ? block.valueType : null;
}

function isFree(schema: Schema | null): boolean {
  return schema !== null && kindOf(bare(schema)) === 'free';
}

/** The schema without what only says that the field may be absent. */
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
