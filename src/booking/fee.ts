import type { Appointment } from './model';

/** Whether giving an appointment up now would cost a fee. Pure. `feeWindowMs`: 0 where no fee is known. */
export function costsFeeNow(
  { startsAt, standing }: Pick<Appointment, 'startsAt' | 'standing'>,
  feeWindowMs: number,
  nowMs: number,
): boolean {
  if (feeWindowMs === 0 || startsAt === null || standing === 'cancelled') return false;
  return Date.parse(startsAt) - nowMs < feeWindowMs;
}
