import type { Info } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import {
  ActivityCancellationDetails,
  defaultPayloadConverter,
  noopMetricMeter,
  TypedSearchAttributes,
  type LoadedDataConverter,
  type Payload,
} from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { msToTs } from '@temporalio/common/lib/time';
import { coresdk } from '@temporalio/proto';
import { Activity } from '@temporalio/worker/lib/activity';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker';
import { WorkflowCodecRunner } from '@temporalio/worker/lib/workflow-codec-runner';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared';
import { SdkFlags } from '@temporalio/workflow/lib/flags';
import { failureConverter } from '../../src/temporal/failure-converter';

/**
 * The one file that touches what @temporalio/worker does not offer to the public: its workflow sandbox, driven by hand,
 * and the object that runs an activity's attempt. sdk-internals.test.ts says so when a new version moves them.
 */

/** The version of the SDK that this was written against. */
export const SDK_VERSION = '1.24.0';

export type Activation = coresdk.workflow_activation.IWorkflowActivation;
export type Job = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type ActivityResult = coresdk.activity_result.IActivityExecutionResult;

/** A run in the sandbox. */
export interface SandboxedRun {
  /** The commands that an activation brings about. Throws when the workflow task fails. */
  activate(activation: Activation): Promise<Command[]>;
  dispose(): Promise<void>;
}

/** The workflow's code threw what is no failure of the workflow: Temporal tries the task again. */
export class TaskFailure extends Error {
  override name = 'TaskFailure';
}

/** What is known of a run before its first task. */
export interface RunInfo {
  workflowId: string;
  runId: string;
  originalRunId: string;
  firstRunId: string;
  workflowType: string;
  taskQueue: string;
  namespace: string;
  startMs: number;
  nowMs: number;
  historyLength: number;
}

/** Makes runs of a bundle. */
export interface Sandbox {
  create(info: RunInfo): Promise<SandboxedRun>;
  destroy(): Promise<void>;
}

export interface SandboxOptions {
  code: string;
  activityNames: ReadonlySet<string>;
  /** Whether promises are followed for stack traces, as a worker does: 2.4 times as slow, and commands are the same. */
  stackTraces?: boolean;
}

const TASK_TIMEOUT_MS = 10_000;

export async function createSandbox({ code, activityNames, stackTraces }: SandboxOptions): Promise<Sandbox> {
  if (!stackTraces) globalHandlers.install = () => undefined;
  // A time limit would start a thread for every call into the sandbox, which takes longer than most calls. None is left out.
  const noLimit = undefined as unknown as number;
  const names = new Set(activityNames);
  const creator = await ReusableVMWorkflowCreator.create(parseWorkflowCode(code), noLimit, names);
  return {
    destroy: () => creator.destroy(),
    async create(info) {
      const run = await creator.createWorkflow({
        info: workflowInfoOf(info),
        randomnessSeed: [1, 2, 3, 4, 5, 6, 7, 8],
        now: info.nowMs,
        showStackTraceSources: false,
        failureExceptionTypeNames: [],
      });
      return {
        dispose: () => run.dispose(),
        async activate(activation) {
          const done = await run.activate(coresdk.workflow_activation.WorkflowActivation.create(activation));
          await run.getAndResetSinkCalls();
          if (done.failed) throw new TaskFailure(`the workflow task failed: ${wordsOf(done.failed.failure)}`);
          return done.successful?.commands ?? [];
        },
      };
    },
  };
}

type WorkflowInfo = Parameters<InstanceType<typeof ReusableVMWorkflowCreator>['createWorkflow']>[0]['info'];

