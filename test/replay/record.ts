import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { startSaga, type SagaRig } from '../support/saga';
import { HISTORIES_DIR } from './histories';
import { SCENARIOS } from './scenarios';
import { writeTold } from './told';

/**
 * Records the golden histories: `npm run record-histories [-- <folder> [<scenario>…]]`, all of them unless some are named.
 * They are encrypted with the fixed keys of the tests, and what each tells is written beside it. Record anew only what a
 * change to the workflows is meant to break, or what is new.
 */
async function main(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rig = await startSaga();
  try {
    const wanted = SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name));
    for (const { name, play } of wanted) {
      await rig.sandbox.control('reset', {});
      const history = await historyOf(rig, await play(rig));
      await writeFile(join(folder, `${name}.json`), history);
      process.stdout.write(`${name}\n`);
    }
  } finally {
    await rig.stop();
  }
  await writeTold(folder);
}

/** The whole history of a workflow that is at its end. */
async function historyOf(rig: SagaRig, workflowId: string): Promise<string> {
  const handle = rig.server.client.workflow.getHandle(workflowId);
  await handle.result().catch(() => undefined); // a failed booking's history counts as well
  return `${historyToJSON(await handle.fetchHistory())}\n`;
}

const [folder = HISTORIES_DIR, ...names] = process.argv.slice(2);
if (folder.startsWith('-'))
  throw new Error(`There are no options: record-histories [<folder> [<scenario>…]]`);

main(resolve(folder), names).catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
  process.exitCode = 1;
});
