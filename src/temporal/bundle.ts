import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { failureConverterPath } from './encryption';
import { userCacheDir } from './cache-dir';

/** Bundles the workflows into the one file that Temporal's sandbox runs. */

type Bundle = Awaited<ReturnType<typeof bundleWorkflowCode>>;

const ROOT = resolve(__dirname, '../..');

/** Everything that a bundle of ours is made from, including this file. The lock files name every package in it. */
const MADE_FROM = [
  'workflows',
  'src/booking',
  'src/providers',
  'src/temporal/failure-converter.ts',
  'src/temporal/bundle.ts',
  'package-lock.json',
  'node_modules/.package-lock.json',
] as const;

/** Of the providers, workflows know the facts only, so that a change of an adapter makes no new bundle. */
const isOfABundle = (path: string): boolean =>
  !path.startsWith('src/providers/') || path.endsWith('/facts.ts');

const PREFIX = 'workflow-bundle-';
/** How many bundles stay in the cache, for several checkouts and branches side by side. */
const KEPT = 5;

/** The interceptors that run around every workflow, in this order. */
export const WORKFLOW_INTERCEPTORS = [
  'guarded-reads',
  'own-payloads',
  'convertible-inputs',
  'one-upsert',
].map((name) => join(ROOT, 'workflows/interceptors', name));

/**
 * Bundles the workflows, which takes seconds. The failure converter goes into the bundle, because otherwise the
 * workflows' own failures would be plain text. So do the interceptors, which a worker cannot add to a bundle. A worker
 * loads the modules once, for all of its workflows: they hold no state (eslint.config.js, NO_SHARED_STATE).
 */
export function bundleWorkflows(
  workflowsPath = require.resolve('../../workflows/index'),
  interceptorModules = WORKFLOW_INTERCEPTORS,
): ReturnType<typeof bundleWorkflowCode> {
  return bundleWorkflowCode({
    workflowsPath,
    failureConverterPath: failureConverterPath(),
    workflowInterceptorModules: interceptorModules,
    preloadModules: [workflowsPath, failureConverterPath(), ...interceptorModules],
    logger: new DefaultLogger('WARN'),
  });
}

/**
 * Returns the bundle of the project's own workflows: the build's, or from source one that is kept until a source
 * changes.
 */
export async function workflowBundle(): Promise<WorkflowBundleOption> {
  const codePath = join(ROOT, 'workflow-bundle.js');
  if (existsSync(codePath)) return { codePath };
  return cached({ root: ROOT, cacheDir: userCacheDir(), make: () => bundleWorkflows() });
}

export interface CacheOptions {
  /** The project's folder. */
  root: string;
  cacheDir: string;
  make: () => Promise<Pick<Bundle, 'code'>>;
  /** Further paths in `root` that the bundle is made from. */
  alsoFrom?: readonly string[];
}

/**
 * Returns the bundle that was made from exactly these sources, or a new one, which is kept if the sources did not
 * change meanwhile. A cache that cannot be written costs only time.
 */
export async function cached({
  root,
  cacheDir,
  make,
  alsoFrom = [],
}: CacheOptions): Promise<Pick<Bundle, 'code'>> {
  const key = await bundleKey(root, alsoFrom);
  if (key === null) return make();
  const path = join(cacheDir, `${PREFIX}${key}.js`);
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) return { code: known };
  const made = await make();
  if ((await bundleKey(root, alsoFrom)) === key) await keep(path, cacheDir, made.code).catch(() => undefined);
  return made;
}

/** Returns a hash of everything that the bundle is made from; null when it cannot be read, so that nothing is kept. */
export async function bundleKey(root: string, alsoFrom: readonly string[] = []): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    hash.update(JSON.stringify([root, process.version]));
    const from = [...MADE_FROM, ...alsoFrom];
    const files = (await Promise.all(from.map((name) => filesIn(root, name)))).flat();
    for (const path of files.filter(isOfABundle)) {
      const content = await readFile(join(root, path));
      hash.update(JSON.stringify([path, content.length]));
      hash.update(content);
    }
    return hash.digest('hex').slice(0, 32);
  } catch {
    return null;
  }
}

async function filesIn(root: string, name: string): Promise<string[]> {
  const path = join(root, name);
  if ((await stat(path)).isFile()) return [name];
  const entries = await readdir(path, { withFileTypes: true });
  const inEach = entries
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map((entry) => filesIn(root, join(name, entry.name)));
  return (await Promise.all(inEach)).flat();
}

/** Keeps a bundle. Readers see the whole bundle or none. */
async function keep(path: string, cacheDir: string, code: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const aside = `${path}.${process.pid}`;
  await writeFile(aside, code, { mode: 0o600 });
  await rename(aside, path);
  await forgetOld(cacheDir);
}

async function forgetOld(cacheDir: string): Promise<void> {
  const names = (await readdir(cacheDir)).filter((name) => name.startsWith(PREFIX));
  const bundles = await Promise.all(
    names.map(async (name) => ({ name, madeAt: (await stat(join(cacheDir, name))).mtimeMs })),
  );
  const old = bundles.toSorted((one, other) => other.madeAt - one.madeAt).slice(KEPT);
  await Promise.all(old.map(({ name }) => rm(join(cacheDir, name), { force: true })));
}
