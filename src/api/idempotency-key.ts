import { z } from 'zod';

/**
 * The Idempotency-Key header. The IETF's draft has it as a quoted string (RFC 8941, sf-string), but most callers send
 * it bare, so `"abc"` and `abc` are the same key. Parameters after a quoted string (`"abc";p=1`) are ignored, as RFC
 * 8941 has it.
 */

/** A key, and how an earlier build read it, by which a start that it made is found. */
export interface IdempotencyKey {
  key: string;
  /** The header as it came, if that is another text. */
  formerKey?: string;
}

const BARE = /^[\x21-\x7e]{1,255}$/;
const STRING = String.raw`"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"`;
/** A number, a string, a token, bytes or a boolean (RFC 8941, 3.3). */
const ITEM = String.raw`(?:-?\d+(?:\.\d+)?|${STRING}|[A-Za-z*][\w!#$%&'*+.^|~:/\x60-]*|:[A-Za-z\d+/=]*:|\?[01])`;
const QUOTED = new RegExp(`^(${STRING})(?:; *[a-z*][a-z0-9_.*-]*(?:=${ITEM})?)*$`);

const BARE_HINT = 'Must be 1 to 255 printable ASCII characters without spaces.';
const QUOTED_HINT =
  'Begins with a quote, so it must end with one and hold 1 to 255 printable ASCII characters, with \\" for a quote and \\\\ for a backslash.';

/** Reads the header. Refuses any other form. */
export const idempotencyKeySchema = z
  .string()
  .meta({
    description:
      'Makes the start repeatable: the same key and request give the same booking. `"abc"` and `abc` are the same key.',
  })
  .transform((header, context): IdempotencyKey => {
    const key = unquoted(header);
    if (key !== null) return key === header ? { key } : { key, formerKey: header };
    context.addIssue(header.startsWith('"') ? QUOTED_HINT : BARE_HINT);
    return z.NEVER;
  });

function unquoted(header: string): string | null {
  if (!header.startsWith('"')) return BARE.test(header) ? header : null;
  const key = QUOTED.exec(header)?.[1]
    ?.slice(1, -1)
    .replace(/\\(["\\])/g, '$1');
  return key !== undefined && key.length >= 1 && key.length <= 255 ? key : null;
}
