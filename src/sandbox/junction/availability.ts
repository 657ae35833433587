import { PSC_TIMEZONE, HOME_AREAS, SITES, type Site } from './catalogue';
import type { Context } from './context';
import { refuse, REFUSALS } from './errors';
import { quirkyDays, quirkySlots } from './quirks';
import { bookingKey, freeSlots, type Day } from './slots';
import type { Wire } from './wire';

/** Searches for slots (contract: AppointmentAvailabilitySlots). */

/** Returns slots at home. Refuses with 404 where no provider takes online bookings for the ZIP code. */
export function homeAvailability(context: Context, zipCode: string, startDate?: string): Wire {
  const zip = zipCode.slice(0, 5);
  const area = HOME_AREAS[zip];
  if (!area?.providers.some(({ tier }) => tier === 'appointment-ready')) throw REFUSALS.noSlots(zip);
  const days = findsNothing(context) ? [] : freeSlots(context, 'phlebotomy', zip, startDate);
  const answers = days.map((day) => dayAnswer(context, day, null));
  return { slots: quirkyDays(context.state.quirks, answers), timezone: area.timezone };
}

interface SiteQuery {
  lab: Site['lab'];
  site_codes?: string[];
  zip_code?: string;
  radius?: string;
  start_date?: string;
}

/** Returns slots at PSCs, by up to three site codes or by ZIP code and radius. */
export function pscAvailability(context: Context, query: SiteQuery): Wire {
  const found = sitesFor(query);
  if (found.length === 0) throw REFUSALS.noSites();
  const searched = findsNothing(context) ? [] : found;
  const slots = searched.flatMap(({ site, distance }) => {
    const location = {
      location: site.location,
      distance,
      address: site.address,
      code: site.code,
      name: site.name,
      iana_timezone: PSC_TIMEZONE,
    };
    return freeSlots(context, 'psc', site.code, query.start_date).map((day) =>
      dayAnswer(context, day, location),
    );
  });
  return { slots: quirkyDays(context.state.quirks, slots), timezone: PSC_TIMEZONE };
}

function sitesFor(query: SiteQuery): { site: Site; distance: number | null }[] {
  const { site_codes: codes, zip_code: zip, radius } = query;
  if (codes) return sitesByCode(codes, query.lab);
  if (zip === undefined) throw refuse(400, 'site_codes or zip_code must be provided');
  if (radius === undefined) throw refuse(400, 'radius must be provided when using zip_code');
  return sitesNear(zip, Number(radius), query.lab);
}

function sitesByCode(codes: string[], lab: Site['lab']): { site: Site; distance: null }[] {
  if (codes.length > 3) throw refuse(400, 'site_codes must be less than or equal to 3');
  return codes.map((code) => {
    const site = SITES.find((one) => one.code === code && one.lab === lab);
    if (!site) throw refuse(400, `Location with site code ${code} not found`);
    if (!site.active) throw refuse(400, `Location with site code ${code} is no longer active`);
    return { site, distance: null };
  });
}

/** Returns the active sites of a lab within a radius in miles, nearest first. */
export function sitesNear(
  zip: string,
  radiusMiles: number,
  lab: Site['lab'],
): { site: Site; distance: number }[] {
  return SITES.filter((site) => site.active && site.lab === lab)
    .map((site) => ({ site, distance: site.near[zip] ?? Number.POSITIVE_INFINITY }))
    .filter(({ distance }) => distance <= radiusMiles)
    .sort((one, other) => one.distance - other.distance);
}

function findsNothing(context: Context): boolean {
  const { slots } = context.state;
  if (slots.empty < 1) return false;
  slots.empty -= 1;
  return true;
}

function dayAnswer(context: Context, day: Day, location: Wire | null): Wire {
  const slots = day.slots.map((slot) => {
    const offer = bookingKey(context, slot);
    return {
      booking_key: offer?.key ?? null,
      start: slot.startAt,
      end: slot.endAt,
      expires_at: offer?.expiresAt.toISOString() ?? null,
      price: slot.price,
      is_priority: slot.isPriority,
      num_appointments_available: slot.free,
    };
  });
  return { location, date: day.date, slots: quirkySlots(context.state.quirks, slots) };
}
