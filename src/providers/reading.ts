import { z } from 'zod';
import { isWellFormed } from '../booking/text';
import { MAX_ID_LENGTH } from './bounded';

/**
 * The building blocks of the adapters' wire schemas. Vendors write one thing in many ways: a number as text, a text as
 * number, nothing as `null`, `""` or `"null"`, a list with an odd element. A value with exactly one meaning is read; a
 * value without a clear meaning counts as missing (left-out.ts logs it). Nothing is guessed.
 */

/** A field that may be missing, null or of an unknown shape. */
export const soft = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);

/** Words that serializers write for "nothing". People's names may be such words, so they are read by `words`. */
const NOTHING: readonly string[] = ['', 'null', 'undefined'];

const isNothing = (text: string): boolean => NOTHING.includes(text.trim());

/**
 * A number as the text of its digits. A number beyond 2^53 is no longer the one that was sent, so it is refused; the
 * HTTP client hands those over as text.
 */
const digits = z
  .number()
  .refine((given) => Number.isSafeInteger(given) || !Number.isInteger(given))
  .transform(String);

const written = z.union([z.string(), digits]);

const CONTROL = /\p{Cc}/u;

/**
 * Returns false for an id with half a character or a control character: no vendor makes such ids, so the row was
 * garbled.
 */
const isPlain = (given: string): boolean => isWellFormed(given) && !CONTROL.test(given);

/** A required id. Text and number are the same, as both come for the same id. */
const anyId = z.union([z.string().max(MAX_ID_LENGTH).refine(isPlain), z.int().transform(String)]);
export const id = anyId.refine((given) => !isNothing(given));

/**
 * Text that a machine wrote: codes, times, statuses, ZIP codes (a number is read; its leading zeros are lost at the
 * sender).
 */
export const text = soft(written.transform((given) => (isNothing(given) ? null : given)));

/** Text that people wrote, as it came: somebody's name may be Null. */
export const words = soft(written);

/** The same for fields by which rows are found: a value of an unknown shape makes the whole row unreadable. */
export const keyId = anyId.transform((given) => (isNothing(given) ? null : given)).nullish();
export const keyText = written.transform((given) => (isNothing(given) ? null : given)).nullish();
export const keyWords = written.nullish();

/** `75.00`, `-112.07`, `.75`, `75.`. Not `1,234.50`, `$75`, `1e3` or `0x4B`, which do not mean the same everywhere. */
const DECIMAL = /^-?(?=\.?\d)\d{0,15}(?:\.\d{0,15})?$/;

/** A number, or plain decimal text. */
export const anyNumber = z.union([z.number(), z.string().trim().regex(DECIMAL).transform(Number)]);
export const number = soft(anyNumber);

/** A price or a distance. A negative one counts as missing: it would be the cheapest, or the closest, of all. */
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

/** A place by longitude and latitude. */
export const lngLat = soft(z.looseObject({ lng: anyNumber, lat: anyNumber }));

/**
 * A list in which an unreadable element is null in its place, so that a reader has to decide what it makes of a list
 * that was not read whole (see `readable`, `isWhole`). A list that came as an object of indexes is read. So is a single
 * element instead of a list of one, if it has the field `knownBy`.
 */
export const listOf = <T extends z.ZodType>(entry: T, knownBy: string | null = null) =>
  z.preprocess((sent) => asList(sent, knownBy), z.array(entry.nullable().catch(null)));

/** The same, but a missing list counts as empty. */
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

/** Returns the elements of a list that could be read. */
export function readable<T>(list: readonly (T | null)[]): T[] {
  return list.filter((one): one is T & NonNullable<T> => one !== null);
}

/**
 * Returns true when every element of a list could be read. Otherwise an element that the list does not show may exist.
 */
export function isWhole(list: readonly unknown[]): boolean {
  return !list.includes(null);
}

/**
 * Returns true when a list is known to be complete: every element could be read, or as many with different ids as the
 * provider counts. An unreadable entry beside those is not an element.
 */
export function isAll(
  read: readonly ({ id?: string | null } | null)[],
  counted: number | null | undefined,
): boolean {
  if (isWhole(read)) return true;
  const ids = new Set(readable(read).flatMap(({ id }) => id ?? []));
  return counted != null && ids.size >= counted;
}

/**
 * Returns an enum's member in the spelling of our tables, so that `Confirmed`, ` IN PROGRESS ` and `in-progress` are
 * known.
 */
export function folded(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
}
