import { bundleWorkflowCode, DefaultLogger, Worker, type NativeConnection } from '@temporalio/worker';
import { WORKER_TUNING, WORKFLOW_TUNING } from '../../src/temporal/worker';
import { createPlainActivities } from './activities';
import type { Access } from './provider';

export const PLAIN_TASK_QUEUE = 'bench-plain';

export interface PlainWorkerOn {
  connection: NativeConnection;
  namespace: string;
  /** The provider's accounts by name. */
  accounts: Readonly<Record<string, Access>>;
}

/** A worker of the plain saga, tuned as ours are. Its payloads are plain JSON. */
export async function createPlainWorker({ connection, namespace, accounts }: PlainWorkerOn): Promise<Worker> {
  return Worker.create({
    ...WORKER_TUNING,
    ...WORKFLOW_TUNING,
    connection,
    namespace,
    taskQueue: PLAIN_TASK_QUEUE,
    activities: createPlainActivities(accounts),
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: require.resolve('./workflows'),
      logger: new DefaultLogger('WARN'),
    }),
  });
}
