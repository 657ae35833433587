import { workflowIdOf } from '../../../src/booking/names';
import type { BookingView } from '../../../src/booking/schema/view';
import { isEndStatus } from '../../../src/booking/status';
import { patiently } from '../../property/people';
import type { Bench, Work } from './bench';

/** Rest: nothing goes on but polls, and each of them has looked since the last thing happened. */

const LOOK_MS = 60;
/** How long nothing may happen until a booking counts as resting. */
const STILL_MS = 500;
/** Longest that a booking may take to come to rest. */
const PATIENCE_MS = 120_000;

/** Waits until the booking rests, and returns it. */
export async function rest(bench: Bench, id: string, isStopover: IsStopover): Promise<BookingView> {
  const giveUpMs = Date.now() + PATIENCE_MS;
  let still: { since: number; work: Work } | null = null;
  for (;;) {
    const view = await patiently(() => bench.rig.bookings.get(id));
    if (isEndStatus(view.status)) return view;
    const work = await bench.work(workflowIdOf(id));
    if (!work || !mayRest(view, work, isStopover)) still = null;
    else if (!still || !isSame(still.work, work)) still = { since: Date.now(), work };
    else if (Date.now() - still.since >= STILL_MS && haveLooked(still.work, work)) return view;
    if (Date.now() > giveUpMs) throw new Error(`it comes to no rest: ${JSON.stringify({ view, work })}`);
    await bench.pause(LOOK_MS);
  }
}

/** Whether the booking goes on from this view by itself, although nothing but polls goes on. */
export type IsStopover = (view: BookingView) => boolean;

const RESTING: readonly BookingView['status'][] = ['awaiting_confirmation', 'confirmed', 'in_progress'];

function mayRest(view: BookingView, { isAtTask, activities }: Work, isStopover: IsStopover): boolean {
  if (isAtTask || activities.some(({ type }) => !type.startsWith('await'))) return false;
  if (view.attention !== null) return true;
  return RESTING.includes(view.status) && activities.length > 0 && !isStopover(view);
}

function isSame(before: Work, now: Work): boolean {
  return before.events === now.events && before.activities.length === now.activities.length;
}

/** A look that was under way may not have seen what there is: the next one has begun and ended. */
function haveLooked(before: Work, now: Work): boolean {
  return now.activities.every(
    ({ attempt }, index) => attempt >= (before.activities[index]?.attempt ?? 0) + 2,
  );
}
