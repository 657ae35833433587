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
import type { ClientContext } from './executions/client-context';
import { adoptedOrderId, initialStatus, initialView } from './executions/initial-view';
import { executionOf, hasClosed, memoValue, type Execution } from './executions/execution';
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
export async function startBooking(
  context: ClientContext,
  input: unknown,
  options: StartOptions = {},
): Promise<Started> {
  try {
    const form = parseForm(input, { now: new Date() });
    const plan = planOf(context, form, options);
    return (
      (await formerStart(context, form, options)) ??
      (await repeated(context, plan, options)) ??
      (await begun(context, plan))
    );
  } catch (err) {
    if (!(err instanceof Failure) || err.code !== 'invalid_request') throw err;
    const repeat = await lateRepeat(context, input, options);
    if (repeat) return repeat;
    throw err;
  }
}

function planOf(context: ClientContext, { request, asSent }: RequestForm, options: StartOptions): Plan {
  const { idempotencyKey = randomUUID(), keyName = DEFAULT_KEY_NAME } = options;
  const orderId = adoptedOrderId(request);
  const { vendor } = CAPABILITIES[request.provider];
  return {
    request,
    adoptedOrderId: orderId,
    bookingId:
      orderId === null
        ? placedBookingId(context.idKey, keyName, idempotencyKey)
        : adoptedBookingId(context.idKey, vendor, request.account, orderId),
    memo: {
      [MEMO.key]: keyFingerprint(context.idKey, keyName, idempotencyKey),
      [MEMO.request]: requestFingerprint(context.idKey, asSent),
    },
  };
}

/** What an earlier build started under another reading of this key. Null, and no call, where there is no other. */
async function formerStart(
  context: ClientContext,
  form: RequestForm,
  options: StartOptions,
): Promise<Started | null> {
  const { formerKey: idempotencyKey, ...rest } = options;
  if (idempotencyKey === undefined) return null;
  const plan = planOf(context, form, { ...rest, idempotencyKey });
  const earlier = await runWithKey(context, plan, await findExecution(context, plan.bookingId));
  return earlier && theSame(context, plan, earlier);
}

/**
 * A request that was right when it started its booking stays a repeat of it when its windows have passed, so a
 * refused one is looked up by its form alone. Null when it started none.
 */
async function lateRepeat(
  context: ClientContext,
  input: unknown,
  { formerKey, ...options }: StartOptions,
): Promise<Started | null> {
  const form = formAtAnyTime(input, { now: new Date() });
  if (!form || options.idempotencyKey === undefined) return null;
  const former =
    formerKey === undefined
      ? null
      : await lateRepeat(context, input, { ...options, idempotencyKey: formerKey });
  if (former) return former;
  const plan = planOf(context, form, options);
  const earlier = await runWithKey(context, plan, await findExecution(context, plan.bookingId));
  if (!earlier || !(await isSame(context, plan, earlier, MEMO.request))) return null;
  return { booking: await readExecution(context, plan.bookingId, earlier), created: false };
}

/**
 * What an earlier start with this key made. An adopted order's later bookings are runs of one id, so a new run
 * would be started beside an answer that is there already; a placed one's id is its key, so there Temporal
 * itself refuses the second run and nothing needs to be looked up first.
 */
async function repeated(context: ClientContext, plan: Plan, options: StartOptions): Promise<Started | null> {
  if (plan.adoptedOrderId === null || options.idempotencyKey === undefined) return null;
  const newest = await findExecution(context, plan.bookingId);
  const earlier = await runWithKey(context, plan, newest);
  if (earlier) return theSame(context, plan, earlier);
  if (newest && !hasClosed(newest.status)) throw inUse(plan);
  return null;
}

/**
 * The run of this booking id that a start with this key made, the newest first. One under a key that we lack is none as
 * far as anybody can tell: while it is open its order is in use, and once it has ended it holds up no other booking.
 */
async function runWithKey(
  context: ClientContext,
  plan: Plan,
  newest: Execution | null,
): Promise<Execution | null> {
  if (newest === null || (await hasKeyOf(context, plan, newest))) return newest;
  // Runs that continued as new carry their successor's memo: only the last of each chain counts.
  const query = `WorkflowId = '${workflowIdOf(plan.bookingId)}' AND ExecutionStatus != 'ContinuedAsNew'`;
  for await (const row of rowsOf(context, query)) {
    const execution = executionOf(row);
    if (await hasKeyOf(context, plan, execution)) return execution;
  }
  return null;
}

async function begun(context: ClientContext, plan: Plan): Promise<Started> {
  try {
    await begin(context, plan);
    return { booking: initialView(plan.bookingId, plan.request, new Date().toISOString()), created: true };
  } catch (err) {
    if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
  }
  const existing = await findExecution(context, plan.bookingId);
  if (existing && (await hasKeyOf(context, plan, existing))) return theSame(context, plan, existing);
  throw plan.adoptedOrderId === null ? new Failure('idempotency_key_reused') : inUse(plan);
}

/** Returns true when a start with this key made it. The id of a booking that places its order is made of the key. */
async function hasKeyOf(context: ClientContext, plan: Plan, execution: Execution): Promise<boolean> {
  if (plan.adoptedOrderId === null) return true;
  try {
    return await isSame(context, plan, execution, MEMO.key);
  } catch (err) {
    if (err instanceof Failure && err.code === 'key_missing') return false;
    throw err;
  }
}

/** Returns true when a start left the same fingerprint there. Throws `key_missing` where that cannot be read. */
async function isSame(
  context: ClientContext,
  plan: Plan,
  execution: Execution,
  field: string,
): Promise<boolean> {
  return (await memoValue(context, execution, field)) === plan.memo[field];
}

/** The booking of an execution that the same key started; refused when it was started with another request. */
async function theSame(context: ClientContext, plan: Plan, execution: Execution): Promise<Started> {
  if (!(await isSame(context, plan, execution, MEMO.request))) throw new Failure('idempotency_key_reused');
  return { booking: await readExecution(context, plan.bookingId, execution), created: false };
}

function inUse(plan: Plan): Failure {
  return new Failure('order_in_use', { field: 'order.id', hint: plan.bookingId });
}

async function begin(context: ClientContext, plan: Plan): Promise<void> {
  const { request, bookingId, memo } = plan;
  await within(context.client, CALL_TIMEOUT_MS, () =>
    context.client.workflow.start(WORKFLOW_TYPE.booking, {
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
