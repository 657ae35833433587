import { setTimeout as pause } from 'node:timers/promises';
import type { Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { Failure } from '../booking/failures';
import { MEMO, workflowIdOf } from '../booking/names';
import type { BookingView } from '../booking/schema/view';
import { isSettled } from '../booking/status';
import { openCleanUp } from './executions/after-run';
import type { ClientContext } from './executions/client-context';
import { hasClosed, type Execution } from './executions/execution';
import {
  findExecution,
  isUntouched,
  nullUnderLostKey,
  readBooking,
  readFound,
  writtenView,
} from './executions/read';
import { asUnavailable, isUnavailable } from './executions/temporal-errors';

/**
 * Watching costs a booking nothing. A long poll on its execution's history brings each view as the booking wrote it. That
 * needs no worker and leaves no trace in the history.
 */

/** How long Temporal or the workers may be away before a watch gives up, and the pause between two tries, in ms. */
const PATIENCE_MS = 300_000;
const PAUSE_MS = 500;
/** Longer than the server holds a long poll (about 20 s). A booking that stalls is noticed after each long poll. */
const LONG_POLL_TIMEOUT_MS = 70_000;

export interface WatchOptions {
  /** Ends the watch quietly. */
  signal?: AbortSignal;
}

/**
 * Yields the booking now and at each change (several at once may show as one), until it and the clean-up under its id
 * have ended or `signal` aborts. It outlasts restarts of workers and server of up to five minutes, and then throws
 * `temporal_unavailable`. Throws `booking_not_found` too.
 */
export async function* watchBooking(
  context: ClientContext,
  bookingId: string,
  { signal = new AbortController().signal }: WatchOptions = {},
): AsyncGenerator<BookingView, void, undefined> {
  const first = await patiently(signal, () => findExecution(context, bookingId));
  if (signal.aborted) return;
  if (!first) throw new Failure('booking_not_found');
  yield* changesSince(context, bookingId, first, signal, () => readFound(context, bookingId, first));
}

/**
 * Reads the booking; what is read is yielded if it differs from what was read before. `old` is a view from before that with
 * the revision `shown`.
 */
type Read = (shown: number) => Promise<BookingView | 'old'>;

/** Yields what `begin` reads, if it is given, and then the booking at each change. */
async function* changesSince(
  context: ClientContext,
  bookingId: string,
  first: Execution,
  signal: AbortSignal,
  begin: Read | null,
): AsyncGenerator<BookingView, void, undefined> {
  let seen = '';
  let revision = -1;
  let isStalled = false;
  const reads = readsOf(context, bookingId, first, { signal, isStalled: () => isStalled });
  for await (const read of startingWith(begin, reads)) {
    const view = await patiently(signal, () => read(revision));
    if (!view) return;
    if (view === 'old') continue;
    // It may be lower than before: the question of a clean-up counts while it is open.
    revision = view.revision;
    isStalled = view.stalled !== null;
    const mark = JSON.stringify([view.revision, view.stalled]);
    if (mark === seen) continue;
    seen = mark;
    yield view;
  }
}

async function* startingWith(begin: Read | null, reads: AsyncIterable<Read>): AsyncGenerator<Read> {
  if (begin) yield begin;
  yield* reads;
}

export interface SettledOptions extends WatchOptions {
  /** How long to wait; without limit when left out. */
  timeoutMs?: number;
}

/**
 * Returns the booking once it is settled, or as it stands when the time is up or `signal` aborts. Throws as
 * watchBooking and readBooking do.
 */
export async function settledBooking(
  context: ClientContext,
  bookingId: string,
  { timeoutMs, signal }: SettledOptions = {},
): Promise<BookingView> {
  const signals = [signal, timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)];
  const until = AbortSignal.any(signals.filter((one) => one !== undefined));
  const first = await patiently(until, () => findExecution(context, bookingId));
  if (first === null && !until.aborted) throw new Failure('booking_not_found');
  let latest: BookingView | null = null;
  if (first) {
    // A booking that no worker has touched is not settled: reading how it began would be for nothing.
    const begin =
      isUntouched(first) && !hasClosed(first.status) ? null : () => readFound(context, bookingId, first);
    for await (const view of changesSince(context, bookingId, first, until, begin)) {
      latest = view;
      if (isSettled(view)) break;
    }
  }
  return latest ?? readBooking(context, bookingId);
}

/** What ends a watch, and what it has seen. */
interface Watching {
  signal: AbortSignal;
  isStalled: () => boolean;
}

