import { labelToReadBy } from './charset-labels';
import { fromWindows1252 } from './windows-1252';

/**
 * The result of decoding the bytes of a text that somebody sent. Nothing is altered: bytes that are invalid in their
 * encoding are refused, and the first one is named. A byte order mark overrides a declared charset, as in the WHATWG
 * Encoding standard.
 */
export type Decoded =
  | { text: string }
  | {
      /** What is wrong and what is right, as a sentence; quotes nothing of the text. */
      hint: string;
      /** The position of the byte at fault, from 1; null when no byte is at fault. */
      byte: number | null;
      /** The encoding that it was read in, by the Encoding standard's name; null when it is not known here. */
      encoding: string | null;
      isCharsetUnknown?: true;
    };

const SAVE_AS_UTF8 = 'Send it as UTF-8.';

/** Encodings by their marks; the longer mark comes first. */
const MARKS: readonly { mark: readonly number[]; label: string | null; name: string }[] = [
  { mark: [0xff, 0xfe, 0, 0], label: null, name: 'UTF-32' },
  { mark: [0, 0, 0xfe, 0xff], label: null, name: 'UTF-32' },
  { mark: [0xef, 0xbb, 0xbf], label: 'utf-8', name: 'UTF-8' },
  { mark: [0xff, 0xfe], label: 'utf-16le', name: 'UTF-16' },
  { mark: [0xfe, 0xff], label: 'utf-16be', name: 'UTF-16' },
];

/** Decodes bytes by their mark, else by the declared charset, else as UTF-8. The mark does not belong to the text. */
export function decodeText(bytes: Uint8Array, charset?: string): Decoded {
  const marked = MARKS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) {
    if (marked.label === null)
      return { hint: `This is ${marked.name}. ${SAVE_AS_UTF8}`, byte: 1, encoding: null };
    return decodeAs(marked.label, bytes);
  }
  return decodeAs(labelToReadBy(charset), bytes);
}

/**
 * Returns a JSON text without byte order marks among its first blanks: joined files have several. Lines stay as they
 * are.
 */
export function withoutMarks(json: string): string {
  return json.replace(/^[ \t\r\n\uFEFF]+/, (beginning) => beginning.replaceAll('\uFEFF', ''));
}

/** Returns a hint when a text that is not JSON holds a byte 00, as UTF-16 does; else null. */
export function hintOfNul(text: string): string | null {
  const at = text.indexOf('\0');
  return at === -1 ? null : nulHint(new TextEncoder().encode(text.slice(0, at)).byteLength);
}

function decodeAs(label: string, bytes: Uint8Array): Decoded {
  const decoder = decoderOf(label);
  if (!decoder)
    return {
      hint: `${charsetShown(label)} is not supported. ${SAVE_AS_UTF8}`,
      byte: null,
      encoding: null,
      isCharsetUnknown: true,
    };
  try {
    const text = decoder.decode(bytes);
    return { text: decoder.encoding === 'windows-1252' ? fromWindows1252(text) : text };
  } catch {
    const { encoding } = decoder;
    return { ...(encoding === 'utf-8' ? noUtf8(bytes) : noneOf(encoding, bytes)), encoding };
  }
}

/** Returns the decoder of a charset, or null when the charset is unknown or stands for no text. */
function decoderOf(label: string): InstanceType<typeof TextDecoder> | null {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    return decoder.encoding === 'x-user-defined' ? null : decoder;
  } catch {
    return null;
  }
}

/** Returns the words for a charset. Its name comes from outside, so it is quoted only if it looks like a name. */
function charsetShown(label: string): string {
  return /^[\w.:+()-]{1,40}$/.test(label) ? `The charset ${label}` : 'The declared charset';
}

/** The byte at fault, and the hint about it. */
interface Fault {
  hint: string;
  byte: number;
}

function noUtf8(bytes: Uint8Array): Fault {
  const nul = bytes.indexOf(0);
  if (nul !== -1) return { hint: nulHint(nul), byte: nul + 1 };
  const at = firstInvalid(bytes);
  if (at >= bytes.length) {
    return { hint: `Ends in the middle of a character of UTF-8. ${SAVE_AS_UTF8}`, byte: bytes.length };
  }
  const shown = (bytes[at] ?? 0).toString(16).toUpperCase();
  return {
    hint: `Byte ${at + 1} is ${shown}, which is not UTF-8 there: this looks like another encoding, such as Windows-1252. ${SAVE_AS_UTF8}`,
    byte: at + 1,
  };
}

function nulHint(at: number): string {
  return `Byte ${at + 1} is 00: this looks like UTF-16 without its mark. ${SAVE_AS_UTF8}`;
}

/** Finds the first invalid byte by a binary search over the length of the valid beginning. */
function noneOf(encoding: string, bytes: Uint8Array): Fault {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isValidBeginning(encoding, bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return {
    hint: `Byte ${bad} is not valid in ${encoding}, which this is declared to be. ${SAVE_AS_UTF8}`,
    byte: bad,
  };
}

function isValidBeginning(encoding: string, bytes: Uint8Array): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Lead bytes of UTF-8, and what may follow first; every further byte is 80 to BF (Unicode, table 3-7). */
const LEADS: readonly { from: number; to: number; more: number; low: number; high: number }[] = [
  { from: 0x00, to: 0x7f, more: 0, low: 0, high: 0 },
  { from: 0xc2, to: 0xdf, more: 1, low: 0x80, high: 0xbf },
  { from: 0xe0, to: 0xe0, more: 2, low: 0xa0, high: 0xbf },
  { from: 0xe1, to: 0xec, more: 2, low: 0x80, high: 0xbf },
  { from: 0xed, to: 0xed, more: 2, low: 0x80, high: 0x9f },
  { from: 0xee, to: 0xef, more: 2, low: 0x80, high: 0xbf },
  { from: 0xf0, to: 0xf0, more: 3, low: 0x90, high: 0xbf },
  { from: 0xf1, to: 0xf3, more: 3, low: 0x80, high: 0xbf },
  { from: 0xf4, to: 0xf4, more: 3, low: 0x80, high: 0x8f },
];

/** Returns where the first character begins that is not UTF-8, from 0; the length when the last one is incomplete. */
function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    const lead = LEADS.find(({ from, to }) => byte >= from && byte <= to);
    if (!lead) return at;
    for (let n = 1; n <= lead.more; n++) {
      const next = bytes[at + n];
      if (next === undefined) return bytes.length;
      const [low, high] = n === 1 ? [lead.low, lead.high] : [0x80, 0xbf];
      if (next < low || next > high) return at;
    }
    at += lead.more + 1;
  }
  return at;
}
