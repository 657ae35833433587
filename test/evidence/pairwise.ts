/** One value of each parameter. */
export type Row<Name extends string> = Readonly<Record<Name, string>>;

/**
 * Rows out of `all` that together hold every pair of two parameters' values which any row holds: most faults need two
 * things at once to show, and the full product takes hours. Greedy and deterministic: the row with the most new pairs
 * comes first; of equals the one whose pairs have been seen least, so that no value fills all the rows where any would do.
 */
export function pairwise<R extends Row<string>>(all: readonly R[]): R[] {
  const rows = all.map((row) => ({ row, pairs: pairsOf(row) }));
  const seen = new Map(rows.flatMap(({ pairs }) => pairs.map((pair) => [pair, 0])));
  const timesOf = (pair: string) => seen.get(pair) ?? 0;
  const chosen: R[] = [];
  for (;;) {
    const worth = rows.map(({ row, pairs }) => ({
      row,
      pairs,
      gain: pairs.filter((pair) => timesOf(pair) === 0).length,
      worn: pairs.reduce((sum, pair) => sum + timesOf(pair), 0),
    }));
    const [first, ...others] = worth;
    if (!first) return chosen;
    const best = others.reduce((one, other) => (isBetter(other, one) ? other : one), first);
    if (best.gain === 0) return chosen;
    chosen.push(best.row);
    for (const pair of best.pairs) seen.set(pair, timesOf(pair) + 1);
  }
}

interface Worth {
  gain: number;
  worn: number;
}

function isBetter(one: Worth, than: Worth): boolean {
  return one.gain > than.gain || (one.gain === than.gain && one.worn < than.worn);
}

/** Its pairs, each as a text that no other pair has. */
export function pairsOf(row: Row<string>): string[] {
  const cells = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  return cells.flatMap((one, at) => cells.slice(at + 1).map((other) => JSON.stringify([one, other])));
}
