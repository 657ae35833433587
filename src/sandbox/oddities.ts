import { DateTime } from 'luxon';

/**
 * Quirks that change a kind of value in any answer, whatever its shape:
 * - `oddElements`: every list that is not empty also holds null, an empty object, a text, a number and a list
 *   (lists of slots have quirks of their own);
 * - `textNumbers`: numbers come as text, prices as `"75.00"`; `textBooleans`: booleans come as `"true"` and `"false"`;
 * - `localTimes`: times have the offset of the place instead of UTC; `utcTimes`: times are in UTC instead;
 * - the notation of times, where the first quirk that is on counts: `spaceTimes` (`2026-12-07 16:00:00+00`),
 *   `minuteTimes` (without seconds, where they are 0), `basicOffsetTimes` (`-0700`), `basicTimes`
 *   (`20261207T160000Z`), `lowerCaseTimes` (`2026-12-07t16:00:00z`), `microTimes` (`16:00:00.000000+00:00`).
 */
export const VALUE_QUIRKS = [
  'oddElements',
  'textNumbers',
  'textBooleans',
  'localTimes',
  'utcTimes',
  'spaceTimes',
  'minuteTimes',
  'basicOffsetTimes',
  'basicTimes',
  'lowerCaseTimes',
  'microTimes',
] as const;
type ValueQuirk = (typeof VALUE_QUIRKS)[number];

/** What makes an answer odd. */
export interface Oddity {
  quirks: Readonly<Partial<Record<ValueQuirk, boolean>>>;
  /** The place's zone, where the answer does not name it. */
  zone: string;
  /** The offset (`-07:00`) of the place's wall clocks, whatever any zone data say; times come with it. */
  offset?: string | null;
  /** The name that the answer gives to the place's zone; null: it gives no name. */
  zoneName?: string | null;
}

/** Changes an answer, a webhook's body or any part of one. */
export function oddly(answer: unknown, oddity: Oddity): unknown {
  const { quirks, offset, zoneName } = oddity;
  const plain =
    typeof offset !== 'string' && zoneName === undefined && !VALUE_QUIRKS.some((one) => quirks[one]);
  return plain ? answer : changed(answer, '', oddity);
}

const ZONE_FIELDS = ['iana_timezone', 'timezone'];
const SLOT_LISTS = ['slots', 'times'];

function changed(value: unknown, field: string, oddity: Oddity): unknown {
  const { quirks } = oddity;
  if (Array.isArray(value)) {
    const items = value.map((item) => changed(item, field, oddity));
    return quirks.oddElements && !SLOT_LISTS.includes(field) ? withOddElements(items) : items;
  }
  if (typeof value === 'object' && value !== null) return changedRecord({ ...value }, oddity);
  if (typeof value === 'number' || typeof value === 'bigint')
    return quirks.textNumbers ? numberText(value, field) : value;
  if (typeof value === 'boolean') return quirks.textBooleans ? String(value) : value;
  if (typeof value === 'string' && field !== 'dob') return changedTime(value, oddity);
  return value;
}

function changedRecord(record: Record<string, unknown>, oddity: Oddity): Record<string, unknown> {
  const named = ZONE_FIELDS.map((field) => record[field]).find((zone) => typeof zone === 'string');
  const within = typeof named === 'string' ? { ...oddity, zone: named } : oddity;
  return Object.fromEntries(
    Object.entries(record).map(([field, value]) => [
      field,
      ZONE_FIELDS.includes(field) && oddity.zoneName !== undefined
        ? oddity.zoneName
        : changed(value, field, within),
    ]),
  );
}

/** Puts odd elements first, in between and last, so that code that looks at only one end meets one. */
function withOddElements(items: unknown[]): unknown[] {
  const [first, ...rest] = items;
  return items.length === 0 ? [] : [null, first, {}, 'see above', ...rest, 7, []];
}

function numberText(value: number | bigint, field: string): string {
  return field === 'price' && typeof value === 'number' ? value.toFixed(2) : String(value);
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function changedTime(text: string, { quirks, zone, offset }: Oddity): string {
  const notation = NOTATIONS.find(([quirk]) => quirks[quirk])?.[1];
  const there = typeof offset === 'string' ? `UTC${offset}` : quirks.localTimes ? zone : null;
  const shown = there ?? (quirks.utcTimes ? 'utc' : null);
  if (!TIME.test(text) || (notation === undefined && shown === null)) return text;
  const time = DateTime.fromISO(text, { setZone: true });
  return (notation ?? iso)(shown === null ? time : time.setZone(shown));
}

const iso = (time: DateTime): string => time.toISO({ suppressMilliseconds: true }) ?? '';
const seconds = (time: DateTime): string => (time.millisecond === 0 ? 'ss' : 'ss.SSS');

const NOTATIONS: readonly [ValueQuirk, (time: DateTime) => string][] = [
  [
    'spaceTimes',
    (time) => time.toFormat(`yyyy-MM-dd HH:mm:${seconds(time)}ZZ`).replace(/([+-]\d\d):00$/, '$1'),
  ],
  [
    'minuteTimes',
    (time) =>
      time.second === 0 && time.millisecond === 0 ? time.toFormat("yyyy-MM-dd'T'HH:mmZZ") : iso(time),
  ],
  ['basicOffsetTimes', (time) => time.toFormat(`yyyy-MM-dd'T'HH:mm:${seconds(time)}ZZZ`)],
  ['basicTimes', (time) => time.toISO({ format: 'basic', suppressMilliseconds: true }) ?? ''],
  ['lowerCaseTimes', (time) => iso(time).toLowerCase()],
  ['microTimes', (time) => time.toFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'000'ZZ")],
];
