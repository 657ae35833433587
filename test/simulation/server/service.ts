import { temporal } from '@temporalio/proto';
import type { WorkflowService } from '@temporalio/client';
import type { Chance } from '../chance';
import { executions } from './executions';
import { grpcError, type Way } from './grpc';
import { messages } from './messages';
import type { Namespace } from './namespace';
import type { Queues } from './queues';
import { reading } from './reading';
import { timestamp } from '../sdk-internals';

/** As much of Temporal's service as this project calls, answered by the model. What is not here says so. */

/** How long a call is on its way, in ms. */
const CALL_MS = { least: 1, most: 8 };
/** How long a list may lag behind, in ms. */
const LAG_MS = { least: 0, most: 150 };

export interface ServiceOptions {
  chance: Chance;
  queues: Queues;
  /** Records an activity's heartbeat; false when the attempt no longer counts. */
  heartbeat(token: string): boolean;
  /** Told of what is asked and not modelled: a caller may take its failure for one that passes. */
  failed(error: unknown): void;
}

export function createService(
  namespace: Namespace,
  { chance, queues, heartbeat, failed }: ServiceOptions,
): WorkflowService {
  const notModelled = (what: string): Error => {
    const error = grpcError('UNIMPLEMENTED', `not modelled: ${what}`);
    failed(error);
    return error;
  };
  const way: Way = {
    pass: () => pause(chance.between(CALL_MS.least, CALL_MS.most)),
    lag: () => pause(chance.between(LAG_MS.least, LAG_MS.most)),
  };
  const calls = {
    ...executions(namespace, way),
    ...messages(namespace, way),
    ...reading(namespace, way, notModelled),
    ...workersOf(way, queues, heartbeat),
  };
  const service = new Proxy(calls, {
    get(target, name): unknown {
      if (Object.hasOwn(target, name)) return Reflect.get(target, name);
      return () => Promise.reject(notModelled(String(name)));
    },
  });
  // The rest of the protocol's calls are there too: they fail.
  return service as unknown as WorkflowService;
}

/** What is asked by workers, or about them. */
function workersOf(way: Way, queues: Queues, heartbeat: ServiceOptions['heartbeat']) {
  const { v1 } = temporal.api.workflowservice;
  return {
    async recordActivityTaskHeartbeat({
      taskToken,
    }: temporal.api.workflowservice.v1.IRecordActivityTaskHeartbeatRequest): Promise<temporal.api.workflowservice.v1.RecordActivityTaskHeartbeatResponse> {
      await way.pass();
      if (!heartbeat(Buffer.from(taskToken ?? []).toString()))
        throw grpcError('NOT_FOUND', 'activity not found');
      await way.pass();
      return v1.RecordActivityTaskHeartbeatResponse.create();
    },
    async describeTaskQueue({
      taskQueue,
    }: temporal.api.workflowservice.v1.IDescribeTaskQueueRequest): Promise<temporal.api.workflowservice.v1.DescribeTaskQueueResponse> {
      await way.pass();
      const lastMs = queues.lastPollMs(taskQueue?.name ?? '');
      return v1.DescribeTaskQueueResponse.create({
        pollers:
          lastMs === null ? [] : [{ identity: 'worker', lastAccessTime: timestamp(Math.floor(lastMs)) }],
      });
    },
  };
}

/** A pause of the caller's own: it dies with its worker. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
