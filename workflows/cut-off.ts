import { workflowInfo } from '@temporalio/workflow';
import type { CutOffBooking } from '../src/booking/care';
import { Failure } from '../src/booking/failures';
import type { Order, Sighting } from '../src/booking/model';
import { isEnded as isOver } from '../src/booking/status';
import { core, reads } from './activities';
import { now } from './clock';
import { Ending, failureOf } from './ending';
import { knownLive, whose } from './evidence';
import { lookUp } from './lookups';
import type { CleanupInput } from './messages';
import { attention, owned } from './owned';
import { at, change, type Booking, type BookingState } from './state';
import { undoAppointment } from './steps/appointment';
import { isEnded, undosOfOrder } from './steps/order';
import type { Undo } from './steps/undo';
import { UNREAD_ORDER } from './unread-order';

/**
 * A booking that was cut off in Temporal, outside of itself: taken up where it stood, so that what it left is
 * undone by its own undos. What stands confirmed, in the booking's eyes or in the provider's, is never cancelled
 * without a person's word: that somebody pressed Terminate is no patient's wish.
 */

const undosOf = (b: Booking): readonly Undo[] => [undoAppointment, ...undosOfOrder(b)]; // newest first

/** The undos that are due; none when nothing was made, the visit is over, or a person has it left standing. */
export async function takeUp(
  b: Booking,
  input: CleanupInput,
  cutOff: CutOffBooking,
): Promise<readonly Undo[]> {
  const before = await resume(b, input, cutOff);
  if (!before) return [];
  b.compensating = true;
  for (;;) {
    const verdict = await judged(b, before);
    if (verdict.do === 'nothing') return [];
    if (verdict.do === 'undo') return undosOf(b);
    const choice = await attention(b, verdict.failure, ['keep', 'end', 'retry']);
    if (choice === 'end') return undosOf(b);
    if (choice === 'keep') {
      leaveAll(b);
      return [];
    }
  }
}

/** How far the booking had come. */
interface Before {
  /** Whether it had told its callers that the appointment stands. */
  stoodConfirmed: boolean;
  /** Whether it was being ended already: then nobody needs to be asked whether to. */
  wasEnding: boolean;
  /** Whether what it made can be told from what others did. */
  isTraceable: boolean;
}

const CONFIRMED: readonly string[] = ['confirmed', 'in_progress', 'rescheduling'];

/** Null when it cannot have made anything: its request had not been read, or it had ended by itself. */
async function resume(b: Booking, input: CleanupInput, cutOff: CutOffBooking): Promise<Before | null> {
  const left = stateOf(cutOff.state);
  if (left) {
    if (left.capabilities.taskQueue === '' || isOver(left.status)) return null;
    change(b, { ...left, ...unanswered(left, cutOff.at), ...UNSETTLED });
  } else if (!(await reopen(b, input, cutOff))) return null;
  b.opened = true;
  return {
    stoodConfirmed: left !== null && CONFIRMED.includes(left.status),
    wasEnding: left !== null && (left.cancel !== null || left.status === 'compensating'),
    isTraceable: left !== null || b.state.capabilities.refReturns,
  };
}

/** What this clean-up shows anew. */
const UNSETTLED = {
  status: 'compensating',
  waitingFor: null,
  attention: null,
  compensation: [],
  slots: [],
} as const satisfies Partial<BookingState>;

/** A write may have been on its way when the booking was cut off: nobody heard its answer. */
function unanswered(left: BookingState, since: string): Partial<BookingState> {
  const last = left.attempts.at(-1);
  const isMove = left.status === 'rescheduling' && left.capabilities.reschedule === 'native';
  const bookIsOpen = last?.outcome === 'booking' && !left.unknownBook;
  const orderIsOpen = placesOrder(left) && !left.order && !left.unknownOrderSince;
  return {
    ...(bookIsOpen && { unknownBook: { since, startsAt: last.startsAt, isMove } }),
    ...(orderIsOpen && { unknownOrderSince: since }),
  };
}

function placesOrder({ request, capabilities }: BookingState): boolean {
  return capabilities.orderKind !== null && request.order !== undefined && 'labTestIds' in request.order;
}

