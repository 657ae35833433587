import { decideFirst, withAttention } from '../saga/attention';
import { stepReached, type StepName } from '../saga/parts/progress';
import type { Terms } from '../saga/parts/terms';
import type { Booking } from '../saga/state';
import { obtainAppointment, undoAppointment } from './appointment';
import { keep } from './keep';
import { placeOrAdopt, undoOrder } from './order';
import { ready } from './ready';
import type { Undo } from './undo';

/** One step of a booking. */
interface Step {
  step: StepName;
  /** Whether a booking with these terms has the step. */
  isPart?: (terms: Terms) => boolean;
  /**
   * Does the step, or goes on with it where an earlier run of the booking left off. A step sends the booking back to an
   * earlier step with `stepReached`.
   */
  do: (b: Booking) => Promise<void>;
  /** Undoes whatever the step did, as found by looks; null for a step that only reads. */
  undo: Undo | null;
}

const hasOrders = ({ capabilities }: Terms) => capabilities.orderKind !== null;

/** The saga: done from the top, undone from the bottom. */
const STEPS: readonly Step[] = [
  { step: 'order', isPart: hasOrders, do: (b) => withAttention(b, () => placeOrAdopt(b)), undo: undoOrder },
  { step: 'readiness', isPart: hasOrders, do: (b) => withAttention(b, () => ready(b)), undo: null },
  { step: 'appointment', do: obtainAppointment, undo: undoAppointment },
  { step: 'visit', do: keep, undo: null },
];

/** Does the steps from the one that the booking has come to. */
export async function doSteps(b: Booking): Promise<void> {
  await decideFirst(b);
  for (let row = rowOf(b); row; row = after(row, b)) {
    stepReached(b, row.step);
    if (isPartOf(b, row)) await row.do(b);
  }
}

/** Returns the row of the step that the booking has come to. */
function rowOf({ state }: Booking): Step | undefined {
  return STEPS.find(({ step }) => step === state.progress.step);
}

function after(done: Step, b: Booking): Step | undefined {
  const isSentBack = b.state.progress.step !== done.step;
  return isSentBack ? rowOf(b) : STEPS[STEPS.indexOf(done) + 1];
}

/**
 * Returns the undos of a booking, newest first. They are due as soon as its request was read, because each looks for
 * itself whether there is anything to undo.
 */
export function undosOf(b: Booking): readonly Undo[] {
  return STEPS.toReversed().flatMap((row) => (row.undo && isPartOf(b, row) ? [row.undo] : []));
}

function isPartOf({ state }: Booking, { isPart }: Step): boolean {
  return isPart?.(state.terms) ?? true;
}
