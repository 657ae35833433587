import { TextDecoder } from 'node:util';
import { labelToReadBy } from '../booking/charset-labels';
import { fromWindows1252 } from '../booking/windows-1252';

/**
 * From the bytes of an answer to its text, by its declared charset. Text is read as it was meant or not at all: a character
 * that was replaced would make one name, or one id, into another.
 */

/** The text of a body, or why there is none. The reason quotes nothing. */
export type Decoded = { text: string } | { illegible: string };

/**
 * Decodes as the Encoding standard does: a byte order mark decides, else the charset of the content type, else UTF-8; but
 * what is declared as ASCII is read as UTF-8. The mark is no part of the text.
 */
export function decode(bytes: Uint8Array, contentType: string | null): Decoded {
  const charset = markedCharset(bytes) ?? labelToReadBy(declaredCharset(contentType));
  const decoder = decoderOf(charset);
  if (!decoder) return { illegible: 'a body in a charset that is not known here' };
  if (decoder.encoding === 'windows-1252')
    return { text: fromWindows1252(Buffer.from(bytes).toString('latin1')) };
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    return { illegible: `a body that is not valid ${decoder.encoding}` };
  }
}

/** Byte order marks (Encoding standard, "BOM sniff"). */
const MARKS: readonly (readonly [charset: string, ...bytes: number[]])[] = [
  ['utf-8', 0xef, 0xbb, 0xbf],
  ['utf-16be', 0xfe, 0xff],
  ['utf-16le', 0xff, 0xfe],
];

function markedCharset(bytes: Uint8Array): string | undefined {
  return MARKS.find(([, ...mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0];
}

/** A parameter of a content type, its value quoted or not. */
const PARAMETER = /;\s*([^=;\s]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;

/** The first charset that a content type names. Of several content types that were joined, the first one's. */
function declaredCharset(contentType: string | null): string | undefined {
  for (const [, name, quoted, plain] of (contentType ?? '').matchAll(PARAMETER)) {
    if (name?.toLowerCase() !== 'charset') continue;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain?.split(',')[0];
    const label = value?.trim().replace(/^'(.*)'$/, '$1');
    if (label) return label;
  }
  return undefined;
}

/** Undefined for a label that the Encoding standard, or this build of Node, does not know. */
function decoderOf(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    return undefined;
  }
}
