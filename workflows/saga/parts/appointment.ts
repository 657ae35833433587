import type { Appointment } from '../../../src/booking/model';
import type { BookingTraces, TakenOver } from '../../../src/booking/traces';
import { ownerOf, type Owning } from './own';

/** The booking's appointment: which one it holds, and which others it knows as its own. */
export interface AppointmentPart {
  /** The one that the booking is about, as it was last seen; null while it has none. */
  readonly held: Readonly<Appointment> | null;
  /**
   * Ids of this booking's own appointments: those that answers to its book calls named, that were inferred, and under which
   * one of them was followed.
   */
  readonly ownIds: readonly string[];
  /** Those of them that no answer named: they were inferred from what is there, where refs do not return. */
  readonly inferredIds: readonly string[];
  /** Whether the appointment was there before and taken over: then only a caller's cancel undoes it. */
  readonly tookOver: boolean;
  /** By what the appointment that was taken over is known, for as long as the booking lives. */
  readonly takenOver: TakenOver | null;
  /** The appointment that the held one replaces, while both stand. */
  readonly replaces: Readonly<Pick<Appointment, 'id' | 'startsAt' | 'phase'>> | null;
  /** Appointments of this booking that a person had left standing outside of its end: nobody asks about them again. */
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

/** A call brought it about. One that was taken over and is moved stays a taken-over one. */
export function appointmentHeld(b: HasAppointment, held: Appointment, isMove: boolean): void {
  change(b, (part) => ({ ...part, held, tookOver: isMove && part.tookOver }));
}

/** One that somebody else had made is this booking's from now on. */
export function appointmentTakenOver(b: HasAppointment, held: Appointment): void {
  const { id, ref } = held;
  change(b, (part) => ({ ...part, held, tookOver: true, takenOver: { id, ref } }));
}

/** One that an earlier run of this booking had made was there already. */
export function ownAppointmentFound(b: HasAppointment, held: Appointment): void {
  change(b, (part) => ({ ...part, held, tookOver: false }));
}

/** A look or an answer showed how the booking's appointment is now, maybe under another id. */
export function appointmentSeen(b: HasAppointment, held: Appointment): void {
  change(b, (part) => ({ ...part, held }));
}

/** It is known to have ended, though no look shows it any more. */
export function appointmentGone(b: HasAppointment): void {
  change(b, (part) => ({
    ...part,
    held: part.held && { ...part.held, phase: 'cancelled', status: 'cancelled' },
  }));
}

/** An appointment is known as the booking's own, by its id, from here on. */
export function knownAsOwn(b: HasAppointment, id: string): void {
  if (b.state.appointment.ownIds.includes(id)) return;
  change(b, (part) => ({ ...part, ownIds: withId(part.ownIds, id) }));
}

/** No answer named it, and nothing but an unanswered call of this booking can have made it. */
export function inferredAsOwn(b: HasAppointment, id: string): void {
  change(b, (part) => ({
    ...part,
    ownIds: withId(part.ownIds, id),
    inferredIds: withId(part.inferredIds, id),
  }));
}

/** The slot was given back: nothing is held until another is, and that is the booking's own. */
export function appointmentReleased(b: HasAppointment): void {
  change(b, (part) => ({ ...part, held: null, tookOver: false }));
}

/** The new one of a move is held while the old one still stands. */
export function replacementHeld(b: HasAppointment, old: Appointment): void {
  change(b, (part) => ({ ...part, replaces: old }));
}

/** The old one of a move was given up. */
export function replacementDone(b: HasAppointment): void {
  change(b, (part) => ({ ...part, replaces: null }));
}

/** A move came to nothing: the old one is the booking's again. */
export function wentBackTo(b: HasAppointment, old: Appointment): void {
  change(b, (part) => ({ ...part, held: old, replaces: null }));
}

/** A person had one of the booking's appointments left standing. */
export function appointmentLeft(b: HasAppointment, id: string): void {
  change(b, (part) => ({ ...part, leftIds: withId(part.leftIds, id) }));
}

/** A person had all that is the booking's left standing: whoever takes it up after its being cut off must know. */
export function allAppointmentsLeft(b: HasAppointment): void {
  change(b, (part) => {
    const ids = [...part.leftIds, ...part.ownIds, ...(part.held ? [part.held.id] : [])];
    return { ...part, leftIds: [...new Set(ids)] };
  });
}

/**
 * It was lost, and another is looked for. What was taken over and is gone was never ours: should it come back, it is not ours
 * to touch.
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

/** The appointment as a run that is over had told of it. */
export function appointmentTakenUp(b: HasAppointment, held: Appointment | null, traces: BookingTraces): void {
  const { ownAppointmentIds: ownIds, inferredIds, tookOver, takenOver, replaces, leftIds } = traces;
  change(b, () => ({ held, ownIds, inferredIds, tookOver, takenOver, replaces, leftIds }));
}