/** Yields a read of the booking whenever its view may have changed, and then whenever the clean-up's may have. */
async function* readsOf(
  context: ClientContext,
  bookingId: string,
  { runId, status }: Execution,
  watching: Watching,
): AsyncGenerator<Read, void, undefined> {
  let last = runId;
  if (!hasClosed(status))
    for await (const news of newsOf(context, workflowIdOf(bookingId), runId, watching)) {
      last = news.runId;
      yield (shown) => viewOf(context, bookingId, news, shown);
    }
  const after = await patiently(watching.signal, () => openCleanUp(context, bookingId));
  if (!after) return;
  for await (const _news of newsOf(context, after.workflowId, after.runId, watching))
    yield () => readBooking(context, bookingId, last);
}

/** Says that a run's view may have changed, and brings it if the run itself wrote it. */
interface News {
  runId: string;
  written: Payload | null;
}

/** Returns the view that news brings, or what a description shows where it brings none that can be read. */
async function viewOf(
  context: ClientContext,
  bookingId: string,
  { runId, written }: News,
  shown: number,
): Promise<BookingView | 'old'> {
  // A view of long ago may be under a key that was lost since. Whether that matters shows the description.
  const view = written && (await writtenView(context, written).catch(nullUnderLostKey));
  if (!view) return readBooking(context, bookingId, runId);
  // The first pages of a long history bring views of long ago.
  return view.revision < shown ? 'old' : view;
}

/**
 * Yields news of a workflow across its runs, until the end. A quiet long poll counts as news, because the booking may
 * have stalled, and so does any event of a booking that had stalled, because it may go on.
 */
async function* newsOf(
  context: ClientContext,
  workflowId: string,
  firstRunId: string,
  { signal, isStalled }: Watching,
): AsyncGenerator<News, void, undefined> {
  let runId = firstRunId;
  let nextPageToken: Uint8Array | undefined;
  while (!signal.aborted) {
    const page = await patiently(signal, () => longPoll(context, workflowId, runId, nextPageToken, signal));
    if (!page) return;
    const events = page.history?.events ?? [];
    const next = events.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    // The server gives no token after the run's last event.
    const isEnd = !page.nextPageToken?.length;
    const over = isEnd && !next;
    const written = events.map(viewIn).findLast((view) => view !== null) ?? null;
    if (over || events.length === 0 || isStalled()) yield { runId, written: null };
    else if (written) yield { runId, written };
    if (over) return;
    nextPageToken = next ? undefined : (page.nextPageToken ?? undefined);
    runId = next ?? runId;
  }
}

/** Returns the view that an event brings: a workflow that tells of a change writes it into its memo. */
function viewIn({
  workflowPropertiesModifiedEventAttributes: modified,
}: temporal.api.history.v1.IHistoryEvent): Payload | null {
  return modified?.upsertedMemo?.fields?.[MEMO.view] ?? null;
}

function longPoll(
  context: ClientContext,
  workflowId: string,
  runId: string,
  nextPageToken: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse> {
  const { client } = context;
  const request = {
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    waitNewEvent: true,
    skipArchival: true,
    nextPageToken,
  };
  return unlessAborted(signal, (own) =>
    client.withAbortSignal(own, () =>
      client.withDeadline(Date.now() + LONG_POLL_TIMEOUT_MS, () =>
        client.workflowService.getWorkflowExecutionHistory(request),
      ),
    ),
  );
}

/**
 * Runs a call under a signal of its own, because the SDK leaves a listener on the signal at each call, and they would
 * pile up on the watch's. On the worker's kind of connection an aborted call runs on; it is then ignored.
 */
function unlessAborted<T>(signal: AbortSignal, call: (own: AbortSignal) => Promise<T>): Promise<T> {
  const own = new AbortController();
  const listening = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = (): void => {
      own.abort();
      reject(new Failure('temporal_unavailable'));
    };
    signal.addEventListener('abort', abort, { once: true, signal: listening.signal });
  });
  return Promise.race([call(own.signal), aborted]).finally(() => listening.abort());
}

/** Repeats a read while Temporal is away. Returns null once `signal` aborts. */
async function patiently<T>(signal: AbortSignal, read: () => Promise<T>): Promise<T | null> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  while (!signal.aborted) {
    try {
      return await read();
    } catch (err) {
      const failure = asUnavailable(err);
      if (!isUnavailable(failure) || performance.now() > giveUpAtMs) throw failure;
      await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}
