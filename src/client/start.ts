import { randomUUID } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type SearchAttributePair,
} from '@temporalio/common';
import { CAPABILITIES } from '../booking/capabilities';
import { formAtAnyTime, parseForm, type RequestForm } from '../booking/schema/check-request';
import { Failure } from '../booking/failures';
import { adoptedBookingId, keyFingerprint, placedBookingId, requestFingerprint } from '../booking/ids';
import { MEMO, TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../booking/names';
import type { BookingRequest } from '../booking/schema/request';
import type { BookingView } from '../booking/schema/view';
import type { Door } from './executions/door';
import { adoptedOrderId, initialStatus, initialView } from './executions/initial-view';
import { executionOf, isOver, memoValue, type Execution } from './executions/execution';
import { findExecution, readExecution } from './executions/read';
import { CALL_TIMEOUT_MS, within } from './executions/temporal-errors';
import { rowsOf } from './executions/visibility';

export interface StartOptions {
  /** Makes the start repeatable: the same key and request give the same booking. Random when not given. */
  idempotencyKey?: string;
  /** What an earlier build took this key for: a start that was made by it is found as well. */
  formerKey?: string;
  /** Whose keys these are: two callers' equal keys are different keys. */
  keyName?: string;
}

export interface Started {
  booking: BookingView;
  /** False when an earlier start with the same key and request made it. */
  created: boolean;
}

/** A start, worked out: what is asked for and how Temporal can tell it from others. */
interface Plan {
  request: BookingRequest;
  bookingId: string;
  adoptedOrderId: string | null;
  memo: Record<string, string>;
}

const DEFAULT_KEY_NAME = 'client';

/**
 * Starts a booking, or finds the one that the same key and request started, open or closed. Refuses an invalid
 * request before anything starts (`invalid_request`), a key that was used for another (`idempotency_key_reused`)
 * and an adopted order that an open booking uses (`order_in_use`, the hint is that booking's id).
 */
export async function startBooking(door: Door, input: unknown, options: StartOptions = {}): Promise<Started> {
  try {
    const form = parseForm(input, { now: new Date() });
    const plan = planOf(door, form, options);
    return (
      (await formerStart(door, form, options)) ??
      (await repeated(door, plan, options)) ??
      (await begun(door, plan))
    );
  } catch (err) {
    if (!(err instanceof Failure) || err.code !== 'invalid_request') throw err;
    const repeat = await lateRepeat(door, input, options);
    if (repeat) return repeat;
    throw err;
  }
}

function planOf(door: Door, { request, asSent }: RequestForm, options: StartOptions): Plan {
  const { idempotencyKey = randomUUID(), keyName = DEFAULT_KEY_NAME } = options;
  const orderId = adoptedOrderId(request);
  const { vendor } = CAPABILITIES[request.provider];
  return {
    request,
    adoptedOrderId: orderId,
    bookingId:
      orderId === null
        ? placedBookingId(door.idKey, keyName, idempotencyKey)
        : adoptedBookingId(door.idKey, vendor, request.account, orderId),
    memo: {
      [MEMO.key]: keyFingerprint(door.idKey, keyName, idempotencyKey),
      [MEMO.request]: requestFingerprint(door.idKey, asSent),
    },
  };
}

/** What an earlier build started under another reading of this key. Null, and no call, where there is no other. */
async function formerStart(door: Door, form: RequestForm, options: StartOptions): Promise<Started | null> {
  const { formerKey: idempotencyKey, ...rest } = options;
  if (idempotencyKey === undefined) return null;
  const plan = planOf(door, form, { ...rest, idempotencyKey });
  const earlier = await runWithKey(door, plan, await findExecution(door, plan.bookingId));
  return earlier && theSame(door, plan, earlier);
}

/**
 * A request that was right when it started its booking stays a repeat of it when its windows have passed, so a
 * refused one is looked up by its form alone. Null when it started none.
 */
async function lateRepeat(
  door: Door,
  input: unknown,
  { formerKey, ...options }: StartOptions,
): Promise<Started | null> {
  const form = formAtAnyTime(input, { now: new Date() });
  if (!form || options.idempotencyKey === undefined) return null;
  const former =
    formerKey === undefined ? null : await lateRepeat(door, input, { ...options, idempotencyKey: formerKey });
  if (former) return former;
  const plan = planOf(door, form, options);
  const earlier = await runWithKey(door, plan, await findExecution(door, plan.bookingId));
  if (!earlier || !(await isSame(door, plan, earlier, MEMO.request))) return null;
  return { booking: await readExecution(door, plan.bookingId, earlier), created: false };
}

/**
 * What an earlier start with this key made. An adopted order's later bookings are runs of one id, so a new run
 * would be started beside an answer that is there already; a placed one's id is its key, so there Temporal
 * itself refuses the second run and nothing needs to be looked up first.
 */
async function repeated(door: Door, plan: Plan, options: StartOptions): Promise<Started | null> {
  if (plan.adoptedOrderId === null || options.idempotencyKey === undefined) return null;
  const newest = await findExecution(door, plan.bookingId);
  const earlier = await runWithKey(door, plan, newest);
  if (earlier) return theSame(door, plan, earlier);
  if (newest && !isOver(newest.status)) throw inUse(plan);
  return null;
}

/**
 * The run of this booking id that a start with this key made, the newest first. One under a key that we lack is none as
 * far as anybody can tell: while it is open its order is in use, and once it has ended it holds up no other booking.
 */
async function runWithKey(door: Door, plan: Plan, newest: Execution | null): Promise<Execution | null> {
  if (newest === null || (await hasKeyOf(door, plan, newest))) return newest;
  // Runs that continued as new carry their successor's memo: only the last of each chain counts.
  const query = `WorkflowId = '${workflowIdOf(plan.bookingId)}' AND ExecutionStatus != 'ContinuedAsNew'`;
  for await (const row of rowsOf(door, query)) {
    const execution = executionOf(row);
    if (await hasKeyOf(door, plan, execution)) return execution;
  }
  return null;
}

async function begun(door: Door, plan: Plan): Promise<Started> {
  try {
    await begin(door, plan);
    return { booking: initialView(plan.bookingId, plan.request, new Date().toISOString()), created: true };
  } catch (err) {
    if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
  }
  const standing = await findExecution(door, plan.bookingId);
  if (standing && (await hasKeyOf(door, plan, standing))) return theSame(door, plan, standing);
  throw plan.adoptedOrderId === null ? new Failure('idempotency_key_reused') : inUse(plan);
}

/** Whether a start with this key made it. The id of a booking that places its order is made of the key. */
async function hasKeyOf(door: Door, plan: Plan, execution: Execution): Promise<boolean> {
  if (plan.adoptedOrderId === null) return true;
  try {
    return await isSame(door, plan, execution, MEMO.key);
  } catch (err) {
    if (err instanceof Failure && err.code === 'key_missing') return false;
    throw err;
  }
}

/** Whether a start left the same fingerprint there. Throws `key_missing` where that cannot be read. */
async function isSame(door: Door, plan: Plan, execution: Execution, field: string): Promise<boolean> {
  return (await memoValue(door, execution, field)) === plan.memo[field];
}

/** The booking of an execution that the same key started; refused when it was started with another request. */
async function theSame(door: Door, plan: Plan, execution: Execution): Promise<Started> {
  if (!(await isSame(door, plan, execution, MEMO.request))) throw new Failure('idempotency_key_reused');
  return { booking: await readExecution(door, plan.bookingId, execution), created: false };
}

function inUse(plan: Plan): Failure {
  return new Failure('order_in_use', { field: 'order.id', hint: plan.bookingId });
}

async function begin(door: Door, plan: Plan): Promise<void> {
  const { request, bookingId, memo } = plan;
  await within(door.client, CALL_TIMEOUT_MS, () =>
    door.client.workflow.start(WORKFLOW_TYPE.booking, {
      workflowId: workflowIdOf(bookingId),
      taskQueue: TASK_QUEUE.bookings,
      args: [request],
      memo,
      typedSearchAttributes: searchAttributesOf(plan),
      staticSummary: [request.provider, request.account, request.reference].filter(Boolean).join(' · '),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      workflowIdReusePolicy:
        plan.adoptedOrderId === null
          ? WorkflowIdReusePolicy.REJECT_DUPLICATE
          : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    }),
  );
}

/** So that a booking is found from its first moment on; the workflow keeps them current. */
function searchAttributesOf({ request, adoptedOrderId: orderId }: Plan): SearchAttributePair[] {
  const values = {
    BookingStatus: initialStatus(request),
    BookingProvider: request.provider,
    BookingAccount: request.account,
    BookingReference: request.reference,
    BookingOrderId: orderId,
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value ? [{ key: defineSearchAttributeKey(name, 'KEYWORD'), value }] : [],
  );
}
