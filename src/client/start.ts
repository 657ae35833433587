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
  /** The key as an earlier build read it, so that a start made under it is found too. */
  formerKey?: string;
  /** Whose key it is: equal keys of two callers are different keys. */
  keyName?: string;
}

export interface Started {
  booking: BookingView;
  /** False when an earlier start with the same key and request made the booking. */
  created: boolean;
}

/** A planned start: its request, and what tells it from other starts in Temporal. */
interface Plan {
  request: BookingRequest;
  bookingId: string;
  adoptedOrderId: string | null;
  memo: Record<string, string>;
}

const DEFAULT_KEY_NAME = 'client';

/**
 * Starts a booking, or finds the one that the same key and request started, open or closed. Refuses an invalid request
 * before anything starts (`invalid_request`), a key that was used for another request (`idempotency_key_reused`), and
 * an adopted order that an open booking uses (`order_in_use`, whose hint is that booking's id).
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

/**
 * Returns what an earlier build started under another reading of this key. Returns null without a call if there is
 * none.
 */
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
 * Returns the booking that a refused request started earlier, or null. A request stays a repeat even after its windows
 * have passed, so it is looked up by its form alone.
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
 * Returns what an earlier start with this key made, or null. The bookings that adopt one order are runs of one id, so
 * without this look a repeat would start a new run. The id of a booking that places its order comes from the key, so
 * Temporal itself refuses a second run, and nothing needs to be looked up first.
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
 * Returns the run of this booking id that a start with this key made, looking at the newest first. A run that we lack
 * the encryption key for does not match: while it is open its order is in use, and once it has ended it stops no other
 * booking.
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

/**
 * Returns true when a start with this key made the run. The id of a booking that places its order comes from the key.
 */
async function hasKeyOf(context: ClientContext, plan: Plan, execution: Execution): Promise<boolean> {
  if (plan.adoptedOrderId === null) return true;
  try {
    return await isSame(context, plan, execution, MEMO.key);
  } catch (err) {
    if (err instanceof Failure && err.code === 'key_missing') return false;
    throw err;
  }
}

/** Returns true when a memo field holds the plan's fingerprint. Throws `key_missing` when it cannot be read. */
async function isSame(
  context: ClientContext,
  plan: Plan,
  execution: Execution,
  field: string,
): Promise<boolean> {
  return (await memoValue(context, execution, field)) === plan.memo[field];
}

/**
 * Returns the booking of an execution that the same key started. Refuses it when it was started with another request.
 */
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

/** Returns the first search attributes, so that a booking is found from the start. The workflow keeps them current. */
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
