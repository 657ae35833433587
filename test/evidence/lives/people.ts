import { Failure, type Choice } from '../../../src/booking/failures';
import type { BookingView } from '../../../src/booking/schema/view';
import { isEndStatus } from '../../../src/booking/status';
import { FOLLOWING, type Follow } from './follows';
import type { Begun, Scene, Stage } from './scenes';

/** The people around a booking: they are asked, and decide, until it needs nothing more. */

export interface Life {
  stage: Stage;
  scene: Scene;
  follow: Follow;
  begun: Begun;
  /** What was decided, as `reason: choice`, oldest first. */
  decided: string[];
  /** Whether the vendor's people have done their part. */
  isOnward: boolean;
}

/** Longest that a booking may go without coming to rest, in ms. */
const REST_MS = 45_000;
/** The same choice for the same reason is made so often before another is tried. */
const TWICE = 2;
const MOST_DECISIONS = 12;

/**
 * Has people do their part until the booking is over or confirmed, or asks and nobody knows what else to decide. Fails
 * with its view when it does not get there.
 */
export async function carry(life: Life): Promise<BookingView> {
  const { stage, scene, begun } = life;
  for (;;) {
    const view = await stage.rig.until(begun.id, (seen) => needsSomebody(life, seen), REST_MS);
    if (!view.attention && !isAwaited(life, view)) return view;
    if (!view.attention) {
      life.isOnward = true;
      await scene.onward?.(stage, view);
    } else if (!(await decide(life, view))) return view;
  }
}

const needsSomebody = (life: Life, view: BookingView) =>
  view.attention !== null || isEndStatus(view.status) || view.status === 'confirmed' || isAwaited(life, view);

/** Waits for the vendor's people, who have not been told yet. */
function isAwaited({ scene, isOnward }: Life, { status, appointment }: BookingView): boolean {
  return !!scene.onward && !isOnward && status === 'awaiting_confirmation' && appointment !== null;
}

/** What kept the reads from their answers is mended before a person decides. False when there is nothing to try. */
async function decide(life: Life, view: BookingView): Promise<boolean> {
  const { rig, sandbox, clinic } = life.stage;
  if (!view.attention) return false;
  const { reason, choices } = view.attention;
  const choice = FOLLOWING[life.follow].wants.find(
    (one) => choices.includes(one) && timesOf(life, reason, one) < TWICE,
  );
  if (!choice || life.decided.length === MOST_DECISIONS) return false;
  life.decided.push(`${reason}: ${choice}`);
  await sandbox.mend();
  await clinic.mend();
  await say(life, choice).catch(unlessOver);
  await rig.until(life.begun.id, ({ revision }) => revision > view.revision, REST_MS);
  return true;
}

function timesOf({ decided }: Life, reason: string, choice: Choice): number {
  return decided.filter((one) => one === `${reason}: ${choice}`).length;
}

function say({ stage: { rig }, begun: { id } }: Life, choice: Choice): Promise<unknown> {
  if (choice === 'retry') return rig.bookings.retry(id, { by: 'lives' });
  return rig.bookings.resolve(id, { choice, why: 'the case says so', by: 'lives' });
}

/** The booking was quicker than the person: there is nothing to decide any more. */
function unlessOver(err: unknown): void {
  if (!(err instanceof Failure)) throw err;
}

/** Whether a person chose one of these when asked. */
export function hasChosen({ decided }: Life, choices: readonly Choice[]): boolean {
  return choices.some((choice) => decided.some((one) => one.endsWith(`: ${choice}`)));
}
