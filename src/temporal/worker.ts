import {
  Runtime,
  Worker,
  type NativeConnection,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type {
  AuditActivities,
  OpsActivities,
  CoreActivities,
  ProviderActivities,
} from '../../activities/contract';
import { DEPLOYMENT_NAME, TASK_QUEUE } from '../booking/names';
import { queueOf, VENDOR_NAMES, type VendorName } from '../booking/vendors';
import { lacksKey, type Unreadable } from '../booking/unreadable';
import type { Config } from '../config';
import { workflowBundle } from './bundle';
import { dataConverterOf } from './encryption';
import { lacksListed } from './key-list';
import { loadKeys } from './keys';
import { judging, withoutAnswer, type Judge } from './unreadable-input';

export { bundleWorkflows, workflowBundle } from './bundle';

/** How long running activities have to finish when a worker stops. One provider call must fit in. */
const SHUTDOWN_GRACE_MS = 15_000;
/** After this time a stopping worker is torn down, and its successor looks up what it held. */
const SHUTDOWN_FORCE_MS = 30_000;
/**
 * How long a task waits for the worker that has its booking in the cache. A killed worker costs its tasks this long.
 */
const CACHED_WAIT_MS = 2_000;
/**
 * How many bookings a worker keeps in memory, at 0.2 MB of heap each and as much beside it. One at work needs its place for
 * seconds. One that waits for hours is read from its history when it is woken, so more places would cost memory and save
 * little. The SDK's own number grows with the machine: 2,300 where there is enough memory.
 */
const CACHED_BOOKINGS = 300;
/** How long Temporal may take to show the list of keys. */
const LIST_TIMEOUT_MS = 5_000;
const NOBODY_READS = 'an activity cannot be read by anybody: it gets no answer, and the rest goes on';

/** The settings of every worker. The bench runs the saga that ours is compared with in the same way. */
export const WORKER_TUNING = {
  shutdownGraceTime: SHUTDOWN_GRACE_MS,
  shutdownForceTime: SHUTDOWN_FORCE_MS,
  maxConcurrentActivityTaskExecutions: 100,
} as const satisfies Partial<WorkerOptions>;

/** Further settings of a worker that runs workflows. */
export const WORKFLOW_TUNING = {
  reuseV8Context: true,
  stickyQueueScheduleToStartTimeout: CACHED_WAIT_MS,
  maxConcurrentWorkflowTaskExecutions: 40,
  maxCachedWorkflows: CACHED_BOOKINGS,
} as const satisfies Partial<WorkerOptions>;

export interface WorkersOptions {
  config: Pick<Config, 'dataDir' | 'encryptionKeys' | 'idKey' | 'allowPlaintext' | 'buildId'>;
  connection: NativeConnection;
  namespace: string;
  /** A vendor without activities here gets no worker; its queue is left to another process. */
  activities: {
    core: CoreActivities & Partial<OpsActivities & AuditActivities>;
  } & Partial<Record<VendorName, ProviderActivities>>;
  /** The project's own when left out; see workflowBundle. */
  workflowBundle?: WorkflowBundleOption;
}

export interface Workers {
  /**
   * Resolves once all workers have stopped. Rejects when one fails, after the others have stopped too. Rejects with an
   * EncryptionKeyError when one got an activity's input under a key of the deployment that it lacks; then all stop by
   * themselves.
   */
  run(): Promise<void>;
  /** Takes no new tasks and lets running ones end; then `run` resolves. */
  shutdown(): void;
}

/**
 * Creates a worker for the bookings and one for each vendor's queue, so that a slow vendor does not hold up the
 * sagas.
 */
export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  const { core, ...vendors } = options.activities;
  const unfit = new AbortController();
  const shared: Omit<WorkerOptions, 'taskQueue'> = {
    connection: options.connection,
    namespace: options.namespace,
    dataConverter: dataConverterOf(options.config, tellOfKeys()),
    ...WORKER_TUNING,
    interceptors: {
      activity: [withoutAnswer(judging(judgeOf(options, unfit)))],
    },
  };
  const workers = [
    await Worker.create({
      ...shared,
      taskQueue: TASK_QUEUE.bookings,
      activities: core,
      workflowBundle: options.workflowBundle ?? (await workflowBundle()),
      ...WORKFLOW_TUNING,
      ...versionOf(options.config.buildId),
    }),
  ];
  for (const vendor of VENDOR_NAMES) {
    const activities = vendors[vendor];
    if (activities) workers.push(await Worker.create({ ...shared, taskQueue: queueOf(vendor), activities }));
  }
  return together(workers, unfit.signal);
}

/**
 * Returns the judge of unreadable inputs. It asks the deployment's list of keys, and aborts `unfit` when this process
 * lacks one.
 */
function judgeOf(options: WorkersOptions, unfit: AbortController): Judge {
  return {
    isUnfit: (keyId) => lacksKeyInUse(options, keyId),
    drain: (err) => {
      unfit.abort(err);
    },
    log: (error) => {
      Runtime.instance().logger.error(NOBODY_READS, { error });
    },
  };
}

function lacksKeyInUse({ connection, namespace, config }: WorkersOptions, keyId: string): Promise<boolean> {
  const { encryptionKeys } = loadKeys(config);
  const ask = () => lacksListed({ connection, namespace }, encryptionKeys, keyId);
  return connection.withDeadline(Date.now() + LIST_TIMEOUT_MS, ask);
}

/**
 * Returns a function that logs each missing or wrong key once. What needs the key waits for another worker or a person.
 */
function tellOfKeys(): (unreadable: Unreadable) => void {
  const told = new Set<string>();
  return (unreadable) => {
    if (told.has(unreadable.keyId)) return;
    told.add(unreadable.keyId);
    Runtime.instance().logger.warn('a key is missing', { error: lacksKey('A payload', unreadable) });
  };
}

/**
 * Returns the versioning options: a booking stays on its build until somebody moves it; without a build, any worker
 * takes it.
 */
function versionOf(buildId: string | null): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === null) return {};
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName: DEPLOYMENT_NAME, buildId },
      defaultVersioningBehavior: 'PINNED',
    },
  };
}

/** Runs workers together. `unfit` aborts when they must not go on; its reason is the error. */
function together(workers: Worker[], unfit: AbortSignal): Workers {
  const shutdown = (): void => {
    for (const worker of workers) {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    }
  };
  const runOne = (worker: Worker): Promise<void> =>
    worker.run().catch((err: unknown) => {
      shutdown();
      throw err;
    });
  return {
    shutdown,
    async run() {
      const running = workers.map(runOne);
      unfit.addEventListener('abort', shutdown);
      const ends = await Promise.allSettled(running);
      unfit.throwIfAborted();
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}
