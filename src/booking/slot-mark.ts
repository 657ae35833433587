import type { Slot } from './model';

/** A slot's identity across searches: keys change from one to the next, time and place do not. */
export function slotMark(slot: Slot): string {
  return `${slot.startsAt}@${slot.place?.code ?? ''}`;
}
