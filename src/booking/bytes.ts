import { labelToReadBy } from './charset-labels';
import { fromWindows1252 } from './windows-1252';

/**
 * Bytes of a text that somebody sent, read without altering any of it: what is not valid in its encoding is refused, and
 * the byte is named. Byte order marks decide before a declared charset does, as in the WHATWG Encoding standard.
 */
export type Decoded =
  | { text: string }
  | {
      /** What is wrong and what is right, as a sentence; quotes nothing of the text. */
      hint: string;
      /** The byte at fault, from 1; null where it is no byte. */
      byte: number | null;
      /** What it was read as, by the Encoding standard's name; null where that is no encoding that is known here. */
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

/** The text of bytes, by their mark, else by the declared charset, else as UTF-8. The mark is no part of the text. */
export function decodeText(bytes: Uint8Array, charset?: string): Decoded {
  const marked = MARKS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) {
    if (marked.label === null)
      return { hint: `This is ${marked.name}. ${SAVE_AS_UTF8}`, byte: 1, encoding: null };
    return decodeAs(marked.label, bytes);
  }
  return decodeAs(labelToReadBy(charset), bytes);
}

/** A JSON text without the byte order marks among its first blanks: joined files have several. Lines stay as they are. */
export function withoutMarks(json: string): string {
  return json.replace(/^[ \t\r\n\uFEFF]+/, (beginning) => beginning.replaceAll('\uFEFF', ''));
}

/** Why a text that is no JSON may be none: it holds the bytes 00 of UTF-16. Null where it does not. */
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

/** Null for a charset that nobody knows here, or that the standard has for no text. */
function decoderOf(label: string): InstanceType<typeof TextDecoder> | null {
  try {
    const decoder = new TextDecoder(label, { fatal: true });
    return decoder.encoding === 'x-user-defined' ? null : decoder;
  } catch {
    return null;
  }
}

/** A charset's name comes from outside: it is told when it looks like one. */
function charsetShown(label: string): string {
  return /^[\w.:+()-]{1,40}$/.test(label) ? `The charset ${label}` : 'The declared charset';
}

/** The byte at fault, and what to say of it. */
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

/** The byte is found by halving: whatever begins with a valid beginning is cut there. */
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

/** Where the first character that is not UTF-8 begins, from 0; the length where the last one is not whole. */
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
