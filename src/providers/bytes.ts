import { decodeText } from '../booking/bytes';
import { charsetOf } from '../booking/content-type';

/** The text of a body, or why there is none. The reason quotes nothing. */
export type Decoded = { text: string } | { illegible: string };

/**
 * The text of an answer by its byte order mark or declared charset, as it was meant or not at all: a character that was
 * replaced would make one name, or one id, into another. The vendor is told nothing, so its bytes are not named.
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