/**
 * Nobody can say how far it had come: its request alone tells what it may have made. False when that is none that
 * could have opened.
 */
async function reopen(b: Booking, input: CleanupInput, cutOff: CutOffBooking): Promise<boolean> {
  try {
    const { request, bookingId } = input;
    const opened = await owned(b, () =>
      core('read the booking that was cut off').openBooking({ request, bookingId, afterwards: true }),
    );
    change(b, { ...opened, ...UNSETTLED });
  } catch (err) {
    if (err instanceof Ending) return false;
    throw err;
  }
  const startsAt = workflowInfo().startTime.toISOString();
  const attempt = { slotMark: '', startsAt, outcome: 'unknown', reason: null, at: cutOff.at } as const;
  const adopted = b.state.request.order && 'id' in b.state.request.order ? b.state.request.order.id : null;
  change(b, {
    attempts: [attempt],
    order: adopted === null ? null : { ...UNREAD_ORDER, id: adopted, origin: 'adopted' },
    unknownOrderSince: placesOrder(b.state) ? cutOff.at : null,
    unknownBook: { since: cutOff.at, startsAt: null, isMove: false },
  });
  return true;
}

type Verdict = { do: 'undo' } | { do: 'nothing' } | { do: 'ask'; failure: Failure };

/** What is to become of what the booking left, after a look at the provider. */
async function judged(b: Booking, before: Before): Promise<Verdict> {
  if (!before.isTraceable) return { do: 'ask', failure: new Failure('booking_cut_off') };
  try {
    await findPlacedOrder(b);
    const { order, capabilities } = b.state;
    if (!order && capabilities.orderKind !== null) return { do: 'undo' };
    return verdictOn(b, before, await lookUp(b, 'look what the booking left'));
  } catch (err) {
    const failure = failureOf(err);
    if (!failure) throw err;
    return { do: 'ask', failure };
  }
}

function verdictOn(b: Booking, before: Before, sighting: Sighting): Verdict {
  const order = sighting.order ?? b.state.order;
  if (sighting.order && b.state.order)
    change(b, { order: { ...sighting.order, origin: b.state.order.origin } });
  // What it knew as its own counts first: an unanswered call beside it must not hide it.
  const seen = whose(b, sighting);
  const own = knownLive(b, sighting)[0] ?? (seen.is === 'ours' ? seen.appointment : null);
  if (own) change(b, { appointment: own });
  if (own?.standing === 'completed' || (order && isPastVisit(order))) return { do: 'nothing' };
  if (before.wasEnding) return { do: 'undo' };
  const settling: readonly string[] = [...b.state.capabilities.settlesAt, 'confirmed', 'in_progress'];
  const providerSaysSo = own !== null && settling.includes(own.standing);
  const somethingStands = own !== null || (order !== null && !isEnded(order));
  const isPromised = providerSaysSo || (before.stoodConfirmed && somethingStands);
  return isPromised ? { do: 'ask', failure: new Failure('booking_cut_off') } : { do: 'undo' };
}

function isPastVisit({ phase }: Order): boolean {
  return phase === 'with_lab' || phase === 'completed';
}

/** An order that was placed without our hearing of it carries the booking's id; the undo looks again, for longer. */
async function findPlacedOrder(b: Booking): Promise<void> {
  const { order, unknownOrderSince, request, createdAt } = b.state;
  const userId = request.patient?.userId;
  if (order || !unknownOrderSince || !userId) return;
  const found = await reads(b, 'look for the order that it placed').findOrder({
    at: at(b),
    userId,
    createdSince: createdAt,
  });
  if (found) change(b, { order: { ...found, origin: 'placed' }, unknownOrderSince: null });
}

/** The person takes what stands upon themselves. */
function leaveAll(b: Booking): void {
  change(b, {
    compensation: undosOf(b).map(({ step }) => ({ step, outcome: 'left_to_person', attempts: 0, at: now() })),
  });
}

/** The `bookingState` query is the only writer; what another build wrote must at least have what is used here. */
function stateOf(value: unknown): BookingState | null {
  if (typeof value !== 'object' || value === null) return null;
  const isState = 'capabilities' in value && 'request' in value && 'attempts' in value && 'status' in value;
  return isState ? (value as BookingState) : null;
}
