import { format } from 'node:util';

/** One case of the kit, as `test` of jest declares it. */
export interface Case {
  name: string;
  run: () => Promise<void> | void;
}

type Run = Case['run'];

/** The cases that are collected now; null: they are declared to jest. */
let collecting: Case[] | null = null;

/** Declares a case, to jest or to whoever collects cases. */
export function test(name: string, run: Run): void {
  if (collecting) collecting.push({ name, run });
  else globalThis.test(name, async () => run());
}

/** Declares a case for each row. `$field` in the name is the row's field; `%s` and `%d` are the row's values. */
function each<T extends readonly [unknown, ...unknown[]]>(
  rows: readonly T[],
): (name: string, run: (...row: T) => ReturnType<Run>) => void;
function each<T>(rows: readonly T[]): (name: string, run: (row: T) => ReturnType<Run>) => void;
function each(rows: readonly unknown[]) {
  return (name: string, run: (...row: unknown[]) => ReturnType<Run>): void => {
    for (const row of rows) {
      const values: unknown[] = Array.isArray(row) ? row : [row];
      test(titleOf(name, row, values), () => run(...values));
    }
  };
}
test.each = each;

function titleOf(name: string, row: unknown, values: readonly unknown[]): string {
  const fields = typeof row === 'object' && row !== null ? Object.entries(row) : [];
  const named = fields.reduce((so, [field, value]) => so.replaceAll(`$${field}`, String(value)), name);
  const places = named.match(/%[sd]/g)?.length ?? 0;
  return format(named, ...values.slice(0, places));
}

/** Returns the cases that `declare` declares, without declaring them to jest. */
export function casesOf(declare: () => void): Case[] {
  const cases: Case[] = [];
  collecting = cases;
  try {
    declare();
  } finally {
    collecting = null;
  }
  return cases;
}
