import { dirname } from 'node:path';
import { importsAmong, sourcesIn, type Import } from './imports';

/**
 * Rooms and arrows: how many files each folder has, and how many imports lead from folder to folder.
 * `npx tsx test/support/rooms.ts [folder…]`; without one, the folders of the program.
 */

const PROGRAM = ['src', 'workflows', 'activities'];

interface Room {
  folder: string;
  files: number;
  /** Imports between its own files. */
  within: number;
  /** Imports of files elsewhere, and from how many other rooms they are. */
  out: number;
  rooms: number;
  /** Imports of its files from elsewhere. */
  in: number;
}

function roomsOf(files: readonly string[], imports: readonly Import[]): Room[] {
  return [...new Set(files.map(dirname))].sort().map((folder) => {
    const out = imports.filter(({ from, to }) => dirname(from) === folder && dirname(to) !== folder);
    return {
      folder,
      files: files.filter((file) => dirname(file) === folder).length,
      within: imports.filter(({ from, to }) => dirname(from) === folder && dirname(to) === folder).length,
      out: out.length,
      rooms: new Set(out.map(({ to }) => dirname(to))).size,
      in: imports.filter(({ from, to }) => dirname(from) !== folder && dirname(to) === folder).length,
    };
  });
}

/** `a → b` for each pair of folders, with the number of its imports. */
function arrowsOf(imports: readonly Import[]): Map<string, number> {
  const arrows = new Map<string, number>();
  for (const { from, to } of imports) {
    if (dirname(from) === dirname(to)) continue;
    const arrow = `${dirname(from)} → ${dirname(to)}`;
    arrows.set(arrow, (arrows.get(arrow) ?? 0) + 1);
  }
  return arrows;
}

/** Pairs of folders that import each other, with the numbers of either way. */
function bothWays(arrows: ReadonlyMap<string, number>): string[] {
  return [...arrows].flatMap(([arrow, count]) => {
    const [from = '', to = ''] = arrow.split(' → ');
    const back = arrows.get(`${to} → ${from}`);
    return back !== undefined && from < to ? [`${from} ⇄ ${to} (${count} and ${back})`] : [];
  });
}

function printed(folders: readonly string[]): string {
  const files = sourcesIn(...folders);
  const imports = importsAmong(files);
  const rooms = roomsOf(files, imports);
  const arrows = arrowsOf(imports);
  const across = [...arrows.values()].reduce((sum, count) => sum + count, 0);
  const pairs = bothWays(arrows);
  return [
    '| room | files | imports within | out | to rooms | in |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rooms.map(
      (one) => `| ${one.folder} | ${one.files} | ${one.within} | ${one.out} | ${one.rooms} | ${one.in} |`,
    ),
    '',
    `${files.length} files in ${rooms.length} rooms; ${imports.length} imports, ${across} of them across, in ${arrows.size} arrows.`,
    `${pairs.length} pairs of rooms import each other:`,
    ...pairs.map((pair) => `- ${pair}`),
    '',
    ...[...arrows].sort().map(([arrow, count]) => `${arrow}: ${count}`),
    '',
  ].join('\n');
}

const named = process.argv.slice(2);
process.stdout.write(printed(named.length > 0 ? named : PROGRAM));
