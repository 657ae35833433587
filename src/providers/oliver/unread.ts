/**
 * Where in the list of appointments there are rows that could not be read: spans of update times, which a reading reads
 * again. They stay few, and as narrow as can be, for one odd row must not cost every look the whole list.
 */

/** Update times from one to another, in ms by the provider's clock. */
export interface Span {
  from: number;
  to: number;
}

/** What is so short holds few rows: it is not halved, and spans within it are one, in ms. */
const NARROW_MS = 3_600_000;

/** Spans that are remembered at most. */
const MAX_SPANS = 8;

/**
 * What is left to read again of a span that was read again: nothing where all of it could be read, else its halves.
 * Rows that nothing tells apart (`hasAlike`) stay in one span, for only together do they show that they are two.
 */
export function leftOf(span: Span, { isWhole, hasAlike }: { isWhole: boolean; hasAlike: boolean }): Span[] {
  if (isWhole) return [];
  if (hasAlike || span.to - span.from <= NARROW_MS) return [span];
  const middle = Math.floor((span.from + span.to) / 2);
  return [
    { from: span.from, to: middle },
    { from: middle, to: span.to },
  ];
}

/** What of the spans is before an update time. */
export function before(spans: readonly Span[], endMs: number): Span[] {
  return spans.flatMap(({ from, to }) => (from < endMs ? { from, to: Math.min(to, endMs) } : []));
}

/** The same update times and maybe more in at most eight spans, oldest first. */
export function joined(spans: readonly Span[]): Span[] {
  const few = spans.toSorted((one, other) => one.from - other.from);
  for (;;) {
    const pairs = few.slice(1).map((next, index) => ({ index, pair: union(few[index] ?? next, next) }));
    const closest = pairs.toSorted((one, other) => lengthOf(one.pair) - lengthOf(other.pair))[0];
    if (!closest || (few.length <= MAX_SPANS && lengthOf(closest.pair) > NARROW_MS)) return few;
    few.splice(closest.index, 2, closest.pair);
  }
}

function union(one: Span, other: Span): Span {
  return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) };
}

function lengthOf({ from, to }: Span): number {
  return to - from;
}
