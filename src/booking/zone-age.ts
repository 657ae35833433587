import { ZONE_DATA_VERSION } from './zone-data';

/** How old the zone data is, as far as its name tells. */

/**
 * How long after a year its data counts as current, in months. A release's name tells its year and no day. Most changes of
 * law are for March or October, and the database has them some weeks before: whoever has data of last year at the end of
 * June has missed at least one round of them.
 */
const CURRENT_MONTHS = 6;

const VERSION = /^(\d{4})[a-z]+$/;

/** A warning in words where zone data is of a year that is over for more than half a year; null for newer data. */
export function zoneDataWarning(now: Date, version: string = ZONE_DATA_VERSION): string | null {
  const year = Number(VERSION.exec(version)?.[1] ?? 0);
  if (now.getTime() < Date.UTC(year + 1, CURRENT_MONTHS, 1)) return null;
  return `the zone data (${version}) is old: places may have changed their clocks since; run npm update moment-timezone`;
}
