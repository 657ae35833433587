import { Client, type WorkflowClientInterceptor } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';

const startsEagerly: WorkflowClientInterceptor = {
  startWithDetails: (input, next) =>
    next({ ...input, options: { ...input.options, requestEagerStart: true } }),
};

/**
 * A client that starts workflows eagerly: on the workers' own connection, the first task of a workflow comes back with the
 * answer to its start and makes no way through the queue. For both Temporal arms alike.
 */
export function eagerClient(
  connection: NativeConnection,
  namespace: string,
  dataConverter: DataConverter = {},
): Client {
  return new Client({ connection, namespace, dataConverter, interceptors: { workflow: [startsEagerly] } });
}
