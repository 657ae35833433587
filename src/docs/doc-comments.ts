/**
 * Returns what the doc comments of a source file's interface say, by field. A field without a comment shares the one
 * above it.
 */
export function docComments(source: string): Map<string, string> {
  const meanings = new Map<string, string>();
  for (const [, comment = '', fields = ''] of source.matchAll(COMMENTED)) {
    const text = comment.replace(/\s*\n\s*\*?\s*/g, ' ').trim();
    for (const [, field = ''] of fields.matchAll(/^ {2}(\w+)\??:/gm)) meanings.set(field, text);
  }
  return meanings;
}

/** A comment at an interface's depth, and the one-line fields below it. */
const COMMENTED = /^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n((?: {2}\w+\??: .*;\n)+)/gm;
