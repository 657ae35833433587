import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CAPABILITIES } from '../src/booking/capabilities';
import { CHOICES, FAILURES, type FailureCode, failureRow, UNDO_CHOICES } from '../src/booking/failures';
import { PROVIDERS, providerFacts, VENDOR_NAMES, vendorFacts } from '../src/booking/vendors';
import { importsAmong, inCircles, sourcesIn } from './support/imports';

/** Keeps the house tidy: what no single test owns and no linter sees. */

const ROOT = resolve(__dirname, '..');
const SOURCE = /^(?:src|workflows|activities)\/.*\.ts$/;
const THIS_FILE = 'test/house.test.ts';

/** The files of the project: tracked ones and new ones, without what is ignored or deleted. */
function files(): string[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return [...new Set(list.split('\n'))].filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

const FILES = files();
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** `file:line` of every line that matches, in the files that `among` accepts. */
function linesWith(pattern: RegExp, among: (file: string) => boolean): string[] {
  return FILES.filter((file) => file !== THIS_FILE && among(file)).flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
  );
}

test('there is something to look at', () => {
  expect(FILES.filter((file) => SOURCE.test(file)).length).toBeGreaterThan(20);
});

test('no source file is longer than 400 lines', () => {
  const long = FILES.filter((file) => SOURCE.test(file) && textOf(file).split('\n').length > 401);
  expect(long).toEqual([]);
});

describe('imports', () => {
  const arrow = ({ from, to }: { from: string; to: string }) => `${from} → ${to}`;

  test('make no circle between files, not of types alone either', () => {
    const imports = importsAmong(sourcesIn('src', 'workflows', 'activities'));
    expect(imports.length).toBeGreaterThan(1_000);
    expect(inCircles(imports).map(arrow)).toEqual([]);
  });

  test('a circle is found, whatever leads to it and away from it', () => {
    const imports = ['ab', 'bc', 'ca', 'xa', 'cy', 'yz'].map(([from = '', to = '']) => ({ from, to }));
    expect(inCircles(imports).map(arrow)).toEqual(['a → b', 'b → c', 'c → a']);
  });

  test('on top of workflows are entry points only', () => {
    const onTop = FILES.filter((file) => /^workflows\/[^/]+$/.test(file)).map((file) => file.slice(10, -3));
    const entries = [...textOf('workflows/index.ts').matchAll(/from '\.\/(\w+)'/g)].map(([, name]) => name);
    expect(onTop.filter((name) => !entries.includes(name)).sort()).toEqual(['index', 'messages']);
  });
});

const isCode = (file: string): boolean => /\.[jt]s$/.test(file);
const isSource = (file: string): boolean => SOURCE.test(file);

test.each<[name: string, pattern: RegExp, among: (file: string) => boolean]>([
  ['a silenced type checker', /@ts-(?:ignore|nocheck|expect-error)/, isCode],
  ['a silenced linter', /eslint-disable/, isCode],
  ['work left for later', /\b(?:TODO|FIXME|XXX|HACK)\b/, isCode],
  ['tests that run alone or are left for later', /\b(?:test|it|describe)\.(?:only|todo)\b/, isCode],
  ['console in library code', /\bconsole\.\w/, isSource],
])('nowhere: %s', (_name, pattern, among) => {
  expect(linesWith(pattern, among)).toEqual([]);
});

test.each<[name: string, pattern: RegExp]>([
  [
    'the host of a package registry',
    /registry\.(?:npmjs|yarnpkg)|npmjs\.org|pypi\.org|pythonhosted|"resolved":/,
  ],
  [
    'a path of the machine that it was written on',
    /(?:^|[\s'"`(=:])\/(?:work|root|Users)\/|(?:^|[\s'"`(=:])\/home\/(?!node\b)/,
  ],
  ['a key that looks real', /\b(?:pk_(?:us|eu)_[A-Za-z0-9]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY)/],
])('in no file: %s', (_name, pattern) => {
  expect(linesWith(pattern, () => true)).toEqual([]);
});

test('package.json has the commands of the design, and each points at something', () => {
  const { scripts, engines } = JSON.parse(textOf('package.json')) as {
    scripts: Record<string, string>;
    engines: Record<string, string>;
  };
  const wanted = [
    'start',
    'demo',
    'test',
    'lint',
    'build',
    'bench',
    'temporal',
    'worker',
    'api',
    'sandbox',
    'booking',
  ];
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...wanted, 'typecheck']));
  const entries = Object.values(scripts).flatMap(
    (script) => script.match(/(?:src|bench)\/[\w/-]+\.ts/g) ?? [],
  );
  expect(entries.filter((entry) => !existsSync(join(ROOT, entry)))).toEqual([]);
  expect(engines.node).toBe('>=20.3');
});

