import { ageOn } from '../age';
import { CAPABILITIES } from '../capabilities';
import { FIRST_ZONE_ON_EARTH, LAST_ZONE_ON_EARTH } from '../times';
import { addDays, hoursOf, isZone, localDay, windowEnd } from '../windows';
import { type FieldError, valueAt } from './field-error';
import { providerOf } from './provider-rules';
import { patientSchema, type SlotWindow, slotChoiceSchema, windowSchema } from './request';

/**
 * Judges a request's days as of today. If the place's zone is not known, the request gets the benefit of the doubt: a
 * day is over only when it is over everywhere, and a patient is as old as in the zone where they are oldest.
 */

const LONGEST_AHEAD_DAYS = 365;
const DAY_MS = 86_400_000;
const LONGEST_SLOT_MS = 2 * DAY_MS;
const EARLIEST_DOB = '1900-01-01';
const ADULT_YEARS = 18;

/** Returns the errors of windows, slot and date of birth, judged at `now`. */
export function dayErrors(input: unknown, now: Date): FieldError[] {
  const zone = zoneIn(input);
  return [
    ...choiceErrors(input),
    ...windowsIn(input).flatMap(({ window, field }) => windowErrors(window, field, { zone, now })),
    ...slotErrors(input, now),
    ...birthErrors(input, { zone, now }),
  ];
}

interface Clock {
  /** The request's zone; null when it names none. */
  zone: string | null;
  now: Date;
}

/**
 * Returns the errors of what says when: a request needs either windows or one slot. A visit that the vendor arranges by
 * phone needs neither, and must not name a slot.
 */
function choiceErrors(input: unknown): FieldError[] {
  const given = ['windows', 'slot'].filter((field) => valueAt(input, field) !== undefined);
  if (valueAt(input, 'tier') === 'request') {
    return given.includes('slot')
      ? [{ field: 'slot', hint: 'Has no meaning where the provider calls the patient to agree on a time.' }]
      : [];
  }
  if (given.length === 1) return [];
  return given.length === 0
    ? [{ field: 'windows', hint: 'Is missing; give either windows to search in, or the one slot to book.' }]
    : [{ field: 'slot', hint: 'Must not come beside windows: give one of them.' }];
}

function windowErrors(window: SlotWindow, field: string, { zone, now }: Clock): FieldError[] {
  const [start, end] = hoursOf(window);
  if (window.from > window.to) return [{ field: `${field}.to`, hint: 'Must not be before from.' }];
  if (start >= end)
    return [{ field: `${field}.hours`, hint: 'Must end after they begin, like 07:00-11:00.' }];
  const over = windowEnd(window, zone ?? LAST_ZONE_ON_EARTH);
  if (!over) return [{ field: `${field}.days`, hint: 'Must name a weekday that comes between from and to.' }];
  if (over <= now) return [{ field: `${field}.to`, hint: 'Is in the past; must be today or later.' }];
  if (window.to > addDays(localDay(now, 'UTC'), LONGEST_AHEAD_DAYS)) {
    return [{ field: `${field}.to`, hint: `Must be at most ${LONGEST_AHEAD_DAYS} days ahead.` }];
  }
  return [];
}

function slotErrors(input: unknown, now: Date): FieldError[] {
  const slot = slotChoiceSchema.safeParse(valueAt(input, 'slot'));
  if (!slot.success) return [];
  const [starts, ends] = [Date.parse(slot.data.startsAt), Date.parse(slot.data.endsAt)];
  const endHint = endHintOf(ends - starts);
  return [
    ...(starts <= now.getTime()
      ? [{ field: 'slot.startsAt', hint: 'Is in the past; must be in the future.' }]
      : []),
    ...(endHint ? [{ field: 'slot.endsAt', hint: endHint }] : []),
  ];
}

function endHintOf(lengthMs: number): string | null {
  if (lengthMs <= 0) return 'Must be after startsAt.';
  return lengthMs > LONGEST_SLOT_MS
    ? `Must be at most ${LONGEST_SLOT_MS / DAY_MS} days after startsAt.`
    : null;
}

function birthErrors(input: unknown, { zone, now }: Clock): FieldError[] {
  const parsed = patientSchema.shape.dob.safeParse(valueAt(input, 'patient.dob'));
  const provider = providerOf(input);
  if (!parsed.success || !parsed.data || !provider) return [];
  const dob = parsed.data;
  const field = 'patient.dob';
  if (dob > localDay(now, FIRST_ZONE_ON_EARTH)) return [{ field, hint: 'Must not be in the future.' }];
  if (dob < EARLIEST_DOB) return [{ field, hint: 'Must be in 1900 or later.' }];

  const { minAgeYears, orderKind } = CAPABILITIES[provider];
  const lastDay = lastWantedDay(input, zone);
  if (minAgeYears !== null && lastDay && ageOn(dob, lastDay) < minAgeYears) {
    return [
      { field, hint: `The patient must be at least ${minAgeYears} years old on the day of the visit.` },
    ];
  }
  const isPlaced = orderKind !== null && valueAt(input, 'order.labTestIds') !== undefined;
  const isMinor = ageOn(dob, localDay(now, zone ?? FIRST_ZONE_ON_EARTH)) < ADULT_YEARS;
  if (isPlaced && isMinor && valueAt(input, 'patient.medicalProxy') === undefined) {
    return [{ field: 'patient.medicalProxy', hint: 'Is missing; an order for a minor needs it.' }];
  }
  return [];
}

/** Returns the latest day on which the visit may be: the patient is oldest then. */
function lastWantedDay(input: unknown, zone: string | null): string | null {
  const slot = slotChoiceSchema.safeParse(valueAt(input, 'slot'));
  const days = windowsIn(input).map(({ window }) => window.to);
  if (slot.success) days.push(localDay(new Date(slot.data.startsAt), zone ?? FIRST_ZONE_ON_EARTH));
  return days.sort().at(-1) ?? null;
}

/** Returns the well-formed windows with their fields. The form's own errors tell about the others. */
function windowsIn(input: unknown): { window: SlotWindow; field: string }[] {
  const windows = valueAt(input, 'windows');
  if (!Array.isArray(windows)) return [];
  return windows.flatMap((item: unknown, index) => {
    const window = windowSchema.safeParse(item);
    return window.success ? [{ window: window.data, field: `windows.${index}` }] : [];
  });
}

/** Returns the zone that the request names, or null when there is no such zone. */
export function zoneIn(input: unknown): string | null {
  const zone = valueAt(input, 'timezone');
  return typeof zone === 'string' && isZone(zone) ? zone : null;
}
