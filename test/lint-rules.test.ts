import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * The house rules are held by lint: snippets that break them are refused. ESLint runs in a process of its own, as
 * it does in CI; each snippet takes the place of a file that exists, so that it is checked with types.
 */

const ROOT = resolve(__dirname, '..');

interface Snippet {
  name: string;
  /** The file whose place the snippet takes. */
  file: string;
  code: string;
  /** The rule that must refuse it; null when it must pass. */
  rule: string | null;
}

const ONE_WAY = 'house/one-way-imports';
const PACKAGES = '@typescript-eslint/no-restricted-imports';
const WORKFLOW = 'workflows/messages.ts';
const DOMAIN = 'src/booking/rank.ts';
const PURE = 'src/booking/ref.ts';
const ADAPTER = 'src/providers/provider.ts';

const SNIPPETS: Snippet[] = [
  {
    name: 'a floating promise',
    file: 'src/config.ts',
    code: `async function late(): Promise<void> { await Promise.resolve(); }\nexport function go(): void { late(); }`,
    rule: '@typescript-eslint/no-floating-promises',
  },
  {
    name: 'a promise where a boolean belongs',
    file: 'src/config.ts',
    code: `async function late(): Promise<boolean> { return Promise.resolve(true); }\nexport const x = (): number => { if (late()) return 1; return 2; };`,
    rule: '@typescript-eslint/no-misused-promises',
  },
  {
    name: 'any',
    file: 'src/config.ts',
    code: `export const x = (y: any): string => String(y);`,
    rule: '@typescript-eslint/no-explicit-any',
  },
  {
    name: 'a non-null assertion',
    file: 'src/config.ts',
    code: `export const x = (y: string | null): string => y!;`,
    rule: '@typescript-eslint/no-non-null-assertion',
  },
  {
    name: 'a switch that forgets a case',
    file: 'src/config.ts',
    code: `export function x(y: 'a' | 'b'): number { switch (y) { case 'a': return 1; } return 2; }`,
    rule: '@typescript-eslint/switch-exhaustiveness-check',
  },
  ...[
    [
      'a variable that all bookings share',
      'let bookings = 0;\nexport const x = (): number => (bookings += 1);',
    ],
    ['an exported one', 'export let bookings = 0;'],
    ['a map that all bookings share', 'export const seen = new Map<string, string>();'],
  ].flatMap(([name = '', code = '']) =>
    [WORKFLOW, PURE].map((file) => ({
      name: `${name}, in ${file}`,
      file,
      code,
      rule: 'no-restricted-syntax',
    })),
  ),
  {
    name: 'a type imported as a value',
    file: DOMAIN,
    code: `import { Slot } from './model';\nexport const x = (slot: Slot): string => slot.key;`,
    rule: '@typescript-eslint/consistent-type-imports',
  },
  {
    name: 'console in library code',
    file: 'src/config.ts',
    code: `console.log('x');`,
    rule: 'no-console',
  },
  {
    name: 'a setting read outside src/config.ts',
    file: ADAPTER,
    code: `export const x = process.env.HOME;`,
    rule: 'no-restricted-properties',
  },

  {
    name: 'a workflow that imports Node',
    file: WORKFLOW,
    code: `import { readFileSync } from 'node:fs';\nexport const x = readFileSync;`,
    rule: PACKAGES,
  },
  {
    name: 'a workflow that runs zod',
    file: WORKFLOW,
    code: `import { z } from 'zod';\nexport const x = z.string();`,
    rule: PACKAGES,
  },
  {
    name: 'a workflow that runs a schema',
    file: WORKFLOW,
    code: `import { requestSchema } from '../src/booking/schema/request';\nexport const x = requestSchema;`,
    rule: ONE_WAY,
  },
  {
    name: 'a workflow that takes a type of a schema and of the activities',
    file: WORKFLOW,
    code: `import type { Target } from '../activities/contract';\nimport type { BookingRequest } from '../src/booking/schema/request';\nexport type X = Target | BookingRequest;`,
    rule: null,
  },
  {
    name: 'a workflow that imports a provider',
    file: WORKFLOW,
    code: `import type { Provider } from '../src/providers/provider';\nexport type X = Provider;`,
    rule: ONE_WAY,
  },
  {
    name: 'a workflow that runs what needs time zones',
    file: WORKFLOW,
    code: `export { daysOf } from '../src/booking/windows';`,
    rule: ONE_WAY,
  },
  {
    name: 'a workflow that asks Node for the time',
    file: WORKFLOW,
    code: `export const x = (): number => Date.now();`,
    rule: 'no-restricted-syntax',
  },
  {
    name: 'a workflow that leaves something to chance',
    file: WORKFLOW,
    code: `export const x = (): number => Math.random();`,
    rule: 'no-restricted-properties',
  },
  {
    name: 'a workflow that uses the global crypto',
    file: WORKFLOW,
    code: `export const x = (): string => crypto.randomUUID();`,
    rule: 'no-restricted-globals',
  },

  {
    name: 'a step that imports an entry point',
    file: 'workflows/steps/ready.ts',
    code: `export { booking } from '../booking';`,
    rule: ONE_WAY,
  },
  {
    name: 'what every step stands on that imports a step',
    file: 'workflows/saga/pace.ts',
    code: `export { ready } from '../steps/ready';`,
    rule: ONE_WAY,
  },
  {
    name: 'reading executions that imports the client’s face',
    file: 'src/client/executions/client-context.ts',
    code: `export { listBookings } from '../list';`,
    rule: ONE_WAY,
  },
  {
    name: 'a command that starts something',
    file: 'src/cli/io.ts',
    code: `export { startStack } from '../run/stack';`,
    rule: ONE_WAY,
  },

  {
    name: 'a domain that imports a provider',
    file: DOMAIN,
    code: `import type { Provider } from '../providers/provider';\nexport type X = Provider;`,
    rule: ONE_WAY,
  },
  {
    name: 'a domain that imports Node',
    file: DOMAIN,
    code: `import { createHash } from 'node:crypto';\nexport const x = createHash;`,
    rule: PACKAGES,
  },
  {
    name: 'a domain that reads the clock',
    file: DOMAIN,
    code: `export const x = (): Date => new Date();`,
    rule: 'no-restricted-syntax',
  },
  {
    name: 'a file that workflows bundle and that runs luxon',
    file: PURE,
    code: `import { DateTime } from 'luxon';\nexport const x = DateTime;`,
    rule: PACKAGES,
  },
  {
    name: 'a file that workflows bundle and that runs one that they do not',
    file: PURE,
    code: `import { daysOf } from './windows';\nexport const x = daysOf;`,
    rule: ONE_WAY,
  },
  {
    name: 'a provider that imports a sandbox',
    file: ADAPTER,
    code: `import { createClock } from '../sandbox/clock';\nexport const x = createClock;`,
    rule: ONE_WAY,
  },
  {
    name: 'a provider that knows Temporal',
    file: ADAPTER,
    code: `import { log } from '@temporalio/activity';\nexport const x = log;`,
    rule: PACKAGES,
  },
  {
    name: 'a provider that loads a sandbox later',
    file: ADAPTER,
    code: `export const x = async (): Promise<unknown> => import('../sandbox/clock');`,
    rule: ONE_WAY,
  },
  {
    name: 'a sandbox that imports a provider’s type',
    file: 'src/sandbox/clock.ts',
    code: `import type { Provider } from '../providers/provider';\nexport type X = Provider;`,
    rule: ONE_WAY,
  },
];

