import type { Appointment } from './model';

/** Returns true when giving up an appointment now would cost a fee. `feeWindowMs` is 0 when no fee is known. Pure. */
export function costsFeeNow(
  { startsAt, phase }: Pick<Appointment, 'startsAt' | 'phase'>,
  feeWindowMs: number,
  nowMs: number,
): boolean {
  if (feeWindowMs === 0 || startsAt === null || phase === 'cancelled') return false;
  return Date.parse(startsAt) - nowMs < feeWindowMs;
}
