import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { temporal } from '@temporalio/proto';
import { Failure } from '../../booking/failures';
import { unreadableIn } from '../../booking/unreadable';
import type { ClientContext } from './client-context';
import { CALL_TIMEOUT_MS, isNotFound, within } from './temporal-errors';

/** One execution as Temporal describes it. Its memo is not decoded: each field is decoded only when it is read. */

/** How an execution stands in Temporal; `CONTINUED_AS_NEW` goes on in the next run. */
export type ExecutionStatus =
  | 'RUNNING'
  | 'PAUSED'
  | 'COMPLETED'
  | 'FAILED'
  | 'CANCELLED'
  | 'TERMINATED'
  | 'TIMED_OUT'
  | 'CONTINUED_AS_NEW'
  | 'UNKNOWN';

type Description = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;
type Info = temporal.api.workflow.v1.IWorkflowExecutionInfo;

export interface Execution {
  workflowId: string;
  runId: string;
  firstRunId: string | null;
  type: string;
  status: ExecutionStatus;
  memo: Readonly<Record<string, Payload>>;
  /** The search attributes that are texts. */
  attributes: Readonly<Record<string, string>>;
  startedAt: string | null;
  closedAt: string | null;
  /** The full description, with what it waits for and what the server says is wrong; null for a row of a list. */
  raw: Description | null;
}

/** Describes the newest run of a workflow, or the one asked for. Returns null when Temporal knows none. */
export async function describe(
  context: ClientContext,
  workflowId: string,
  runId?: string,
): Promise<Execution | null> {
  const { client } = context;
  const request = { namespace: client.options.namespace, execution: { workflowId, runId } };
  try {
    const raw = await within(client, CALL_TIMEOUT_MS, () =>
      client.workflowService.describeWorkflowExecution(request),
    );
    return raw.workflowExecutionInfo ? { ...executionOf(raw.workflowExecutionInfo), raw } : null;
  } catch (err) {
    if (isNotFound(err)) return null;
    throw err;
  }
}

/** Returns an execution as a list or a description shows it. */
export function executionOf(info: Info): Execution {
  return {
    workflowId: info.execution?.workflowId ?? '',
    runId: info.execution?.runId ?? '',
    firstRunId: info.firstRunId || null,
    type: info.type?.name ?? '',
    status: STATUS[info.status ?? 0] ?? 'UNKNOWN',
    memo: info.memo?.fields ?? {},
    attributes: attributesOf(info),
    startedAt: timeOf(info.startTime),
    closedAt: timeOf(info.closeTime),
    raw: null,
  };
}

/**
 * Returns the search attributes that are texts. They are never encrypted; values that cannot be decoded are left out.
 */
function attributesOf({ searchAttributes }: Info): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [name, payload] of Object.entries(searchAttributes?.indexedFields ?? {})) {
    const value = plainValue(payload);
    if (typeof value === 'string') texts.push([name, value]);
  }
  return Object.fromEntries(texts);
}

/**
 * Returns the value of an unencrypted payload, and undefined when it cannot be decoded, so that others can still be
 * read.
 */
export function plainValue(payload: Payload): unknown {
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    return undefined;
  }
}

const { WorkflowExecutionStatus: Status } = temporal.api.enums.v1;

const STATUS: Readonly<Record<number, ExecutionStatus>> = {
  [Status.WORKFLOW_EXECUTION_STATUS_RUNNING]: 'RUNNING',
  [Status.WORKFLOW_EXECUTION_STATUS_PAUSED]: 'PAUSED',
  [Status.WORKFLOW_EXECUTION_STATUS_COMPLETED]: 'COMPLETED',
  [Status.WORKFLOW_EXECUTION_STATUS_FAILED]: 'FAILED',
  [Status.WORKFLOW_EXECUTION_STATUS_CANCELED]: 'CANCELLED',
  [Status.WORKFLOW_EXECUTION_STATUS_TERMINATED]: 'TERMINATED',
  [Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT]: 'TIMED_OUT',
  [Status.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW]: 'CONTINUED_AS_NEW',
};

/** Returns true when nothing more can come of an execution. A run that continued as new goes on in the next one. */
export function hasClosed(status: ExecutionStatus): boolean {
  return ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'].includes(status);
}

/** Returns a memo field's value; undefined when it is absent. Throws `key_missing` when it cannot be decrypted here. */
export async function memoValue(
  context: ClientContext,
  { memo }: Execution,
  field: string,
): Promise<unknown> {
  const payload = Object.hasOwn(memo, field) ? memo[field] : undefined;
  return payload ? (await valuesOf(context, [payload]))[0] : undefined;
}

/** Returns the values of payloads. Throws `key_missing` when one of them cannot be decrypted here. */
export async function valuesOf(
  context: ClientContext,
  payloads: readonly Payload[] | null | undefined,
): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const payload of payloads ?? []) values.push(await valueIn(context, payload));
  const unreadable = values.map(unreadableIn).find((one) => one !== null);
  if (unreadable) throw new Failure('key_missing', { hint: `It names the key "${unreadable.keyId}".` });
  return values;
}

/**
 * Returns the value of a payload; null when it cannot be converted. The codec never throws, so such a payload is a
 * caller's.
 */
async function valueIn(context: ClientContext, payload: Payload): Promise<unknown> {
  try {
    return (await decodeArrayFromPayloads(context.client.options.loadedDataConverter, [payload]))[0];
  } catch {
    return null;
  }
}

/** Returns a time of the protocol as RFC 3339, to the ms, and null when it is absent. */
export function timeOf(time: { seconds?: unknown; nanos?: number | null } | null | undefined): string | null {
  if (!time?.seconds) return null;
  return new Date(Number(time.seconds) * 1000 + Math.floor((time.nanos ?? 0) / 1e6)).toISOString();
}
