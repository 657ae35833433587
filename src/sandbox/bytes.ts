/**
 * The encodings other than plain UTF-8 in which a sandbox can send a JSON text. Each is a quirk of answers
 * (`latin1Answers`) and, where a sandbox sends webhooks, a quirk of webhooks (`latin1Webhooks`):
 * - `bom`: UTF-8 after a byte order mark, which RFC 8259 forbids and Windows' own tools write;
 * - `latin1`: `charset=ISO-8859-1` and its bytes; characters that it lacks come as `\u` escapes;
 * - `windows1252`: the same with Windows' curly quotes and dashes as single bytes;
 * - `utf16`: `charset=utf-16`, little-endian after its byte order mark;
 * - `utf16be`: `charset=utf-16be`, without a byte order mark;
 * - `mislabelled`: `charset=utf-8`, but the bytes are Latin-1: an extra field, `served_by`, is not valid UTF-8;
 * - `unknownCharset`: plain UTF-8 under a charset name that does not exist.
 */
const FORMS = {
  bom: { charset: 'utf-8', encode: (text: string) => Buffer.from(`\ufeff${text}`) },
  latin1: { charset: 'ISO-8859-1', encode: latin1 },
  windows1252: { charset: 'windows-1252', encode: windows1252 },
  utf16: { charset: 'utf-16', encode: (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le') },
  utf16be: { charset: 'utf-16be', encode: (text: string) => Buffer.from(text, 'utf16le').swap16() },
  mislabelled: { charset: 'utf-8', encode: (text: string) => latin1(withUmlaut(text)) },
  unknownCharset: { charset: 'x-vendors-own', encode: (text: string) => Buffer.from(text) },
} as const;

type Form = keyof typeof FORMS;
// Object.keys is typed as string[]; the table has only these keys.
const NAMES = Object.keys(FORMS) as Form[];

export const ANSWER_BYTES = NAMES.map((form) => `${form}Answers` as const);
export const WEBHOOK_BYTES = NAMES.map((form) => `${form}Webhooks` as const);

/** The quirks; those that are on are true. */
type Switches = Readonly<Partial<Record<string, boolean>>>;

/** A JSON text as it is sent: its bytes and its `content-type`. */
export interface Sent {
  bytes: Buffer;
  contentType: string;
}

/** Returns a JSON text in the encoding of the first quirk that is on; null when it goes out as plain UTF-8. */
export function oddBytes(text: string, what: 'Answers' | 'Webhooks', quirks: Switches): Sent | null {
  const form = NAMES.find((name) => quirks[`${name}${what}`]);
  if (form === undefined) return null;
  const { charset, encode } = FORMS[form];
  return { bytes: encode(text), contentType: `application/json; charset=${charset}` };
}

function latin1(text: string): Buffer {
  return Buffer.from(text.replace(/[^\0-\xff]/g, escaped), 'latin1');
}

/** The characters of the bytes 80 to 9F; five of these bytes have no character. */
const WINDOWS_ONLY = '€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ';

function windows1252(text: string): Buffer {
  const single = (unit: string): string => {
    const position = WINDOWS_ONLY.indexOf(unit);
    return position < 0 ? escaped(unit) : String.fromCharCode(0x80 + position);
  };
  return Buffer.from(text.replace(/[^\0-\x7f\xa0-\xff]/g, single), 'latin1');
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function withUmlaut(text: string): string {
  return text.replace(
    /\{(\s*\})?/,
    (_brace, end: string | undefined) => `{"served_by":"Zürich"${end ?? ','}`,
  );
}
