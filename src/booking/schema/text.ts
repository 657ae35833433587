import { z } from 'zod';
import type { TextKind } from '../characters';
import { lengthOf } from '../text';

/** The text of requests: how long it may be, and what kind it is (see characters.ts). */

/**
 * The kinds of text in requests. Texts of the three further kinds are not tidied. A token is checked as a line and a
 * key as prose, and both go back to whoever gave them. Text in a free-form block is passed on, blank or not.
 */
export type FieldKind = TextKind | 'token' | 'key' | 'free';

/** Zod copies a schema's entry here to schemas that `meta` or `describe` make of it. */
const KINDS = z.registry<{ kind: FieldKind; mayBeBlank?: true }>();

/** Returns the kind of a field's text. An unmarked field is a line, and a field that may be anything is free. */
export function kindOf(schema: z.core.$ZodType): FieldKind {
  return KINDS.get(schema)?.kind ?? (schema instanceof z.ZodUnknown ? 'free' : 'line');
}

/**
 * Returns true when a blank text counts as absent in this field. In any other field it is refused.
 */
export function mayBeBlank(schema: z.core.$ZodType): boolean {
  return KINDS.get(schema)?.mayBeBlank === true;
}

/** Marks a schema so that its field counts as absent when its text is blank. */
export function blankIsAbsent(schema: z.ZodString): z.ZodString {
  KINDS.add(schema, { kind: kindOf(schema), mayBeBlank: true });
  return schema;
}

/** A line of at most `max` characters. They are code points, as vendors and JSON Schema count them. */
export function text(max: number): z.ZodString {
  return atMost(z.string(), max);
}

/** Text of at most `max` characters that may have several lines. */
export function prose(max: number): z.ZodString {
  return marked(text(max), 'prose');
}

/** Prose that must not be empty. */
export function someProse(max: number): z.ZodString {
  return marked(someText(max), 'prose');
}

/** A sender's own token of at most `max` characters. */
export function token(max: number): z.ZodString {
  return marked(text(max), 'token');
}

/** Another system's key of at most `max` characters. */
export function key(max: number): z.ZodString {
  return marked(someText(max), 'key');
}

/** A line that must not be empty. */
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
