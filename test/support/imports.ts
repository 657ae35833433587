import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import ts from 'typescript';

/** Which file of the project imports which: values and types alike. */

const ROOT = resolve(__dirname, '../..');

export interface Import {
  readonly from: string;
  readonly to: string;
}

/** The TypeScript files below these folders, tracked and new ones, by their paths from the project's root. */
export function sourcesIn(...folders: readonly string[]): string[] {
  const options = ['--cached', '--others', '--exclude-standard', '--deduplicate'];
  const listed = (...more: string[]): string[] =>
    execFileSync('git', ['ls-files', ...more, '--', ...folders], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  const deleted = new Set(listed('--deleted'));
  return listed(...options).filter((file) => file.endsWith('.ts') && !deleted.has(file));
}

/** The imports among these files, each pair once. */
export function importsAmong(files: readonly string[]): Import[] {
  const known = new Set(files);
  return files.flatMap((from) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(resolve(ROOT, from), 'utf8'), true, true);
    const targets = importedFiles.flatMap(({ fileName }) => fileOf(from, fileName, known) ?? []);
    return [...new Set(targets)].map((to) => ({ from, to }));
  });
}

function fileOf(from: string, specifier: string, known: ReadonlySet<string>): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(from), specifier);
  return [`${path}.ts`, `${path}/index.ts`].find((file) => known.has(file));
}

/**
 * The imports that close circles, and what lies between circles. A file that imports none of the rest, or that none of
 * the rest imports, is in no circle: such files are put aside until there are no more of them.
 */
export function inCircles(imports: readonly Import[]): readonly Import[] {
  const importing = new Set(imports.map(({ from }) => from));
  const imported = new Set(imports.map(({ to }) => to));
  const left = imports.filter(({ from, to }) => imported.has(from) && importing.has(to));
  return left.length === imports.length ? left : inCircles(left);
}
