import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** `.ci/run` itself, with stand-ins for npm, apt-get and what it looks for: it must count right and hide nothing. */

interface World {
  /** What `npm <words>` exits with; 0 where nothing is said. */
  exits?: Record<string, number>;
  /** What jest reports, every time; null leaves no report. */
  report?: object | null;
  /** The last line of `npm <words>`, over what it is else. */
  says?: Record<string, string>;
}

/** The last lines of the samples. */
const LAST_LINES: Readonly<Record<string, string>> = {
  'run test:simulation': 'stories 5, violations 0, 4.2 a second',
  'run test:fidelity': '4 passed, 0 failed',
  'run test:evidence': 'cases 6, held 6, broken 0',
};

const GOOD_REPORT = {
  numPassedTests: 7,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  numTodoTests: 0,
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ci-run-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function command(name: string, script: string): void {
  writeFileSync(join(dir, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function ci({ exits = {}, report = GOOD_REPORT, says = {} }: World): {
  status: number | null;
  out: string;
  last: string;
} {
  mkdirSync(join(dir, 'bin'));
  mkdirSync(join(dir, '.ci'));
  cpSync(join(__dirname, '../.ci/run'), join(dir, '.ci/run'));
  for (const name of ['chromium', 'python3']) command(name, 'exit 0');
  command('apt-get', 'exit 9');
  const writeReport = report === null ? ':' : `echo '${JSON.stringify(report)}' > "$file"`;
  command(
    'npm',
    [
      'case "$*" in',
      ...Object.entries(exits).map(([words, code]) => `"${words}"*) status=${code};;`),
      'esac',
      'for word in "$@"; do case "$word" in --outputFile=*) file=${word#--outputFile=};; esac; done',
      `[ -n "$file" ] && { ${writeReport}; }`,
      'echo "ran npm $*"',
      'case "$*" in',
      ...Object.entries({ ...LAST_LINES, ...says }).map(([words, line]) => `"${words}"*) echo "${line}";;`),
      'esac',
      'exit ${status:-0}',
    ].join('\n'),
  );
  const path = [join(dir, 'bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(':');
  const run = spawnSync('bash', [join(dir, '.ci/run')], {
    env: { PATH: path, CI_STAGE_LIMIT_S: '20' },
    encoding: 'utf8',
  });
  return { status: run.status, out: run.stdout, last: run.stdout.trimEnd().split('\n').at(-1) ?? '' };
}

const STAGES = [
  ...['ci', 'run lint', 'run typecheck', 'run build', 'test'],
  ...['run test:real-sample', ...Object.keys(LAST_LINES), 'run demo'],
];

test('all well: four stages, the tests twice, and the samples’ stories and cases', () => {
  const { status, out, last } = ci({});
  expect(last).toBe('33 passed, 0 failed');
  expect(status).toBe(0);
  for (const words of STAGES) expect(out).toContain(`ran npm ${words}`);
});

test.each(['run lint', 'run typecheck', 'run build', 'run demo'])(
  'npm %s fails: the rest still runs',
  (words) => {
    const { status, out, last } = ci({ exits: { [words]: 3 } });
    expect(last).toBe('32 passed, 1 failed');
    expect(status).toBe(1);
    for (const stage of STAGES) expect(out).toContain(`ran npm ${stage}`);
    expect(out).toContain('FAILED with status 3');
  },
);

test('an install that fails counts as a failure', () => {
  expect(ci({ exits: { ci: 1 } })).toMatchObject({ status: 1, last: '33 passed, 1 failed' });
});

test.each<[name: string, report: object | null, jestExits: number, last: string]>([
  ['tests that fail', { ...GOOD_REPORT, numFailedTests: 2 }, 1, '33 passed, 4 failed'],
  ['suites that do not start', { ...GOOD_REPORT, numRuntimeErrorTestSuites: 1 }, 1, '33 passed, 2 failed'],
  ['a jest that ends badly', GOOD_REPORT, 1, '33 passed, 1 failed'],
  ['a jest without a report', null, 1, '19 passed, 2 failed'],
  ['a jest without a report that claims to be well', null, 0, '19 passed, 2 failed'],
])('%s', (_name, report, jestExits, last) => {
  expect(ci({ report, exits: { test: jestExits } })).toMatchObject({ status: 1, last });
});

test('skipped tests are told', () => {
  expect(ci({ report: { ...GOOD_REPORT, numPendingTests: 3 } }).out).toContain('tests: 3 skipped');
});

test.each<[name: string, words: string, line: string, exit: number, last: string]>([
  ['violations', 'run test:simulation', 'stories 5, violations 2, 4 a second', 1, '31 passed, 2 failed'],
  ['stories that differ', 'run test:fidelity', '3 passed, 1 failed', 1, '32 passed, 1 failed'],
  ['broken cases', 'run test:evidence', 'cases 6, held 3, broken 3', 1, '30 passed, 3 failed'],
  ['a sample that ends badly', 'run test:evidence', 'cases 6, held 6, broken 0', 1, '33 passed, 1 failed'],
  ['a sample that counts nothing', 'run test:fidelity', 'so it goes', 0, '29 passed, 1 failed'],
])('%s', (_name, words, line, exit, last) => {
  expect(ci({ says: { [words]: line }, exits: { [words]: exit } })).toMatchObject({ status: 1, last });
});
