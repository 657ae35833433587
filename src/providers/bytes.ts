import { decodeText } from '../booking/bytes';
import { charsetOf } from '../booking/content-type';

/** The text of a body, or why it cannot be read. The reason quotes nothing. */
export type Decoded = { text: string } | { illegible: string };

/**
 * Decodes the text of an answer by its byte order mark or declared charset, exactly or not at all: a replaced character
 * would turn one name or id into another. The reason names no bytes, because the vendor is not told.
 */
export function decode(bytes: Uint8Array, contentType: string | null): Decoded {
  const decoded = decodeText(bytes, charsetOf(contentType));
  if ('text' in decoded) return decoded;
  const { encoding } = decoded;
  return {
    illegible:
      encoding === null
        ? 'a body in a charset that is not known here'
        : `a body that is not valid ${encoding}`,
  };
}
