import type { Slot } from './model';

/** Returns a slot's identity across searches: its key changes from one to the next, its time and place do not. */
export function slotMark(slot: Slot): string {
  return `${slot.startsAt}@${slot.place?.code ?? ''}`;
}
