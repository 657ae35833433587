/** One thing that is wrong with a request. */
export interface FieldError {
  /** The field, dotted, with list positions from 0: `windows.0.from`. `request` stands for the whole. */
  field: string;
  /** What was wrong and what is right, as a sentence. Never quotes the value. */
  hint: string;
}

/** The field of an error of the request as a whole. */
export const WHOLE_REQUEST = 'request';

/** Returns the value at a dotted path of parsed JSON; undefined when the path leads nowhere. */
export function valueAt(input: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, input);
}

/**
 * Returns only those of `more` whose field, or a part or the whole of it, has no error yet: each mistake is told once.
 */
export function withoutEchoes(known: readonly FieldError[], more: readonly FieldError[]): FieldError[] {
  const fields = known.map((error) => error.field);
  const isPartOf = (part: string, whole: string): boolean => part === whole || part.startsWith(`${whole}.`);
  return more.filter(
    ({ field }) => !fields.some((other) => isPartOf(field, other) || isPartOf(other, field)),
  );
}
