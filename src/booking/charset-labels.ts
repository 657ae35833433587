/**
 * Labels that are read as UTF-8, in small letters: of UTF-8, of plain ASCII (IANA's aliases of US-ASCII), and the empty
 * one. The Encoding standard reads ASCII as Windows-1252, in which every byte is valid. But today a text that is
 * labelled ASCII and is not is UTF-8, or its sender's mistake.
 */
const AS_UTF8: ReadonlySet<string> = new Set([
  ...['', 'utf-8', 'utf8', 'csutf8'],
  ...['ascii', 'us-ascii', 'us', 'csascii', 'iso646-us', 'iso_646.irv:1991', 'iso-ir-6'],
  ...['ansi_x3.4-1968', 'ansi_x3.4-1986', 'ibm367', 'cp367'],
]);

/** Returns the label by which to decode text of a declared charset: `utf-8` for ASCII and when none is declared. */
export function labelToReadBy(charset: string | null | undefined): string {
  const label = (charset ?? '').trim().toLowerCase();
  return AS_UTF8.has(label) ? 'utf-8' : label;
}
