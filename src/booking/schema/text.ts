import { z } from 'zod';
import type { TextKind } from '../characters';
import { lengthOf } from '../text';

/** The text of requests: how long it may be, and what kind it is (see characters.ts). */

/**
 * Three more kinds are taken as they are: a token is a line and a key is prose, which both come back to whoever gave them; what
 * is in a free-form block is passed on, blank or not.
 */
export type FieldKind = TextKind | 'token' | 'key' | 'free';

/** Zod hands a schema's entry on to what is made of it by `meta` or `describe`. */
const KINDS = z.registry<{ kind: FieldKind; mayBeBlank?: true }>();

/** The kind of a field's text; what nobody has marked is a line, and what may be anything is free. */
export function kindOf(schema: z.core.$ZodType): FieldKind {
  return KINDS.get(schema)?.kind ?? (schema instanceof z.ZodUnknown ? 'free' : 'line');
}

/**
 * Returns true when a text that says nothing is as good as none in this field. Anywhere else it is a mistake, and is
 * refused.
 */
export function mayBeBlank(schema: z.core.$ZodType): boolean {
  return KINDS.get(schema)?.mayBeBlank === true;
}

/** The same schema, for a field that is absent when its text is blank. */
export function blankIsAbsent(schema: z.ZodString): z.ZodString {
  KINDS.add(schema, { kind: kindOf(schema), mayBeBlank: true });
  return schema;
}

/** A line of at most so many characters, counted as vendors and JSON Schema do: by code points. */
export function text(max: number): z.ZodString {
  return atMost(z.string(), max);
}

/** Text that may have lines of its own, of at most so many characters. */
export function prose(max: number): z.ZodString {
  return marked(text(max), 'prose');
}

/** Prose that must say something. */
export function someProse(max: number): z.ZodString {
  return marked(someText(max), 'prose');
}

/** A sender's own token of at most so many characters. */
export function token(max: number): z.ZodString {
  return marked(text(max), 'token');
}

/** Another system's key of at most so many characters. */
export function key(max: number): z.ZodString {
  return marked(someText(max), 'key');
}

/** A line that must say something. */
export function someText(max: number): z.ZodString {
  return atMost(z.string().min(1), max);
}

function atMost(schema: z.ZodString, max: number): z.ZodString {
  const limited = schema.check((payload) => {
    if (lengthOf(payload.value) <= max) return;
    payload.issues.push({
      code: 'too_big',
      origin: 'string',
      maximum: max,
      inclusive: true,
      input: payload.value,
    });
  });
  return limited.meta({ maxLength: max });
}

function marked(schema: z.ZodString, kind: FieldKind): z.ZodString {
  KINDS.add(schema, { kind });
  return schema;
}
