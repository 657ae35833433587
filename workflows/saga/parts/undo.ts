import type { BookingView, UndoOutcome } from '../../../src/booking/schema/view';
import type { AcceptedCancel, BookingTraces } from '../../../src/booking/traces';
import { now } from '../clock';
import { ownerOf, type Owning } from './own';

/** How far the booking's steps are undone. */
export interface UndoPart {
  /** Whether the booking is ending: from here on it undoes, and no forward step is done. */
  readonly isUnderWay: boolean;
  /** What callers see of the undos. */
  readonly compensation: readonly Entry[];
  /** Undos that reached the provider at least once: if they are then found done, we did it. */
  readonly calls: readonly UndoStep[];
  /** Our cancellations that the provider accepted. */
  readonly acceptedCancels: readonly AcceptedCancel[];
  /** Ids of appointments that the provider's staff was asked to cancel and that no look has shown as ended yet. */
  readonly askedOfStaff: readonly string[];
}

type Entry = BookingView['compensation'][number];
export type UndoStep = Entry['step'];

type HasUndo = Owning<'undo', UndoPart>;

export const NOTHING_UNDONE: UndoPart = {
  isUnderWay: false,
  compensation: [],
  calls: [],
  acceptedCancels: [],
  askedOfStaff: [],
};

/** How many accepted cancels a booking keeps; a long life releases many slots. */
const ACCEPTED_KEPT = 20;

const change = ownerOf<'undo', UndoPart>('undo');

/** The booking is ending. */
export function endingBegan(b: HasUndo): void {
  if (!b.state.undo.isUnderWay) change(b, (part) => ({ ...part, isUnderWay: true }));
}

/** These steps are to be undone, in this order. */
export function undosDue(b: HasUndo, steps: readonly UndoStep[]): void {
  entered(b, steps, 'pending');
}

/** A person took responsibility for what these steps left, before any of it was undone. */
export function undosLeft(b: HasUndo, steps: readonly UndoStep[]): void {
  entered(b, steps, 'left_to_person');
}

function entered(b: HasUndo, steps: readonly UndoStep[], outcome: UndoOutcome): void {
  const compensation = steps.map((step) => ({ step, outcome, attempts: 0, at: now() }));
  change(b, (part) => ({ ...part, compensation }));
}

/** An undo was tried once more and has this outcome now. */
export function undoTried(b: HasUndo, step: UndoStep, outcome: UndoOutcome): void {
  became(b, step, (entry) => ({ ...entry, outcome, attempts: entry.attempts + 1, at: now() }));
}

/** An undo depends on the provider's staff from now on. It stays open until they have done it. */
export function undoLeftToStaff(b: HasUndo, step: UndoStep): void {
  became(b, step, (entry) => ({ ...entry, outcome: 'left_to_person', at: now() }));
}

function became(b: HasUndo, step: UndoStep, next: (entry: Entry) => Entry): void {
  change(b, (part) => ({
    ...part,
    compensation: part.compensation.map((entry) => (entry.step === step ? next(entry) : entry)),
  }));
}

/** A person decided before the booking's end to leave an appointment standing: the view says so from then on. */
export function undoOfAppointmentLeft(b: HasUndo): void {
  change(b, (part) => ({
    ...part,
    compensation: [
      ...part.compensation.filter(({ step }) => step !== 'appointment'),
      { step: 'appointment', outcome: 'left_to_person', attempts: 1, at: now() },
    ],
  }));
}

/** The undo reached the provider. */
export function undoCalled(b: HasUndo, step: UndoStep): void {
  if (b.state.undo.calls.includes(step)) return;
  change(b, (part) => ({ ...part, calls: [...part.calls, step] }));
}

/** The provider accepted a cancel of an appointment. */
export function cancelAccepted(b: HasUndo, id: string): void {
  change(b, (part) => {
    const others = part.acceptedCancels.filter((accepted) => accepted.id !== id);
    return { ...part, acceptedCancels: [...others, { id, at: now() }].slice(-ACCEPTED_KEPT) };
  });
}

/** The id of a cancelled appointment now names another one: providers may use ids again. */
export function cancelledIdReused(b: HasUndo, id: string): void {
  change(b, (part) => ({
    ...part,
    acceptedCancels: part.acceptedCancels.filter((accepted) => accepted.id !== id),
  }));
}

/** The provider's staff was asked to cancel an appointment. */
export function staffAsked(b: HasUndo, id: string): void {
  change(b, (part) => ({ ...part, askedOfStaff: [...new Set([...part.askedOfStaff, id])] }));
}

/** A look showed these appointments as ended: the staff has done what it was asked. */
export function staffDone(b: HasUndo, endedIds: readonly string[]): void {
  const rest = b.state.undo.askedOfStaff.filter((id) => !endedIds.includes(id));
  if (rest.length === b.state.undo.askedOfStaff.length) return;
  change(b, (part) => ({ ...part, askedOfStaff: rest }));
}

/** Takes up the undos of an ended run. */
export function undoTakenUp(b: HasUndo, traces: BookingTraces): void {
  const { undoCalls: calls, acceptedCancels, askedOfStaff } = traces;
  change(b, (part) => ({ ...part, calls, acceptedCancels, askedOfStaff }));
}
