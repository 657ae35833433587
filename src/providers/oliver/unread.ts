/**
 * The places in the list of appointments with unreadable rows: spans of update times, which each reading reads again.
 * They stay few and narrow, because one odd row must not make every look read the whole list.
 */

/** A span of update times, in ms by the provider's clock. */
export interface Span {
  from: number;
  to: number;
}

/** A span this short, in ms, holds few rows: it is not halved, and spans that lie within it are joined. */
const NARROW_MS = 3_600_000;

/** How many spans are remembered at most. */
const MAX_SPANS = 8;

/**
 * Returns what is left to read again of a span that was just read: nothing if all of it could be read, else its halves.
 * Rows that cannot be told apart (`hasAlike`) stay in one span, because only together do they show that they are two.
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

/** Returns the parts of the spans before an update time. */
export function before(spans: readonly Span[], endMs: number): Span[] {
  return spans.flatMap(({ from, to }) => (from < endMs ? { from, to: Math.min(to, endMs) } : []));
}

/** Joins spans to at most eight, oldest first. They cover the same update times and maybe more. */
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
