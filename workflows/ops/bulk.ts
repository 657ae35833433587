import { condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { bookingIdIn } from '../../src/booking/names';
import type {
  BulkInput,
  BulkProgress,
  Resumed,
  Waiting,
  WaitingCursor,
  WaitingSince,
} from '../../src/booking/ops';
import { bulkProgress, resumeAgain } from '../messages';
import { now } from '../saga/clock';
import { ops } from './activities';

/** Seconds of work in one activity. After a lost worker the next one has to find its place in that much. */
const CHUNK_S = 60;

/** Bookings that could not be told are told again after each of these pauses, in ms; then they are left to people. */
const TELL_AGAIN_AFTER_MS = [10_000, 60_000, 300_000];

/** How many bookings are kept to be told again: they must fit into one payload. */
const MAX_KEPT = 1_000;

/** How many bookings are named in the progress. */
const MAX_NAMED = 100;

/** A resumption under way: what is carried into the next run when the history has grown. */
interface UnderWay {
  progress: BulkProgress;
  /** When the resumption began. Bookings that began later do not belong to it. */
  before: string;
  after: WaitingCursor | null;
  failedIds: string[];
  /** Since when the failed ones waited when they were listed. A run of an earlier build carries none. */
  sinceOf?: WaitingSince;
  /** A newer request, to be taken up after the listing. */
  again?: BulkInput;
}

/**
 * Resumes the bookings of an incident, each once, at a limited rate: a thousand bookings that wake at the same moment
 * would be the next outage. It survives restarts and goes on where it was. A booking that cannot be told does not stop
 * the others; it is told again at the end, a few times.
 *
 * A request that comes meanwhile lists the incident anew once this listing is done, instead of telling failed ones
 * again: a booking that failed again after it was listed waits like any other. Several requests that come meanwhile
 * count as one.
 */
export async function bulk(input: BulkInput, carried?: UnderWay): Promise<BulkProgress> {
  let asked = input;
  let run = carried ? carriedOn(carried) : begun(workflowInfo().startTime.toISOString());
  setHandler(bulkProgress, () => run.progress);
  setHandler(resumeAgain, (body) => {
    const newer = newerRequest(asked, body);
    if (newer) run.again = newer;
  });
  for (;;) {
    await resumeThoseThatWait(asked, run);
    await tellFailedOnesAgain(asked, run);
    if (!run.again) break;
    asked = run.again;
    run = begun(now());
  }
  run.progress.done = true;
  return run.progress;
}

function begun(before: string): UnderWay {
  return { progress: { ...NOTHING_YET, failedIds: [] }, before, after: null, failedIds: [] };
}

const NOTHING_YET: BulkProgress = {
  total: null,
  resumed: 0,
  passedOver: 0,
  changed: 0,
  failed: 0,
  failedIds: [],
  done: false,
};

/** Returns what was carried, with counts that an earlier build did not have as at the start. */
function carriedOn(carried: UnderWay): UnderWay {
  return { ...carried, progress: { ...NOTHING_YET, ...carried.progress } };
}

/**
 * Returns the request that a signal brings; null for the current request, which its own start sends too, and for no
 * request.
 */
function newerRequest(atHand: BulkInput, body: unknown): BulkInput | null {
  const requestId = field(body, 'requestId');
  if (typeof requestId !== 'string' || requestId === atHand.requestId) return null;
  const by = field(body, 'by');
  const rate = field(body, 'ratePerSecond');
  return {
    incident: atHand.incident,
    requestId,
    by: typeof by === 'string' ? by : atHand.by,
    ratePerSecond: typeof rate === 'number' && rate >= 0.1 && rate <= 50 ? rate : atHand.ratePerSecond,
  };
}

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}

async function resumeThoseThatWait(input: BulkInput, run: UnderWay): Promise<void> {
  for (let waiting = await nextOf(input, run); ; waiting = await nextOf(input, run)) {
    await resumeAll(input, run, waiting);
    if (waiting.next === null) return;
    run.after = waiting.next;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof bulk>(input, run);
  }
}

