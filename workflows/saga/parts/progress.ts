import type { BookingStatus, BookingView } from '../../../src/booking/schema/view';
import { now } from '../clock';
import { ownerOf, type Owning } from './own';

/** Where the booking is on its way, as callers see it. */
export interface ProgressPart {
  /** The current step, or the step that was current when the booking began to end. */
  readonly step: StepName;
  readonly status: BookingStatus;
  readonly waitingFor: Readonly<NonNullable<BookingView['waitingFor']>> | null;
  readonly failure: Readonly<NonNullable<BookingView['failure']>> | null;
}

/** The steps of a booking, in order. The table in steps/index.ts says what each does and how it is undone. */
export type StepName = 'order' | 'readiness' | 'appointment' | 'visit';

type HasProgress = Owning<'progress', ProgressPart>;

export const BEGINNING: ProgressPart = {
  step: 'order',
  status: 'ordering',
  waitingFor: null,
  failure: null,
};

const change = ownerOf<'progress', ProgressPart>('progress');

/** The booking came to a step. */
export function stepReached(b: HasProgress, step: StepName): void {
  change(b, (part) => ({ ...part, step }));
}

/** The search for a slot began: for the first one, or for another after the booking lost its own. */
export function searchBegan(b: HasProgress): void {
  change(b, (part) => ({ ...part, status: 'searching' }));
}

/** A forward step began. A move goes through these steps too, but callers still see a move. */
export function stepBegan(b: HasProgress, status: 'searching' | 'booking' | 'awaiting_confirmation'): void {
  if (b.state.progress.status !== 'rescheduling') change(b, (part) => ({ ...part, status }));
}

/** A caller's change began. */
export function moveBegan(b: HasProgress): void {
  change(b, (part) => ({ ...part, status: 'rescheduling' }));
}

/** The appointment is kept: its visit is still to come, or is taking place. */
export function keptAs(b: HasProgress, status: 'confirmed' | 'in_progress'): void {
  change(b, (part) => ({ ...part, status }));
}

/** What was made is being undone. */
export function undoBegan(b: HasProgress): void {
  change(b, (part) => ({ ...part, status: 'compensating', waitingFor: null }));
}

/** The booking is over. */
export function ended(
  b: HasProgress,
  status: 'completed' | 'cancelled' | 'failed',
  failure: ProgressPart['failure'] = null,
): void {
  change(b, (part) => ({ ...part, status, failure, waitingFor: null }));
}

/** A wait began: `what` names its object in a caller's words, `until` its latest end. */
export function waitBegan(b: HasProgress, what: string, until: string | null): void {
  change(b, (part) => ({ ...part, waitingFor: { what, since: now(), until } }));
}

/** That wait is over. */
export function waitEnded(b: HasProgress): void {
  change(b, (part) => ({ ...part, waitingFor: null }));
}
