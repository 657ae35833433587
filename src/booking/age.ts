/**
 * Returns the full years between two calendar days, both `YYYY-MM-DD`. It needs no clock and no zone. Somebody born on
 * 29 February grows older on 1 March in common years.
 */
export function ageOn(dob: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(dob.slice(0, 4));
  return day.slice(5, 10) < dob.slice(5, 10) ? years - 1 : years;
}
