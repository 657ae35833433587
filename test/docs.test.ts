import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FAILURES, type FailureCode, failureRow, UNDO_CHOICES } from '../src/booking/failures';
import { SETTINGS } from '../src/config';
import { DOCUMENTS, filled } from '../src/docs/blocks';
import { docComments } from '../src/docs/doc-comments';
import { duration, table } from '../src/docs/tables';
import { runCli } from './cli/world';
import { anchorsOf } from './support/anchors';

/** Holds the documents to the code: what they name exists, and what exists is named where it must be. */

const ROOT = resolve(__dirname, '..');
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const PAGES = [
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
  'examples/README.md',
];

/** Every page that is committed, or is about to be. */
const TRACKED_PAGES = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  {
    cwd: ROOT,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((page) => page !== '' && existsSync(join(ROOT, page)));

/** Each match's first group, with the page that it stands in. */
function named(pattern: RegExp): { page: string; name: string }[] {
  return PAGES.flatMap((page) =>
    [...textOf(page).matchAll(pattern)].map(([, name = '']) => ({ page, name })),
  );
}

const missing = (found: { page: string; name: string }[], exists: (name: string, page: string) => boolean) =>
  found.filter(({ page, name }) => !exists(name, page)).map(({ page, name }) => `${page}: ${name}`);

describe('the settings', () => {
  const inCode = new Set(SETTINGS);
  const section = /\n## Settings\n([\s\S]*?)\n## /.exec(textOf('docs/configuration.md'))?.[1] ?? '';
  const firstCells = [...section.matchAll(/^\| (.*?) \|/gm)].map(([, cell = '']) => cell).join('\n');
  const inTables = new Set(
    [...firstCells.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name).filter(isOurs),
  );

  test('every one that the code reads has its row in the tables of settings', () => {
    expect(inCode.size).toBeGreaterThan(20);
    expect([...inCode].filter((name) => !inTables.has(name))).toEqual([]);
  });

  test('every one in the tables is read by the code', () => {
    expect([...inTables].filter((name) => !inCode.has(name))).toEqual([]);
  });
});

/** Temporal's own settings are read by its SDK. */
function isOurs(name: string): boolean {
  return !name.startsWith('TEMPORAL_');
}

test('every npm script that is named exists', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const scriptNames = named(/npm (?:run (?:--silent )?)?(start\b|test\b|(?<=run |--silent )[a-z:]+)/g);
  expect(scriptNames.length).toBeGreaterThan(20);
  expect(missing(scriptNames, (name) => name in scripts)).toEqual([]);
});

test('every command of the command line that is named exists', async () => {
  const { out } = await runCli(['--help']);
  const commands = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, command]) => command);
  expect(commands).toContain('book');
  const used = named(/npm run (?:--silent )?booking -- ([a-z]+)/g);
  expect(used.length).toBeGreaterThan(20);
  expect(missing(used, (name) => commands.includes(name))).toEqual([]);
});

describe('links and paths', () => {
  const links = named(/\]\(([^)\s]+)\)/g).filter(({ name }) => !/^https?:/.test(name));

  test('every relative link leads to a file, and to a heading in it', () => {
    expect(links.length).toBeGreaterThan(15);
    expect(
      missing(links, (link, page) => {
        const [path = '', anchor] = link.split('#');
        const file = path === '' ? page : join(dirname(page), path);
        if (!existsSync(join(ROOT, file))) return false;
        return anchor === undefined || anchorsOf(textOf(file)).includes(anchor);
      }),
    ).toEqual([]);
  });

  test('every file of the tree that is named exists', () => {
    const paths = named(/`((?:src|workflows|activities|test|docs|examples|eslint-rules)\/[\w./-]*)`/g);
    expect(paths.length).toBeGreaterThan(40);
    // A vendor by this name is what the guide has its reader make.
    const isMade = (path: string): boolean => /\/acme\b/.test(path);
    expect(missing(paths, (path) => isMade(path) || existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('every test that is quoted is in its file', () => {
    const quotes = quotedTests(textOf('ARCHITECTURE.md'));
    expect(quotes.length).toBeGreaterThan(300);
    const lost = quotes.filter(({ file, title }) => !textOf(file).includes(title));
    expect(lost).toEqual([]);
  });
});

/** A test's file followed by titles of tests in it, over lines as they come. */
function quotedTests(page: string): { file: string; title: string }[] {
  const title = /"((?:\\.|[^"\\])+)"/;
  const quoted = new RegExp(`\`(test/[\\w./-]+\\.test\\.ts)\`((?:,?\\s+${title.source})+)`, 'g');
  return [...page.matchAll(quoted)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(new RegExp(title, 'g'))].map(([, one = '']) => ({
      file,
      title: one.replace(/\s+/g, ' '),
    })),
  );
}

