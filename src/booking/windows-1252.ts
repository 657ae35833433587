/**
 * Text in Windows-1252, which is also what the Encoding standard reads as ISO-8859-1, Latin-1 and ASCII. Some versions of Node 20 to
 * 24 have TextDecoder take it for Latin-1 proper, and so curly quotes and dashes for control characters.
 */

/** What the bytes 0x80 to 0x9F are, in order (Encoding standard, index-windows-1252). Five of them are control characters. */
const HIGH =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

const FIRST = 0x80;

/** The text that was written in Windows-1252, out of its bytes as code points of the same numbers (Latin-1). Total. */
export function fromWindows1252(latin1: string): string {
  return latin1.replace(/[\u0080-\u009F]/g, (byte) => HIGH[byte.charCodeAt(0) - FIRST] ?? byte);
}