function workflowInfoOf(info: RunInfo): WorkflowInfo {
  const { workflowId, runId, workflowType, taskQueue, namespace, originalRunId, firstRunId } = info;
  const unsafe = { now: Date.now, isReplaying: false, isReplayingHistoryEvents: false };
  return {
    ...{ workflowId, runId, workflowType, taskQueue, namespace },
    searchAttributes: {},
    typedSearchAttributes: new TypedSearchAttributes(),
    firstExecutionRunId: firstRunId,
    originalExecutionRunId: originalRunId,
    startTime: new Date(info.startMs),
    runStartTime: new Date(info.nowMs),
    taskTimeoutMs: TASK_TIMEOUT_MS,
    attempt: 1,
    historyLength: info.historyLength,
    historySize: 0,
    continueAsNewSuggested: false,
    // The sandbox puts its own clock and chance in their place before anything reads them.
    unsafe: { ...unsafe, random: undefined },
  } as unknown as WorkflowInfo;
}

/** What core tells a workflow of the flags that this SDK knows: all of them, as for a run that begins today. */
export const INTERNAL_FLAGS: readonly number[] = Object.values(SdkFlags).map(({ id }) => id);

/** What a worker does to the payloads on their way to a workflow and back. */
export interface WorkflowCodec {
  decode(jobs: readonly Job[]): Promise<readonly Job[]>;
  encode(commands: Command[]): Promise<Command[]>;
}

/** Leaves payloads as they are where a converter has no codec. */
export function workflowCodec(
  { payloadCodecs }: LoadedDataConverter,
  { namespace, workflowId }: Pick<RunInfo, 'namespace' | 'workflowId'>,
): WorkflowCodec {
  if (payloadCodecs.length === 0)
    return { decode: (jobs) => Promise.resolve(jobs), encode: (commands) => Promise.resolve(commands) };
  const runner = new WorkflowCodecRunner(payloadCodecs, { type: 'workflow', namespace, workflowId });
  return {
    decode: async (jobs) => (await runner.decodeActivation({ jobs: [...jobs] })).jobs,
    encode: async (commands) =>
      (await runner.encodeCompletion({ successful: { commands } })).successful?.commands ?? [],
  };
}

/** An attempt of an activity, as the worker runs it. */
export interface Attempt {
  done: Promise<ActivityResult>;
  cancel(reason: 'CANCELLED' | 'NOT_FOUND' | 'TIMED_OUT' | 'WORKER_SHUTDOWN'): void;
}

/** Payloads in the clear: the codec has tests of its own, and a simulated message is read by nobody else. */
export const DATA_CONVERTER: LoadedDataConverter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter,
  payloadCodecs: [],
};

const SILENT = (): void => undefined;
const LOGGER = { log: SILENT, trace: SILENT, debug: SILENT, info: SILENT, warn: SILENT, error: SILENT };

export interface AttemptContext {
  heartbeat: (details: unknown) => void;
  client: Client;
  converter: LoadedDataConverter;
}

export function runAttempt(
  info: Info,
  fn: (...args: never[]) => Promise<unknown>,
  input: readonly Payload[],
  { heartbeat, client, converter }: AttemptContext,
): Attempt {
  const { activityId, taskQueue, namespace, isLocal } = info;
  const context = { type: 'activity' as const, namespace, activityId, taskQueue, isLocal };
  const activity = new Activity(
    info,
    // The worker, too, calls an activity with whatever arguments its payloads hold.
    fn as (...given: unknown[]) => Promise<unknown>,
    converter,
    context,
    undefined,
    heartbeat,
    client,
    LOGGER,
    noopMetricMeter,
    [],
  );
  return {
    done: decodeArrayFromPayloads(converter, [...input]).then((args) => activity.run({ args, headers: {} })),
    cancel: (reason) => {
      const cancelRequested = reason === 'CANCELLED';
      activity.cancel(
        reason,
        new ActivityCancellationDetails({ cancelRequested, notFound: reason === 'NOT_FOUND' }),
      );
    },
  };
}

/** A time of the protocol. */
export const timestamp = msToTs;

/** A whole number as the protocol's long. */
export function longOf(value: number) {
  return timestamp(value * 1_000).seconds;
}

function wordsOf(failure: Parameters<typeof failureConverter.failureToError>[0] | null | undefined): string {
  if (!failure) return 'no failure is given';
  const error = failureConverter.failureToError(failure, defaultPayloadConverter);
  return `${error.message}\n${error.stack ?? ''}`;
}
