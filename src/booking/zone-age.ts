import { ZONE_DATA_VERSION } from './zone-data';

/** Judges how old the zone data is, as far as its name tells. */

/**
 * How many months after a year its data still counts as current. A release's name tells only its year. Most changes of
 * law are for March or October, and the database has them some weeks before, so last year's data at the end of June
 * misses at least one round of them.
 */
const CURRENT_MONTHS = 6;

const VERSION = /^(\d{4})[a-z]+$/;

/** Returns a warning when the zone data is of a year that ended more than half a year ago; null for newer data. */
export function zoneDataWarning(now: Date, version: string = ZONE_DATA_VERSION): string | null {
  const year = Number(VERSION.exec(version)?.[1] ?? 0);
  if (now.getTime() < Date.UTC(year + 1, CURRENT_MONTHS, 1)) return null;
  return `the zone data (${version}) is old: places may have changed their clocks since; run npm update moment-timezone`;
}
