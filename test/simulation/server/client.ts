import type { Client, ConnectionLike, WorkflowService } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { clientOn, localTarget } from '../../../src/temporal/connection';
import { failureConverterPath } from '../../../src/temporal/encryption';
import { grpcError, within } from './grpc';

/** Temporal's own client, and in the place of its connection the model's service. */

/** Payloads in the clear: the codec has tests of its own. */
export const IN_THE_CLEAR: DataConverter = { failureConverterPath: failureConverterPath() };

/** Where the model is, for those who ask. */
export function targetIn(namespace: string) {
  return localTarget('server.simulation.test:7233', namespace);
}

export function createConnection(workflowService: WorkflowService): ConnectionLike {
  const connection = {
    workflowService,
    operatorService: new Proxy(
      {},
      {
        get: (_target, name) => () =>
          Promise.reject(grpcError('UNIMPLEMENTED', `not modelled: ${String(name)}`)),
      },
    ),
    plugins: [],
    close: () => Promise.resolve(),
    ensureConnected: () => Promise.resolve(),
    withDeadline: <T>(deadline: number | Date, work: () => Promise<T>) =>
      within({ deadlineMs: Number(deadline) }, work),
    withAbortSignal: <T>(signal: AbortSignal, work: () => Promise<T>) => within({ signal }, work),
    withMetadata: <T>(_metadata: unknown, work: () => Promise<T>) => work(),
  };
  // A client asks for no more of its connection than this.
  return connection as unknown as ConnectionLike;
}

export function createClient(
  connection: ConnectionLike,
  namespace: string,
  dataConverter: DataConverter = IN_THE_CLEAR,
): Client {
  return clientOn(connection, targetIn(namespace), dataConverter);
}
