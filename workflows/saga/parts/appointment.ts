import type { Appointment } from '../../../src/booking/model';
import type { BookingTraces, TakenOver } from '../../../src/booking/traces';
import { ownerOf, type Owning } from './own';

/** The booking's appointment: which one it holds, and which others it knows as its own. */
export interface AppointmentPart {
  /** The one that the booking is about, as it was last seen; null while it has none. */
  readonly held: Readonly<Appointment> | null;
  /**
   * Ids of this booking's own appointments: answers to its book calls named them, they were inferred, or one of its
   * appointments was followed to them.
   */
  readonly ownIds: readonly string[];
  /** The `ownIds` that no answer named. They were inferred from what a look showed, where refs do not return. */
  readonly inferredIds: readonly string[];
  /** Whether the appointment was there before and taken over: then only a caller's cancel undoes it. */
  readonly tookOver: boolean;
  /** What identifies the appointment that was taken over, for as long as the booking lives. */
  readonly takenOver: TakenOver | null;
  /** The appointment that the held one replaces, while both stand. */
  readonly replaces: Readonly<Pick<Appointment, 'id' | 'startsAt' | 'phase'>> | null;
  /**
   * Appointments of this booking that a person decided to leave standing before its end: nobody asks about them again.
   */
  readonly leftIds: readonly string[];
}

type HasAppointment = Owning<'appointment', AppointmentPart>;

export const NO_APPOINTMENT: AppointmentPart = {
  held: null,
  ownIds: [],
  inferredIds: [],
  tookOver: false,
  takenOver: null,
  replaces: null,
  leftIds: [],
};

const change = ownerOf<'appointment', AppointmentPart>('appointment');

const withId = (ids: readonly string[], id: string): readonly string[] => [...new Set([...ids, id])];

/** Records the appointment that a call brought about. An appointment that was taken over stays so when it is moved. */
export function appointmentHeld(b: HasAppointment, held: Appointment, isMove: boolean): void {
  change(b, (part) => ({ ...part, held, tookOver: isMove && part.tookOver }));
}

/** Records that an appointment which somebody else made is this booking's from now on. */
export function appointmentTakenOver(b: HasAppointment, held: Appointment): void {
  const { id, ref } = held;
  change(b, (part) => ({ ...part, held, tookOver: true, takenOver: { id, ref } }));
}

/** Records an appointment that was there already because an earlier run of this booking had made it. */
export function ownAppointmentFound(b: HasAppointment, held: Appointment): void {
  change(b, (part) => ({ ...part, held, tookOver: false }));
}

/** Records how a look or an answer showed the booking's appointment, maybe under another id. */
export function appointmentSeen(b: HasAppointment, held: Appointment): void {
  change(b, (part) => ({ ...part, held }));
}

/** Records that the appointment is known to have ended, although no look shows it any more. */
export function appointmentGone(b: HasAppointment): void {
  change(b, (part) => ({
    ...part,
    held: part.held && { ...part.held, phase: 'cancelled', status: 'cancelled' },
  }));
}

/** Records an appointment's id as the booking's own. */
export function knownAsOwn(b: HasAppointment, id: string): void {
  if (b.state.appointment.ownIds.includes(id)) return;
  change(b, (part) => ({ ...part, ownIds: withId(part.ownIds, id) }));
}

/**
 * Records an id as the booking's own that no answer named: only an unanswered call of this booking can have made it.
 */
export function inferredAsOwn(b: HasAppointment, id: string): void {
  change(b, (part) => ({
    ...part,
    ownIds: withId(part.ownIds, id),
    inferredIds: withId(part.inferredIds, id),
  }));
}

/** Records that the slot was given back. What is held next will be the booking's own, not taken over. */
export function appointmentReleased(b: HasAppointment): void {
  change(b, (part) => ({ ...part, held: null, tookOver: false }));
}

/** Records that a move holds its new appointment while the old one still stands. */
export function replacementHeld(b: HasAppointment, old: Appointment): void {
  change(b, (part) => ({ ...part, replaces: old }));
}

/** Records that the old appointment of a move was given up. */
export function replacementDone(b: HasAppointment): void {
  change(b, (part) => ({ ...part, replaces: null }));
}

/** Records that a move came to nothing: the booking holds its old appointment again. */
export function wentBackTo(b: HasAppointment, old: Appointment): void {
  change(b, (part) => ({ ...part, held: old, replaces: null }));
}

/** Records that a person decided to leave one of the booking's appointments standing. */
export function appointmentLeft(b: HasAppointment, id: string): void {
  change(b, (part) => ({ ...part, leftIds: withId(part.leftIds, id) }));
}

/** Records that a person left all of the booking's appointments standing. A clean-up after a cut-off reads this. */
export function allAppointmentsLeft(b: HasAppointment): void {
  change(b, (part) => {
    const ids = [...part.leftIds, ...part.ownIds, ...(part.held ? [part.held.id] : [])];
    return { ...part, leftIds: [...new Set(ids)] };
  });
}

/**
 * Records that the appointment was lost and another is looked for. A lost appointment that had been taken over was
 * never ours: if it comes back, we do not touch it.
 */
export function appointmentLost(b: HasAppointment): void {
  change(b, (part) => ({
    ...part,
    held: null,
    tookOver: false,
    takenOver: null,
    ownIds: part.tookOver ? part.ownIds.filter((id) => id !== part.held?.id) : part.ownIds,
  }));
}

/** Takes up the appointment as an ended run published it. */
export function appointmentTakenUp(b: HasAppointment, held: Appointment | null, traces: BookingTraces): void {
  const { ownAppointmentIds: ownIds, inferredIds, tookOver, takenOver, replaces, leftIds } = traces;
  change(b, () => ({ held, ownIds, inferredIds, tookOver, takenOver, replaces, leftIds }));
}
