import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** `.ci/run` itself, with stand-ins for npm, apt-get and what it looks for: it must count right and hide nothing. */

interface World {
  /** What `npm <words>` exits with; 0 where nothing is said. */
  exits?: Record<string, number>;
  /** What jest reports; null leaves no report. */
  report?: object | null;
}

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

function ci({ exits = {}, report = GOOD_REPORT }: World): {
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

const STAGES = ['ci', 'run lint', 'run typecheck', 'run build', 'test', 'run demo'];

test('all well: the tests and four stages', () => {
  const { status, out, last } = ci({});
  expect(last).toBe('11 passed, 0 failed');
  expect(status).toBe(0);
  for (const words of STAGES) expect(out).toContain(`ran npm ${words}`);
});

test.each(['run lint', 'run typecheck', 'run build', 'run demo'])(
  'npm %s fails: the rest still runs',
  (words) => {
    const { status, out, last } = ci({ exits: { [words]: 3 } });
    expect(last).toBe('10 passed, 1 failed');
    expect(status).toBe(1);
    for (const stage of STAGES) expect(out).toContain(`ran npm ${stage}`);
    expect(out).toContain('FAILED with status 3');
  },
);

test('an install that fails counts as a failure', () => {
  expect(ci({ exits: { ci: 1 } })).toMatchObject({ status: 1, last: '11 passed, 1 failed' });
});

test.each<[name: string, report: object | null, jestExits: number, last: string]>([
  ['tests that fail', { ...GOOD_REPORT, numFailedTests: 2 }, 1, '11 passed, 2 failed'],
  ['suites that do not start', { ...GOOD_REPORT, numRuntimeErrorTestSuites: 1 }, 1, '11 passed, 1 failed'],
  ['a jest that ends badly', GOOD_REPORT, 1, '11 passed, 1 failed'],
  ['a jest without a report', null, 1, '4 passed, 1 failed'],
  ['a jest without a report that claims to be well', null, 0, '4 passed, 1 failed'],
])('%s', (_name, report, jestExits, last) => {
  expect(ci({ report, exits: { test: jestExits } })).toMatchObject({ status: 1, last });
});

test('skipped tests are told', () => {
  expect(ci({ report: { ...GOOD_REPORT, numPendingTests: 3 } }).out).toContain(
    '7 passed, 0 failed, 3 skipped',
  );
});
