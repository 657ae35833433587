/** A calendar day so many days from today, for windows that are right whenever the tests run. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