describe('the runbook has a page for each reason of attention', () => {
  const runbook = new Map(
    textOf('docs/operations.md')
      .split(/^### /m)
      .map((page) => [/^`(\w+)`/.exec(page)?.[1] ?? '', page]),
  );
  // Keys of that very type.
  const reasons = (Object.keys(FAILURES) as FailureCode[]).filter((code) => failureRow(code).choices);

  test.each(reasons)('%s', (reason) => {
    const page = runbook.get(reason);
    expect(page).toBeDefined();
    for (const choice of failureRow(reason).choices ?? []) expect(page).toContain(`\`${choice}\``);
  });

  test('and says what the choices about an undo do', () => {
    for (const choice of [...UNDO_CHOICES, 'accept_fees'])
      expect(textOf('docs/operations.md')).toMatch(new RegExp(`^\\| \`${choice}\` `, 'm'));
  });
});

test('no line of a page is too wide to be read as source', () => {
  const wide = TRACKED_PAGES.flatMap((page) =>
    textOf(page)
      .split('\n')
      .flatMap((line, index) => (line.length > 200 ? [`${page}:${index + 1}`] : [])),
  );
  expect(TRACKED_PAGES).toEqual(expect.arrayContaining(PAGES));
  expect(wide).toEqual([]);
});

test('the README is short enough to be read', () => {
  expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(221);
});

test('pictures are small', () => {
  const pictures = readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.png'));
  expect(pictures).not.toEqual([]);
  for (const picture of pictures) expect(statSync(join(ROOT, 'docs', picture)).size).toBeLessThan(200_000);
});

test('every page of docs is in their index', () => {
  const index = textOf('docs/README.md');
  const pages = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  expect(pages.length).toBeGreaterThan(5);
  expect(pages.filter((page) => !index.includes(`(${page.replace('docs/', '')})`))).toEqual([]);
});

test('the picture of a booking names each step of the saga in its order, and what it undoes', () => {
  const rows = [...textOf('workflows/steps/index.ts').matchAll(/step: '(\w+)',.*undo: (\w+)/g)];
  const [, picture = ''] = /```mermaid\n(flowchart[^`]*)```/.exec(textOf('ARCHITECTURE.md')) ?? [];
  const steps = [...picture.matchAll(/\[(?:"|)(\w+)(?:: [^\]["]*)?( ?\[[^\]]+\])?/g)].map(
    ([, step, undo]) => [step, undo !== undefined],
  );
  const wanted = rows.map(([, step, undo]) => [step, undo !== 'null']);
  expect(wanted).toHaveLength(4);
  expect(steps.filter(([step]) => wanted.some(([name]) => name === step))).toEqual(wanted);
});

describe('the tables of the code', () => {
  test.each(DOCUMENTS)('%s has them as they are (npm run docs writes them)', (document) => {
    const text = textOf(document);
    expect(text).toContain('<!-- generated:');
    expect(text).toBe(filled(text, ROOT));
  });

  test('a block that nobody generates is refused', () => {
    expect(() => filled('<!-- generated:nothing -->\n<!-- end -->', ROOT)).toThrow(/nothing/);
  });

  test('comments are read by field, over lines, and shared by fields without their own', () => {
    const source =
      '  /**\n   * Long\n   * one.\n   */\n  a: string;\n  /** Two. */\n  b: number;\n  c?: null;\n';
    expect([...docComments(source)]).toEqual([
      ['a', 'Long one.'],
      ['b', 'Two.'],
      ['c', 'Two.'],
    ]);
  });

  test.each([
    [0, 'none'],
    [1_500, '1500 ms'],
    [15_000, '15 s'],
    [86_400_000, '1 day'],
    [259_200_000, '3 days'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test('a column is as wide as its widest cell', () => {
    expect(table(['a', 'b'], [['long', 'x']])).toBe('| a    | b   |\n| ---- | --- |\n| long | x   |');
  });
});
