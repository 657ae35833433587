import { ownerOf, type Owning } from './own';

/** The booking's life over the runs that Temporal makes of it. */
export interface LifePart {
  /** When the booking began, whichever run this is: with its id it makes up its refs. */
  readonly createdAt: string;
  /** The run, made by a reset in Temporal, that a person had go on. */
  readonly acceptedRunId: string | null;
  /** Whether the run before this one, which this goes on from or cleans up after, was made by a reset and nobody had it go on. */
  readonly isAfterReset: boolean;
}

type HasLife = Owning<'life', LifePart>;

export function lifeFrom(createdAt: string): LifePart {
  return { createdAt, acceptedRunId: null, isAfterReset: false };
}

const change = ownerOf<'life', LifePart>('life');

/** A person had the run go on that a reset made: its writes are made although there were others before it. */
export function resetAccepted(b: HasLife, acceptedRunId: string | null): void {
  change(b, (part) => ({ ...part, acceptedRunId }));
}

/** A clean-up goes on where the booking was cut off. */
export function lifeTakenUp(b: HasLife, createdAt: string, isAfterReset: boolean): void {
  change(b, (part) => ({ ...part, createdAt, isAfterReset }));
}
