import type { Appointment } from './model';

/** Returns true when giving an appointment up now would cost a fee. Pure. `feeWindowMs`: 0 where no fee is known. */
export function costsFeeNow(
  { startsAt, phase }: Pick<Appointment, 'startsAt' | 'phase'>,
  feeWindowMs: number,
  nowMs: number,
): boolean {
  if (feeWindowMs === 0 || startsAt === null || phase === 'cancelled') return false;
  return Date.parse(startsAt) - nowMs < feeWindowMs;
}
