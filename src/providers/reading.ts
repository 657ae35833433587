import { z } from 'zod';
import { isWellFormed } from '../booking/text';
import { MAX_ID_LENGTH } from './bounded';

/**
 * The pieces of which the adapters' wire schemas are made. Vendors write one thing in many ways: a number as text, a text as
 * number, nothing as `null`, `""` or `"null"`, a list with an odd element. What has one meaning only is read; what has none
 * is missing (left-out.ts tells the log). Nothing is guessed.
 */

/** A field that may be missing, null or of a shape we do not know. */
export const soft = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

/** Words that serializers write for "nothing". Names may be such words, so they are read by `words`. */
const NOTHING: readonly string[] = ['', 'null', 'undefined'];

const isNothing = (text: string): boolean => NOTHING.includes(text.trim());

/**
 * A number as text, digit by digit. Past 2^53 a number is no longer the one that was sent, and is none; the HTTP client hands
 * those over as text.
 */
const digits = z
  .number()
  .refine((given) => Number.isSafeInteger(given) || !Number.isInteger(given))
  .transform(String);

const written = z.union([z.string(), digits]);

const CONTROL = /\p{Cc}/u;

/** No vendor makes an id of half a character or of what cannot be seen: the row was garbled on its way. */
const isPlain = (given: string): boolean => isWellFormed(given) && !CONTROL.test(given);

/** An id that we cannot work without, and carry. Text and numbers are one, as both come for the same id. */
const anyId = z.union([z.string().max(MAX_ID_LENGTH).refine(isPlain), z.int().transform(String)]);
export const id = anyId.refine((given) => !isNothing(given));

/** Text of a machine: codes, times, statuses, ZIP codes (85004 as a number is read; leading zeros were the sender's to keep). */
export const text = soft(written.transform((given) => (isNothing(given) ? null : given)));

/** Text of people, as it came: somebody's name is Null. */
export const words = soft(written);

/** The same where rows are found by it: what is of another shape and not missing makes the row one that cannot be read. */
export const keyId = anyId.transform((given) => (isNothing(given) ? null : given)).nullish();
export const keyText = written.transform((given) => (isNothing(given) ? null : given)).nullish();
export const keyWords = written.nullish();

/** `75.00`, `-112.07`, `.75`, `75.`. Not `1,234.50`, `$75`, `1e3` or `0x4B`: those have no one meaning everywhere. */
const DECIMAL = /^-?(?=\.?\d)\d{0,15}(?:\.\d{0,15})?$/;

/** A number, or plain decimal text. */
export const anyNumber = z.union([z.number(), z.string().trim().regex(DECIMAL).transform(Number)]);
export const number = soft(anyNumber);

/** A price or a distance. What is less than nothing is none: it would be the cheapest, or the closest, of all. */
export const amount = soft(anyNumber.refine((given) => given >= 0));

/** How many there are of something. */
export const count = soft(anyNumber.refine((given) => Number.isSafeInteger(given) && given >= 0));

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false, '1': true, '0': false };

/** A boolean, `"true"`, `"False"`, or the 1 and 0 of databases. */
export const anyFlag = z.union([z.boolean(), z.literal([0, 1]), z.string()]).transform((given, ctx) => {
  const flag = flagOf(given);
  if (flag === null) ctx.addIssue({ code: 'custom', message: 'not true or false' });
  return flag ?? z.NEVER;
});
export const flag = soft(anyFlag);

function flagOf(given: boolean | number | string): boolean | null {
  if (typeof given === 'boolean') return given;
  const word = String(given).trim().toLowerCase();
  return Object.hasOwn(FLAGS, word) ? (FLAGS[word] ?? null) : null;
}

/** Where on earth. */
export const lngLat = soft(z.looseObject({ lng: anyNumber, lat: anyNumber }));

/**
 * A list in which an element that cannot be read is null, in its place: a reader has to say what it makes of a list that was
 * not read whole (see `readable`, `isWhole`). A list that came as an object of indexes is read, and so is a single element
 * instead of a list of one, where it has the field by which an element is known.
 */
export const listOf = <T extends z.ZodType>(entry: T, knownBy: string | null = null) =>
  z.preprocess((sent) => asList(sent, knownBy), z.array(entry.nullable().catch(null)));

/** The same where no list means none. */
export const listOrNone = <T extends z.ZodType>(entry: T, knownBy: string | null = null) =>
  soft(listOf(entry, knownBy)).transform((list) => list ?? []);

/** A list of plain words; a word alone is a list of one. */
export const wordList = soft(
  z.preprocess(
    (sent) => (typeof sent === 'string' && !isNothing(sent) ? [sent] : asList(sent, null)),
    z.array(z.string().nullable().catch(null)),
  ),
);

const INDEX = /^\d{1,7}$/;

function asList(sent: unknown, knownBy: string | null): unknown {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return sent;
  const keys = Object.keys(sent);
  if (keys.length > 0 && keys.every((key) => INDEX.test(key))) return Object.values(sent);
  const isOne = knownBy !== null && new Map(Object.entries(sent)).get(knownBy) != null;
  return isOne ? [sent] : sent;
}

/** The elements of a list that could be read. */
export function readable<T>(list: readonly (T | null)[]): T[] {
  return list.filter((one): one is T & NonNullable<T> => one !== null);
}

/**
 * Returns true when every element of a list could be read. What a list that was not read whole does not show may be
 * there.
 */
export function isWhole(list: readonly unknown[]): boolean {
  return !list.includes(null);
}

/**
 * Returns true when what was read of a list is all of it: every element could be read, or as many that differ by their
 * id as the provider counts. What cannot be read beside those is no element.
 */
export function isAll(
  read: readonly ({ id?: string | null } | null)[],
  counted: number | null | undefined,
): boolean {
  if (isWhole(read)) return true;
  const ids = new Set(readable(read).flatMap(({ id }) => id ?? []));
  return counted != null && ids.size >= counted;
}

/** An enum's member in the one spelling that tables have: `Confirmed`, ` IN PROGRESS ` and `in-progress` are words we know. */
export function folded(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}
