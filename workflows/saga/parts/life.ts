import { ownerOf, type Owning } from './own';

/** The booking's life over the runs that Temporal makes of it. */
export interface LifePart {
  /** When the booking began, whichever run this is. Together with the id it forms the refs. */
  readonly createdAt: string;
  /** The run, made by a reset in Temporal, that a person allowed to go on. */
  readonly acceptedRunId: string | null;
  /** Whether a reset made the run that this one continues or cleans up after, and no person allowed it to go on. */
  readonly isAfterReset: boolean;
}

type HasLife = Owning<'life', LifePart>;

export function lifeFrom(createdAt: string): LifePart {
  return { createdAt, acceptedRunId: null, isAfterReset: false };
}

const change = ownerOf<'life', LifePart>('life');

/** A person allowed the run that a reset made to go on: it writes, although the run before it may have written too. */
export function resetAccepted(b: HasLife, acceptedRunId: string | null): void {
  change(b, (part) => ({ ...part, acceptedRunId }));
}

/** A clean-up goes on where the booking was cut off. */
export function lifeTakenUp(b: HasLife, createdAt: string, isAfterReset: boolean): void {
  change(b, (part) => ({ ...part, createdAt, isAfterReset }));
}