/** The snippets that take one file's place, in one text, and the line of it that each begins at. */
interface Place {
  file: string;
  code: string;
  beginnings: { index: number; line: number }[];
}

function placesOf(snippets: Snippet[]): Place[] {
  const places = new Map<string, Place>();
  for (const [index, { file, code }] of snippets.entries()) {
    const place = places.get(file) ?? { file, code: '', beginnings: [] };
    place.beginnings.push({ index, line: place.code.split('\n').length });
    place.code += `${code}\n`;
    places.set(file, place);
  }
  return [...places.values()];
}

/** Lints all snippets in one process, and those of one file at once: types are looked up anew for every text. */
function rulesThatRefuse(snippets: Snippet[]): string[][] {
  const places = placesOf(snippets);
  const script = `
    const { ESLint } = require('eslint');
    const places = JSON.parse(process.argv[1]);
    (async () => {
      const eslint = new ESLint();
      const found = [];
      for (const { code, file } of places) {
        const [result] = await eslint.lintText(code, { filePath: file });
        found.push(result.messages.map(({ ruleId, message, line }) => ({ rule: ruleId ?? message, line })));
      }
      process.stdout.write(JSON.stringify(found));
    })();`;
  const run = spawnSync(process.execPath, ['-e', script, JSON.stringify(places)], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  // What the script prints is of this form.
  const found = JSON.parse(run.stdout) as { rule: string; line: number }[][];
  const rules: string[][] = snippets.map(() => []);
  for (const [n, { beginnings }] of places.entries()) {
    for (const { rule, line } of found[n] ?? []) {
      const owner = beginnings.filter((one) => one.line <= line).at(-1);
      if (owner) rules[owner.index]?.push(rule);
    }
  }
  return rules;
}

describe('lint', () => {
  let refusals: string[][];
  beforeAll(() => {
    refusals = rulesThatRefuse(SNIPPETS);
  }, 120_000);

  test.each(SNIPPETS.map((snippet, index) => ({ ...snippet, index })))('$name: $rule', ({ rule, index }) => {
    if (rule === null) expect(refusals[index]).toEqual([]);
    else expect(refusals[index]).toContain(rule);
  });
});
