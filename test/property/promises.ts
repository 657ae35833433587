import type { BookingView } from '../../src/booking/schema/view';
import type { Story } from './commands';
import type { Sample, World } from './worlds';

/** What people were seen to ask of a booking, as far as it was not refused. */
export interface Wishes {
  /** When something was asked that may cost a confirmed appointment, in ms since the epoch. */
  undoAt: number[];
  move: boolean;
  /** Whether a person took something standing upon themselves (`leave`), or said that it is undone. */
  left: boolean;
}

/** What a story says of its booking's order. */
type AboutOrders = Pick<Story, 'order' | 'cancelOrder'>;

/** Promise 1, at any moment. Throws when it is broken. */
export function oneAppointment(sample: Sample, wishes: Wishes, { mostWhileMoving }: World): void {
  const most = wishes.move ? mostWhileMoving : 1;
  if (sample.liveAppointments > most) throw new Error(`${sample.liveAppointments} live appointments`);
  if (sample.liveOrders > 1) throw new Error(`${sample.liveOrders} live orders`);
}

/** Promises 1 to 4 at the end of a booking. Throws what was broken. */
export function keptAtTheEnd(
  { story, world, wishes }: { story: AboutOrders; world: World; wishes: Wishes },
  view: BookingView,
  sample: Sample,
): void {
  // What a person had left of a move may be both its appointments.
  oneAppointment(sample, { ...wishes, move: wishes.move && wishes.left }, world);
  nothingHidden(view, wishes);
  noFalseUndo(story, view, sample, wishes);
  if (view.status !== 'completed') nothingLeft(story, view, sample);
}

function nothingHidden({ compensation }: BookingView, wishes: Wishes): void {
  const open = compensation.find(({ outcome }) => outcome === 'pending');
  if (open) throw new Error(`ended with the undo of the ${open.step} still open`);
  const left = compensation.find(({ outcome }) => outcome === 'left_to_person');
  if (left && !wishes.left) throw new Error(`the ${left.step} was left to a person whom nobody asked`);
}

function noFalseUndo(story: AboutOrders, view: BookingView, sample: Sample, wishes: Wishes): void {
  const early = sample.undoneAt.find((at) => !wishes.undoAt.some((asked) => asked <= at));
  if (early !== undefined) throw new Error('a confirmed appointment was cancelled that nobody asked to');
  if (sample.undidOrder && !mayUndoOrder(story, view))
    throw new Error('an order was cancelled that was to be kept');
}

function nothingLeft(story: AboutOrders, view: BookingView, sample: Sample): void {
  const isLeft = (step: string) =>
    view.compensation.some((undo) => undo.step === step && undo.outcome === 'left_to_person');
  if (sample.liveAppointments > 0 && !isLeft('appointment'))
    throw new Error(`ended ${view.status} with a live appointment`);
  // An adopted order that was never read was never taken on.
  const isTakenOn = story.order === 'placed' || view.order !== null;
  if (sample.liveOrders > 0 && isTakenOn && mayUndoOrder(story, view) && !isLeft('order'))
    throw new Error(`ended ${view.status} with a live order`);
}

/** Whether the order was to be cancelled: as a caller's cancel says, else as the request does. */
function mayUndoOrder({ order, cancelOrder }: AboutOrders, { status }: BookingView): boolean {
  if (status === 'completed') return false;
  if (status === 'cancelled' && cancelOrder !== null) return cancelOrder === 'cancel';
  return order !== 'keep';
}
