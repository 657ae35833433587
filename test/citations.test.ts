import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VENDOR_NAMES } from '../src/booking/vendors';
import type { RefusalRow } from '../src/providers/answer';
import { anchorsOf } from './support/anchors';

/**
 * Where the code says that it knows something from a provider's documents, it cites docs/providers.md, and what it
 * cites is there: headings, the contracts' paths and schemas, the seed pages and the vendor's pages.
 */

const ROOT = resolve(__dirname, '..');
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const PAGE = textOf('docs/providers.md');

/** Every source file but this one, whole and its comments alone, lines of a comment joined. */
const SOURCES = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.js'],
  {
    cwd: ROOT,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file !== '' && file !== 'test/citations.test.ts' && existsSync(join(ROOT, file)))
  .map((file) => {
    const text = textOf(file).replace(/\n\s*(?:\*(?!\/)|\/\/)\s?/g, ' ');
    return { file, text, comments: (text.match(/\/\*[\s\S]*?\*\/|\/\/.*$/gm) ?? []).join('\n') };
  });

interface Citation {
  file: string;
  name: string;
}

/** What a pattern's first group finds, with the file that it stands in. */
function cited(pattern: RegExp, where: 'text' | 'comments' = 'text'): Citation[] {
  return SOURCES.flatMap((source) =>
    [...source[where].matchAll(pattern)].map(([, name = '']) => ({ file: source.file, name })),
  );
}

/** Names in backticks below a heading of the page, up to the next heading. */
function namesUnder(heading: string): string[] {
  const section = PAGE.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** The citations that a file makes of things that the page does not name. */
function lost(found: Citation[], known: readonly string[]): string[] {
  return found.filter(({ name }) => !known.includes(name)).map(({ file, name }) => `${file}: ${name}`);
}

/** Single names out of citations like `(contract: A and B, which …)`. */
function namesIn(found: Citation[]): Citation[] {
  return found.flatMap(({ file, name }) =>
    [...(name.split(', which')[0] ?? '').matchAll(/\b(?:paths|webhooks|[A-Z]\w+)\b/g)].map(([one]) => ({
      file,
      name: one,
    })),
  );
}

test('every citation of provider facts leads to a heading of the page', () => {
  const citations = cited(/((?:\w+\/)*\bproviders\.md[#\w-]*)/g);
  const anchors = ['', ...anchorsOf(PAGE).map((anchor) => `#${anchor}`)];
  expect(citations.length).toBeGreaterThan(40);
  expect(
    lost(
      citations,
      anchors.map((anchor) => `docs/providers.md${anchor}`),
    ),
  ).toEqual([]);
});

test('every schema that a comment calls the contract’s is named on the page', () => {
  const found = cited(/\bcontract['’]s ([A-Z]\w+)/g, 'comments');
  expect(found.length).toBeGreaterThan(1);
  expect(lost(found, namesUnder('The contracts'))).toEqual([]);
});

test('every page that a comment names is in the repository, and the heading in the page', () => {
  const pages = cited(/((?:\w+\/)*[\w-]+\.md(?:#[\w-]+)?)/g, 'comments');
  expect(pages.length).toBeGreaterThan(40);
  expect(pages.filter(({ name }) => !leadsSomewhere(name))).toEqual([]);
});

function leadsSomewhere(citation: string): boolean {
  const [page = '', anchor] = citation.split('#');
  if (!existsSync(join(ROOT, page))) return false;
  return anchor === undefined || anchorsOf(textOf(page)).includes(anchor);
}

describe.each<[name: string, citations: RegExp, marks: RegExp, heading: string]>([
  ['contract', /\(contract: ([^)]+)\)/g, /\[contract: ([^\]]+)\]/g, 'The contracts'],
  ['seed page', /\(seed: ([^);]+)/g, /\[seed: ([^\]…]+)\]/g, 'The seed pages'],
  ['vendor’s page', /\(doc: ([^)]+)\)/g, /\[doc: ([^\]…]+)\]/g, "The vendor's pages"],
  ['vendor’s source file', /\(code: ([^)]+)\)/g, /\[code: ([^\]…]+)\]/g, "The vendor's source"],
])('every %s', (name, citations, marks, heading) => {
  const known = namesUnder(heading);
  const whole = name === 'contract' ? namesIn : (found: Citation[]) => found;

  test('that a comment cites is named on the page', () => {
    const found = whole(cited(citations, 'comments'));
    expect(found.length).toBeGreaterThan(0);
    expect(lost(found, known)).toEqual([]);
  });

  test('that the page itself cites is named at its end', () => {
    const found = [...PAGE.matchAll(marks)].map(([, one = '']) => ({ file: 'docs/providers.md', name: one }));
    expect(found.length).toBeGreaterThan(3);
    expect(lost(whole(found), known)).toEqual([]);
  });
});

test.each(VENDOR_NAMES)(
  'every refusal that the adapter of %s tells apart has its row on the page',
  (vendor) => {
    const cells = [...PAGE.matchAll(/^\| (.+?) +\|/gm)].map(([, cell = '']) => cell);
    // Every adapter has its table of refusals there (docs/adding-a-provider.md#errors).
    const { ERROR_ROWS: rows } = jest.requireActual<{ ERROR_ROWS: readonly RefusalRow[] }>(
      `../src/providers/${vendor}/errors`,
    );
    const sources = rows.map(({ source }) => source);
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => !cells.includes(source))).toEqual([]);
  },
);

const CONTRACTS = resolve(ROOT, '../shared/contracts');
const withContracts = existsSync(CONTRACTS) ? test : test.skip;
if (!existsSync(CONTRACTS))
  process.stdout.write('note: the contracts are not beside the project; their names are not looked up\n');

withContracts('every schema that the page names is in the contract', () => {
  const [junction = '', oliver = ''] = (PAGE.split('### The contracts')[1] ?? '').split("Oliver's is from");
  for (const [vendor, section] of Object.entries({ junction, oliver }))
    expect(namesLackingIn(join(CONTRACTS, `${vendor}.openapi.json`), section)).toEqual([]);
});

test('every schema that the page names of Cal.com is in the contract that we wrote', () => {
  const section = PAGE.split("Cal.com's is `contracts/")[1] ?? '';
  expect(namesLackingIn(join(ROOT, 'contracts/calcom.openapi.json'), section)).toEqual([]);
});

/** The names that a section cites, of which the contract has no schema. */
function namesLackingIn(file: string, section: string): string[] {
  const contract = readFileSync(file, 'utf8');
  const cites = /Cited: ([\s\S]*?)\n\n/.exec(section)?.[1] ?? '';
  const names = [...cites.matchAll(/`([A-Z]\w+)`/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(8);
  return names.filter((name) => !new RegExp(`"(?:\\w+__)?${name}": ?\\{`).test(contract));
}
