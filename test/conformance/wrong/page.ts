import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Returns what is wrong with those that docs/adding-a-provider.md does not list in a row with their case. */
export function unlisted(wrong: readonly { what: string; case: string }[]): string[] {
  const page = readFileSync(resolve(__dirname, '../../../docs/adding-a-provider.md'), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const isListed = (one: { what: string; case: string }): boolean =>
    rows.some(([, what, name]) => what === one.what && name === one.case);
  return wrong.filter((one) => !isListed(one)).map(({ what }) => what);
}