describe('the table of failures', () => {
  const codes = Object.keys(FAILURES) as FailureCode[];

  test.each(codes)('%s', (code) => {
    const { owner, status, text, choices } = failureRow(code);
    expect(code).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    // Who answers for it shows in the status: callers' faults are 4xx, a provider's load is 503.
    if (owner === 'request') expect(status).toBeLessThan(500);
    if (owner === 'provider') expect(status).toBe(503);
    for (const choice of choices ?? []) expect(Object.keys(CHOICES)).toContain(choice);
  });

  test('every text is its own, and every choice is offered somewhere and explained', () => {
    expect(new Set(codes.map((code) => failureRow(code).text)).size).toBe(codes.length);
    const offered = new Set([...UNDO_CHOICES, ...codes.flatMap((code) => failureRow(code).choices ?? [])]);
    const texts = Object.entries(CHOICES).filter(([, text]) => !/^[A-Z].*\.$/.test(text));
    expect(texts).toEqual([]);
    expect([...offered].filter((choice) => !(choice in CHOICES))).toEqual([]);
  });
});

test('every provider has its row of capabilities, and no other has', () => {
  expect(Object.keys(CAPABILITIES).sort()).toEqual([...PROVIDERS].sort());
});

describe('names of vendors and providers', () => {
  /** What else a vendor is called: in its headers, in its address. */
  const ALSO = ['vital', 'cal\\.com', 'calcom'];
  const NAMES = new RegExp(
    [...VENDOR_NAMES, ...VENDOR_NAMES.map((vendor) => vendorFacts(vendor).label), ...PROVIDERS, ...ALSO].join(
      '|',
    ),
    'i',
  );
  const OF_A_VENDOR = /^src\/(?:providers|sandbox)\/\w+\//;

  /** Where they stand outside the vendors' own folders, and why. */
  const ALLOWED: Readonly<Record<string, string>> = {
    'src/booking/vendors.ts': 'the registry, as data',
    'src/vendors.ts': 'the registry, with code',
    'src/booking/schema/post-box.ts': 'a junction is a kind of street',
    'src/demo/scenes/at-a-practice.ts': 'each scene is played at one provider',
    'src/demo/scenes/with-a-host.ts': 'each scene is played at one provider',
    'src/demo/scenes/other-ways.ts': 'each scene is played at one provider',
  };

  test('stand in the vendors’ folders, and elsewhere in few files only', () => {
    const lines = linesWith(NAMES, (file) => SOURCE.test(file) && !OF_A_VENDOR.test(file));
    const files = new Set(lines.map((line) => line.replace(/:\d+$/, '')));
    expect(lines.filter((line) => !(line.replace(/:\d+$/, '') in ALLOWED))).toEqual([]);
    expect(Object.keys(ALLOWED).filter((file) => !files.has(file))).toEqual([]);
  });

  test('each vendor of the registry has its folders, and what its example is called', () => {
    for (const vendor of VENDOR_NAMES) {
      for (const file of ['facts', 'accounts', 'vendor', 'index'])
        expect(FILES).toContain(`src/providers/${vendor}/${file}.ts`);
      expect(FILES).toContain(`src/sandbox/${vendor}/server.ts`);
      expect(FILES).toContain(`test/conformance/subjects/${vendor}.ts`);
    }
    for (const provider of PROVIDERS) {
      expect(FILES).toContain(`examples/${providerFacts(provider).example}`);
      expect(FILES).toContain(`test/conformance/${provider}.test.ts`);
    }
  });
});

describe('the parts of a booking’s state', () => {
  const owners = FILES.filter((file) => file.startsWith('workflows/')).flatMap((file) =>
    [...textOf(file).matchAll(/\bownerOf(?:<'(\w+)'|\()/g)].map(([, part]) => ({ file, part })),
  );

  test('each has one owner, a file of its own in workflows/saga/parts/, and only owners can change them', () => {
    const called = owners.filter(({ file }) => file !== 'workflows/saga/parts/own.ts');
    expect(called.length).toBeGreaterThan(0);
    expect(called.filter(({ file }) => !file.startsWith('workflows/saga/parts/'))).toEqual([]);
    expect(new Set(called.map(({ part }) => part)).size).toBe(called.length);
    expect(new Set(called.map(({ file }) => file)).size).toBe(called.length);
  });

  test('every part has one, and nothing else writes to a state', () => {
    const bag = /export interface BegunState \{(.*?)^\}/ms.exec(textOf('workflows/saga/state.ts'))?.[1] ?? '';
    const parts = [...bag.matchAll(/readonly (\w+): \w+Part;/g)].map(([, part]) => part);
    expect(parts.length).toBeGreaterThan(0);
    expect(owners.flatMap(({ part }) => part ?? []).sort()).toEqual(parts.sort());
    const writes = linesWith(/assign\([^)]*\bstate\b|\bstate\.\w+(?:\.\w+)? = /, (file) =>
      file.startsWith('workflows/'),
    );
    expect(writes).toEqual([expect.stringMatching(/^workflows\/saga\/parts\/own\.ts:/)]);
    const mailed = linesWith(/\binbox(?:\.\w+)* (?:\?\?)?= /, (file) => file.startsWith('workflows/'));
    expect(mailed).toEqual([expect.stringMatching(/^workflows\/saga\/mail\.ts:/)]);
  });

  test('no owner gives its way in away', () => {
    const given = linesWith(/export .*\b(?:ownerOf|change)\b/, (file) =>
      file.startsWith('workflows/saga/parts/'),
    );
    expect(given).toEqual([expect.stringMatching(/^workflows\/saga\/parts\/own\.ts:/)]);
  });
});
