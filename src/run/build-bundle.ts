import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { bundleWorkflows } from '../temporal/bundle';

/** The last step of `npm run build`: bundles the workflows into one file, where the compiled worker looks for it. */

async function main(): Promise<void> {
  const target = resolve('dist/workflow-bundle.js');
  const { code } = await bundleWorkflows();
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
}

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 1;
});
