import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { bookingIdOf, MEMO } from '../../../src/booking/names';
import type { MessageReceipt } from '../../../src/booking/messages';
import type { BookingRequest } from '../../../src/booking/schema/request';
import type { BookingView } from '../../../src/booking/schema/view';
import * as messages from '../../../workflows/messages';
import type { CleanupInput, SlotSearchResult } from '../../../workflows/messages';

/**
 * Stand-ins that speak the messages of the real workflows and do only what a test tells them: they let the doors
 * be tested without a provider.
 */

const ORDER_ID = defineSearchAttributeKey('BookingOrderId', 'KEYWORD');

/** Lays a change over the stand-in's view; the revision grows by itself. */
export const show = defineSignal<[Partial<BookingView>]>('show');
/** Ends the stand-in: by its return, by a failure of this type with its view, or by one without. */
export const finish =
  defineSignal<[{ how: 'complete' | 'fail' | 'fail_bare' | 'renew'; type?: string }]>('finish');

export async function booking(request: BookingRequest, carried?: BookingView): Promise<BookingView> {
  let view = carried ?? begin(request);
  const publish = (): void => upsertMemo({ [MEMO.view]: view });
  const change = (with_: Partial<BookingView>): void => {
    view = { ...view, ...with_, revision: view.revision + 1 };
    publish();
    if (with_.order) upsertSearchAttributes([{ key: ORDER_ID, value: with_.order.id }]);
  };
  const told: { how: string; type?: string }[] = [];
  publish();
  setHandler(messages.bookingQuery, () => view);
  setHandler(show, change);
  setHandler(finish, (end) => void told.push(end));
  setHandler(messages.appointmentUpdated, () => change({ waitingFor: waiting('appointment news', view) }));
  setHandler(messages.orderUpdated, () => change({ waitingFor: waiting('order news', view) }));
  setHandler(messages.cancelBooking, (body?: unknown): MessageReceipt => {
    change({ lastRequest: requestOf('cancel', body, view), status: 'cancelled' });
    told.push({ how: 'complete' });
    return { outcome: 'accepted', code: null };
  });
  setHandler(messages.resolveBooking, (): MessageReceipt => ({
    outcome: 'refused',
    code: 'choice_not_offered',
  }));
  refuse(messages.retryBooking, 'nothing_to_resolve');
  refuse(messages.rescheduleBooking, 'not_supported');
  await condition(() => told.length > 0);
  const end = told[0] ?? { how: 'complete' };
  if (end.how === 'renew') await continueAsNew<typeof booking>(request, view);
  if (end.how === 'fail') throw ApplicationFailure.nonRetryable('failed', end.type ?? 'no_slot', view);
  if (end.how === 'fail_bare') throw ApplicationFailure.nonRetryable('failed', end.type ?? 'no_slot');
  return view;
}

/** Holds its input until it is told to end, so that a test can read it. */
export async function cleanup(input: CleanupInput): Promise<CleanupInput> {
  let done = false;
  setHandler(finish, () => {
    done = true;
  });
  // The tests' own request.
  if ('request' in input) upsertMemo({ [MEMO.view]: begin(input.request as BookingRequest) });
  await condition(() => done);
  return input;
}

/** Finds one slot, or fails as the reference says. */
export async function slots(request: BookingRequest): Promise<SlotSearchResult> {
  if (request.reference === 'area_not_served') {
    throw ApplicationFailure.nonRetryable('failed', 'area_not_served', { field: 'patient.address.zip' });
  }
  const slot = { key: request.provider, startsAt: '2030-01-07T15:00:00Z', endsAt: '2030-01-07T15:30:00Z' };
  const unknown = {
    expiresAt: null,
    timezone: null,
    price: null,
    distance: null,
    location: null,
    place: null,
  };
  return { slots: [{ ...slot, ...unknown }], complete: true };
}

function refuse(message: typeof messages.retryBooking, code: string): void {
  setHandler(message, (_body?: unknown): MessageReceipt => ({ outcome: 'accepted', code: null }), {
    validator: (_body?: unknown) => {
      throw ApplicationFailure.nonRetryable('refused', code);
    },
  });
}

function waiting(what: string, view: BookingView): BookingView['waitingFor'] {
  return { what, since: view.createdAt, until: null };
}

function requestOf(kind: string, body: unknown, view: BookingView): BookingView['lastRequest'] {
  const by = typeof body === 'object' && body !== null && 'by' in body ? String(body.by) : null;
  return { kind, outcome: 'accepted', code: null, id: null, by, at: view.createdAt };
}

function begin(request: BookingRequest): BookingView {
  const { workflowId, startTime } = workflowInfo();
  return {
    id: bookingIdOf(workflowId) ?? workflowId,
    revision: 1,
    provider: request.provider,
    account: request.account,
    reference: request.reference ?? null,
    status: 'searching',
    waitingFor: null,
    order: null,
    appointment: null,
    attempts: [],
    attemptsLeftOut: 0,
    compensation: [],
    attention: null,
    failure: null,
    lastRequest: null,
    createdAt: startTime.toISOString(),
    updatedAt: startTime.toISOString(),
    stalled: null,
  };
}
