/** Returns a Markdown table as prettier writes it, with every cell padded to its column. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, column) =>
    Math.max(3, name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const UNITS = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** Returns a duration in the largest unit that divides it: `15 min`, `3 days`; `none` for 0. */
export function duration(ms: number): string {
  if (ms === 0) return 'none';
  const [unit, unitMs] = UNITS.find(([, size]) => ms % size === 0) ?? (['ms', 1] as const);
  const count = ms / unitMs;
  return `${count} ${unit === 'day' && count !== 1 ? 'days' : unit}`;
}
