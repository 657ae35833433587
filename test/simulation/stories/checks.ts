import { failureRow, isFailureCode } from '../../../src/booking/failures';
import { MEMO } from '../../../src/booking/names';
import type { BookingView } from '../../../src/booking/schema/view';
import { isEnded } from '../../../src/booking/status';
import type { Story } from '../../property/commands';
import { keptAtTheEnd, oneAppointment, type Wishes } from '../../property/promises';
import type { Sample, World } from '../../property/worlds';
import { decoded } from '../server/payloads';
import type { Run } from '../server/run';
import type { Changes } from '../simulation';

/** What must hold after every step of a story, not only at its end. */
export interface Checks {
  after(changes: Changes): Promise<void>;
}

export interface Watched {
  story: Story;
  world: World;
  wishes: () => Wishes;
}

/** A rule that was broken: the simulated world's, and not the simulator's own fault. */
export class Violation extends Error {
  override name = 'Violation';
}

export function createChecks(watched: () => Watched | null): Checks {
  const seen = new Map<string, BookingView>();
  return {
    async after({ providers, runs }) {
      const now = watched();
      if (!now) return;
      const views = runs.flatMap((run) => {
        oneUpsertATask(run);
        const view = viewOf(run);
        if (!view) return [];
        inOrder(seen.get(run.info.workflowId), view);
        seen.set(run.info.workflowId, view);
        return [view];
      });
      const ended = views.find(({ status }) => isEnded(status));
      if (!providers && !ended) return;
      const sample = await now.world.sample();
      const wishes = now.wishes();
      broken(() => oneAppointment(sample, wishes, now.world));
      noFalseUndo(wishes, sample);
      if (ended) noEndByOurFault(wishes, ended);
      if (ended) broken(() => keptAtTheEnd({ ...now, wishes }, ended, sample));
    },
  };
}

/** The view that a run told last, or ended with. */
export function viewOf(run: Run): BookingView | null {
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
function noFalseUndo(wishes: Wishes, { undoneAt }: Sample): void {
  if (undoneAt.some((at) => !wishes.undoAt.some((asked) => asked <= at)))
    throw new Violation('a confirmed appointment was cancelled that nobody asked to');
}

/** What is our own to mend ends no booking, unless a person or the request's policy says so. */
function noEndByOurFault({ undoAt }: Wishes, { failure }: BookingView): void {
  if (!failure || !isFailureCode(failure.code)) return;
  if (failureRow(failure.code).owner === 'us' && undoAt.length === 0)
    throw new Violation(`ended by ${failure.code}, and nobody asked to`);
}

/** Search attributes are upserted once a workflow task at most. */
function oneUpsertATask({ tasks }: Run): void {
  const upserts = tasks.at(-1)?.commands.filter((one) => one.upsertWorkflowSearchAttributes) ?? [];
  if (upserts.length > 1) throw new Violation(`${upserts.length} upserts in one workflow task`);
}

function broken(check: () => void): void {
  try {
    check();
  } catch (err) {
    throw new Violation(err instanceof Error ? err.message : String(err));
  }
}
