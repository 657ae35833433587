import { now } from '../clock';

/** A booking as the owner of one part of its state sees it. */
export interface Owning<Name extends string, Part> {
  readonly state: Readonly<Record<Name, Part>> & { readonly revision: number; readonly updatedAt: string };
  /** Whether the state changed since it was last published. */
  dirty: boolean;
}

/**
 * Returns the only function that can change one part of a booking's state. Each part has one owner, a file of this
 * folder, which calls this once and keeps the result to itself; its exports are named after what happened. Callers see
 * a new revision after each change.
 */
export function ownerOf<Name extends string, Part>(name: Name) {
  return (b: Owning<Name, Part>, next: (part: Part) => Part): void => {
    const parts: Readonly<Record<Name, Part>> = b.state;
    const { revision } = b.state;
    Object.assign(b.state, { [name]: next(parts[name]), revision: revision + 1, updatedAt: now() });
    b.dirty = true;
  };
}
