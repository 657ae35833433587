import { failureRow, isFailureCode } from '../../../src/booking/failures';
import { bookingIdIn, MEMO, workflowIdOf } from '../../../src/booking/names';
import type { BookingView } from '../../../src/booking/schema/view';
import { isEndStatus } from '../../../src/booking/status';
import { keptAtTheEnd, oneAppointment } from '../../property/promises';
import { decoded } from '../server/payloads';
import type { Run } from '../server/run';
import type { Changes } from '../simulation';
import type { Cast, SimulatedWorld, Touched, WideSample } from './places';
import { askedOf, toldPart } from './same-id';
import type { Part } from './story';
import type { WideWishes } from './wishes';

/** What must hold after every step of a story, not only at its end. */

/** One booking of a story, as the checks see it. */
export interface Watched {
  part: Part;
  cast: Cast;
  world: SimulatedWorld;
  wishes: () => WideWishes;
}

/** A rule that was broken: the simulated world's, and not the simulator's own fault. */
export class Violation extends Error {
  override name = 'Violation';
}

export interface Checks {
  after(changes: Changes): Promise<void>;
}

export function createChecks(watched: () => readonly Watched[]): Checks {
  const seen = new Map<string, BookingView>();
  return {
    async after({ providers, runs }) {
      const ended = new Map<string, Ended>();
      for (const run of runs) {
        oneUpsertATask(run);
        const view = viewOf(run);
        if (!view) continue;
        inOrder(seen.get(run.info.runId), view);
        seen.set(run.info.runId, view);
        if (isEndStatus(view.status)) ended.set(`${run.info.workflowId} ${view.createdAt}`, { view, run });
      }
      if (!providers && ended.size === 0) return;
      const all = watched();
      for (const one of all)
        await hold(one, all, ended.get(`${workflowIdOf(one.cast.id)} ${one.cast.createdAt}`));
    },
  };
}

/** A booking's end: its view, and the run that told it. */
interface Ended {
  view: BookingView;
  run: Run;
}

/** Holds the promises against what stands there for one booking; `ended`: it ended just now. */
async function hold(one: Watched, all: readonly Watched[], ended: Ended | undefined): Promise<void> {
  const { part, world } = one;
  const sample = await world.sample();
  const wishes = askedOf(one, all);
  broken(() => oneAppointment(sample, wishes, world));
  noFalseUndo(wishes, sample);
  sample.touched.forEach((one) => onlyOwn(one, part, wishes));
  if (world.isDear) sample.touched.forEach((one) => noFeeUnasked(one, wishes));
  if (!ended) return;
  const { view, run } = ended;
  noEndByOurFault(wishes, view);
  broken(() => keptAtTheEnd({ story: toldPart(one, all, run), world, wishes }, view, sample));
}

/** The view that a booking's run told last, or ended with; null for runs of other workflows. */
export function viewOf(run: Run): BookingView | null {
  if (bookingIdIn(run.info.workflowId) === null) return null;
  const told = run.status === 'COMPLETED' ? decoded(run.result) : decoded(run.memo[MEMO.view]);
  // What our own workflows put there.
  return (told as BookingView | undefined) ?? null;
}

function inOrder(before: BookingView | undefined, now: BookingView): void {
  if (!before) return;
  if (now.revision < before.revision)
    throw new Violation(`the view went back from revision ${before.revision} to ${now.revision}`);
}

/** Promise 4, at any moment. */
function noFalseUndo(wishes: WideWishes, { undoneAt }: WideSample): void {
  if (undoneAt.some((at) => !wishes.undoAt.some((asked) => asked <= at)))
    throw new Violation('a confirmed appointment was cancelled that nobody asked to');
}

/**
 * Nothing that a booking did not make is undone: but what it took over, when its caller asks, and what came about while the
 * call was under way, which looked before.
 */
function onlyOwn({ what, id, isOwn, madeAtMs, sinceMs }: Touched, part: Part, { undoAt }: WideWishes): void {
  const wasTakenOver = part.existing === 'adopt' && undoAt.length > 0;
  if (isOwn || wasTakenOver || madeAtMs >= sinceMs - SKEW_MS) return;
  throw new Violation(`the ${what} ${id} was undone, which this booking had not made`);
}

/** Times at the providers are told to the second or so. */
const SKEW_MS = 1_000;

/** What costs a fee is not undone before somebody has accepted that. At the accounts where it costs it does for a month. */
function noFeeUnasked({ confirmedFor, atMs, id }: Touched, { feesAtMs }: WideWishes): void {
  if (confirmedFor === null || !Number.isFinite(Date.parse(confirmedFor))) return;
  if (feesAtMs === null || feesAtMs > atMs)
    throw new Violation(`undoing ${id} cost a fee that nobody accepted`);
}

/** What is our own to mend ends no booking, unless a person or the request's policy says so. */
function noEndByOurFault({ undoAt, left }: WideWishes, { failure }: BookingView): void {
  if (!failure || !isFailureCode(failure.code)) return;
  if (failureRow(failure.code).owner === 'us' && undoAt.length === 0 && !left)
    throw new Violation(`ended by ${failure.code}, and nobody asked to`);
}

/**
 * Search attributes are upserted once a workflow task at most; after a local activity, whose result comes in another
 * activation of the same task, once more.
 */
function oneUpsertATask({ tasks }: Run): void {
  let upserts = 0;
  for (const command of tasks.at(-1)?.commands ?? []) {
    if (command.scheduleLocalActivity) upserts = 0;
    if (command.upsertWorkflowSearchAttributes) upserts += 1;
    if (upserts > 1) throw new Violation(`${upserts} upserts in one workflow task`);
  }
}

export function broken(check: () => void): void {
  try {
    check();
  } catch (err) {
    throw new Violation(err instanceof Error ? err.message : String(err));
  }
}
