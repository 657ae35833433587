import { ownerOf, type Owning } from './own';

/** The change that was asked for last. It is kept so that the same request has no effect twice. */
export interface MovePart {
  /** Its windows and slot, as JSON; null before the first. */
  readonly asked: string | null;
  /** The sender's own token for it. */
  readonly id: string | null;
  readonly isDone: boolean;
}

type HasMove = Owning<'move', MovePart>;

export const NO_MOVE: MovePart = { asked: null, id: null, isDone: false };

const change = ownerOf<'move', MovePart>('move');

/** A change was accepted, and is on its way. */
export function moveAccepted(b: HasMove, asked: string, id: string | null): void {
  change(b, () => ({ asked, id, isDone: false }));
}

/** The appointment stands as the change asked for. */
export function moveDone(b: HasMove): void {
  change(b, (part) => ({ ...part, isDone: true }));
}

/** The appointment has changed since: the same change, asked for again, is a new one. */
export function moveOvertaken(b: HasMove): void {
  change(b, (part) => ({ ...part, isDone: false }));
}
