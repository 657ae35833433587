import { cleanupIdOf, workflowIdOf } from '../../../src/booking/names';
import type { BookingView } from '../../../src/booking/schema/view';
import { keptAtTheEnd } from '../../property/promises';
import type { Run } from '../server/run';
import type { Stage } from '../stage';
import { broken, viewOf } from './checks';
import type { WideSample } from './places';
import type { Player } from './player';
import { askedOf, toldPart } from './same-id';

/** What must hold at the end of a story, when nothing is on its way any more. */

/**
 * Holds the promises at the end. One that was cut off ended as it is shown; or as completed, where a person had kept what
 * stands or the visit is over; or as cancelled, where its caller's cancel may have come first.
 */
export async function heldAtTheEnd(
  stage: Stage,
  one: Player,
  players: readonly Player[],
  view: BookingView | undefined,
): Promise<void> {
  if (!view) return;
  const { cast, world } = one;
  const asked = askedOf(one, players);
  const story = toldPart(one, players, stage.namespace.find(workflowIdOf(cast.id)));
  const isCutOff = view.failure?.code === 'booking_cut_off';
  const isKept = isCutOff && asked.kept;
  const seen = await world.sample();
  const sample = isCutOff ? withoutStaying(seen, (id) => wasInUse(stage, one, players, id)) : seen;
  const held = (status: BookingView['status']): void =>
    keptAtTheEnd(
      { story, world, wishes: { ...asked, left: asked.left || isKept } },
      { ...view, status },
      sample,
    );
  const isVisitOver = isCutOff && VISIT_OVER.includes(view.appointment?.status ?? '');
  const first = isKept || isVisitOver ? 'completed' : view.status;
  broken(() =>
    isCutOff && asked.cancelled ? oneOf([() => held(first), () => held('cancelled')]) : held(first),
  );
}

/** The providers' words for a visit that took place. */
const VISIT_OVER: readonly string[] = ['completed', 'DONE'];

/**
 * A clean-up leaves two orders alone: one whose sample was drawn, at whichever booking's visit, and one that another booking
 * uses. That one is held to its own promises about it.
 */
function withoutStaying(sample: WideSample, isInUse: (orderId: string) => boolean): WideSample {
  const orders = sample.orders.filter(({ id, isDrawn }) => !isDrawn && !isInUse(id));
  return { ...sample, orders, liveOrders: orders.length };
}

/** Whether another booking of the story had taken the order on, and was open at some time of the clean-up after this one. */
function wasInUse({ namespace }: Stage, one: Player, players: readonly Player[], orderId: string): boolean {
  const cleanUp = namespace.find(cleanupIdOf(one.cast.id));
  if (!cleanUp) return false;
  const others = players.filter(({ cast }) => cast.id !== one.cast.id);
  const ids = others.map(({ cast }) => workflowIdOf(cast.id));
  return namespace
    .all()
    .some(
      (run) =>
        ids.includes(run.info.workflowId) && viewOf(run)?.order?.id === orderId && overlap(run, cleanUp),
    );
}

function overlap(one: Run, other: Run): boolean {
  const endMs = ({ closedMs }: Run): number => closedMs ?? Infinity;
  return one.beganMs <= endMs(other) && other.beganMs <= endMs(one);
}

/** Makes the checks one after another until one goes through; throws what the last of them throws. */
function oneOf([first, ...others]: readonly (() => void)[]): void {
  if (others.length === 0) return first?.();
  try {
    first?.();
  } catch {
    oneOf(others);
  }
}
