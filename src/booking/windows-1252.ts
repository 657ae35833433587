/**
 * Text in Windows-1252. The Encoding standard reads ISO-8859-1, Latin-1 and ASCII as this too. In some versions of Node
 * 20 to 24 TextDecoder reads it as true Latin-1, which turns curly quotes and dashes into control characters.
 */

/**
 * The characters of the bytes 0x80 to 0x9F (Encoding standard, index-windows-1252). Five of them are control
 * characters.
 */
const HIGH =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

const FIRST = 0x80;

/** Returns the Windows-1252 text whose bytes were decoded as Latin-1. It never fails. */
export function fromWindows1252(latin1: string): string {
  return latin1.replace(/[\u0080-\u009F]/g, (byte) => HIGH[byte.charCodeAt(0) - FIRST] ?? byte);
}
