import { now } from '../clock';

/** What of a booking the owner of one part of its state sees. */
export interface Owning<Name extends string, Part> {
  readonly state: Readonly<Record<Name, Part>> & { readonly revision: number; readonly updatedAt: string };
  /** Whether the state changed since it was last published. */
  dirty: boolean;
}

/**
 * The one way in which a booking's state changes. Each part has one owner, a file of this folder, which calls this once and
 * keeps the result to itself; what it exports says what happened. Callers see a new revision after each change.
 */
export function ownerOf<Name extends string, Part>(name: Name) {
  return (b: Owning<Name, Part>, next: (part: Part) => Part): void => {
    const parts: Readonly<Record<Name, Part>> = b.state;
    const { revision } = b.state;
    Object.assign(b.state, { [name]: next(parts[name]), revision: revision + 1, updatedAt: now() });
    b.dirty = true;
  };
}