/** Tells the failed ones again. A newer request ends this: failed ones still wait, so its listing finds them. */
async function tellFailedOnesAgain(input: BulkInput, run: UnderWay): Promise<void> {
  const summary = 'before those that could not be told are told again';
  for (const pauseMs of TELL_AGAIN_AFTER_MS) {
    if (run.failedIds.length === 0) return;
    if (await condition(() => run.again !== undefined, pauseMs, { summary })) return;
    await tellAgain(input, run);
  }
}

/** Returns the next piece of bookings that wait. A worker of an earlier build names all of them at once. */
async function nextOf({ incident }: BulkInput, { progress, before, after }: UnderWay): Promise<Waiting> {
  const found: Waiting | string[] = await ops('find the bookings of the incident').waitingFor({
    incident,
    before,
    after,
  });
  const waiting = Array.isArray(found) ? { workflowIds: found, count: found.length, next: null } : found;
  const { resumed, passedOver, changed, failed } = progress;
  progress.total = resumed + passedOver + changed + failed + waiting.count;
  return waiting;
}

async function resumeAll(
  input: BulkInput,
  run: UnderWay,
  { workflowIds, sinceOf }: Pick<Waiting, 'workflowIds' | 'sinceOf'>,
): Promise<void> {
  const { progress, failedIds } = run;
  for (const chunk of chunksOf(workflowIds, input.ratePerSecond)) {
    const { passedOver, changed, failed } = await resumed(input, chunk, sinceOf);
    progress.passedOver += passedOver;
    progress.changed += changed;
    progress.resumed += chunk.length - passedOver - changed - failed.length;
    progress.failed += failed.length;
    const kept = failed.slice(0, MAX_KEPT - failedIds.length);
    failedIds.push(...kept);
    run.sinceOf = { ...run.sinceOf, ...sinceOfThese(kept, sinceOf) };
    progress.failedIds = namesOf(failedIds);
  }
}

async function tellAgain(input: BulkInput, run: UnderWay): Promise<void> {
  const asked = { workflowIds: run.failedIds, sinceOf: run.sinceOf };
  run.failedIds = [];
  run.sinceOf = {};
  run.progress.failed -= asked.workflowIds.length;
  await resumeAll(input, run, asked);
  run.progress.failedIds = namesOf(run.failedIds);
}

async function resumed(
  { ratePerSecond, by, requestId, incident: { reason } }: BulkInput,
  workflowIds: string[],
  sinceOf: WaitingSince | undefined,
): Promise<{ passedOver: number; changed: number; failed: string[] }> {
  const call = ops(`resume ${workflowIds.length} bookings`);
  // A worker of an earlier build tells neither of failed ones (it retried until there were none) nor of changed ones.
  const told: Partial<Resumed> & Pick<Resumed, 'passedOver'> = await call.resume({
    workflowIds,
    sinceOf: sinceOfThese(workflowIds, sinceOf),
    ratePerSecond,
    by,
    reason,
    id: requestId,
  });
  return { passedOver: told.passedOver, changed: told.changed ?? 0, failed: told.failedIds ?? [] };
}

function sinceOfThese(ids: readonly string[], sinceOf: WaitingSince | undefined): WaitingSince {
  return Object.fromEntries(
    ids.flatMap((id) => {
      const since = sinceOf?.[id];
      return since === undefined ? [] : [[id, since]];
    }),
  );
}

function chunksOf(ids: string[], ratePerSecond: number): string[][] {
  const size = Math.max(1, Math.floor(ratePerSecond * CHUNK_S));
  const chunks: string[][] = [];
  for (let from = 0; from < ids.length; from += size) chunks.push(ids.slice(from, from + size));
  return chunks;
}

/** Returns the bookings' own ids; a workflow that is neither a booking nor a clean-up keeps its workflow id. */
function namesOf(workflowIds: readonly string[]): string[] {
  return workflowIds.slice(0, MAX_NAMED).map((id) => bookingIdIn(id) ?? id);
}
