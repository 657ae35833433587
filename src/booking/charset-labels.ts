/**
 * Labels of UTF-8, of plain ASCII (IANA's aliases of US-ASCII), and of nothing, in small letters. The Encoding standard reads
 * ASCII as Windows-1252, in which every byte is valid; but what is called ASCII and is not is UTF-8 by now, or its sender's
 * mistake.
 */
const AS_UTF8: ReadonlySet<string> = new Set([
  ...['', 'utf-8', 'utf8', 'csutf8'],
  ...['ascii', 'us-ascii', 'us', 'csascii', 'iso646-us', 'iso_646.irv:1991', 'iso-ir-6'],
  ...['ansi_x3.4-1968', 'ansi_x3.4-1986', 'ibm367', 'cp367'],
]);

/** The label by which text of a declared charset is decoded, in small letters: `utf-8` for ASCII and where none is declared. */
export function labelToReadBy(charset: string | null | undefined): string {
  const label = (charset ?? '').trim().toLowerCase();
  return AS_UTF8.has(label) ? 'utf-8' : label;
}
