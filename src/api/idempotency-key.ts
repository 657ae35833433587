import { z } from 'zod';

/**
 * The Idempotency-Key header. The IETF's draft has it as a quoted string (RFC 8941, sf-string), most callers send it bare:
 * `"abc"` and `abc` are one key.
 */

/** A key, and what an earlier build took it for: a start that it made is found by that. */
export interface IdempotencyKey {
  key: string;
  /** The header as it came, where that is another text. */
  formerKey?: string;
}

const BARE = /^[\x21-\x7e]{1,255}$/;
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

const BARE_HINT = 'must be 1 to 255 printable ASCII characters without spaces';
const QUOTED_HINT =
  'begins with a quote, so it must end with one and hold 1 to 255 printable ASCII characters, with \\" for a quote and \\\\ for a backslash';

/** Reads the header. Refuses what is neither form. */
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
  const key = QUOTED.exec(header)?.[1]?.replace(/\\(["\\])/g, '$1');
  return key !== undefined && key.length >= 1 && key.length <= 255 ? key : null;
}
