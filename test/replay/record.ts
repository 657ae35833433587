import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { startSaga, type SagaRig } from '../support/saga';
import { HISTORIES_DIR } from './histories';
import { SCENARIOS } from './scenarios';

/**
 * Records the golden histories: `npm run record-histories [-- <folder>]`. They are encrypted with the fixed keys
 * of the tests. Record anew only when a change to the workflows is meant to break open bookings, or adds scenarios.
 */
async function main(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const rig = await startSaga();
  try {
    for (const { name, play } of SCENARIOS) {
      await rig.sandbox.control('reset', {});
      const history = await historyOf(rig, await play(rig));
      await writeFile(join(folder, `${name}.json`), history);
      process.stdout.write(`${name}\n`);
    }
  } finally {
    await rig.stop();
  }
}

/** The whole history of a workflow that is at its end. */
async function historyOf(rig: SagaRig, workflowId: string): Promise<string> {
  const handle = rig.server.client.workflow.getHandle(workflowId);
  await handle.result().catch(() => undefined); // a failed booking's history counts as well
  return `${historyToJSON(await handle.fetchHistory())}\n`;
}

main(resolve(process.argv[2] ?? HISTORIES_DIR)).catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
  process.exitCode = 1;
});
