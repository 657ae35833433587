import type { z } from 'zod';
import { cut, isWellFormed } from '../text';
import { type FieldError, valueAt, WHOLE_REQUEST } from './field-error';
import { adoptedOrderSchema, placedOrderSchema, requestSchema } from './request';
import { sizeErrors } from './size';
import { textErrors } from './tidy';

/** Zod's issues with a request, in our words: by field, naming what is right, quoting nothing. */

type Issue = z.core.$ZodIssue;

/** Returns everything that is wrong with a tidied request's form. Days, places and providers are judged elsewhere. */
export function formErrors(input: unknown): FieldError[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return [{ field: WHOLE_REQUEST, hint: 'Must be a JSON object.' }];
  }
  // Size comes first, because nothing below is made for larger input.
  const size = sizeErrors(input);
  if (size.some(({ field }) => field === WHOLE_REQUEST)) return size;
  const result = requestSchema.safeParse(input);
  const issues = result.success ? [] : result.error.issues;
  return onceAField([
    // Faults of a text itself come first, because its form is judged by the tidied text.
    ...textErrors(requestSchema, input),
    ...issues.filter(({ path }) => path[0] !== 'order').flatMap((issue) => errorsOf(issue, '', input)),
    ...orderErrors(valueAt(input, 'order')),
    ...size,
  ]);
}

/** Keeps the first error of each field: a field with a wrong form breaks its bounds too. */
function onceAField(errors: readonly FieldError[]): FieldError[] {
  return [...new Map([...errors].reverse().map((error) => [error.field, error])).values()].reverse();
}

/** Returns the errors of the kind of order that was meant. Zod would tell what is wrong with both kinds. */
function orderErrors(order: unknown): FieldError[] {
  if (order === undefined) return [];
  const has = (key: string): boolean => valueAt(order, key) !== undefined;
  const isPlaced = has('labTestIds') || has('extra');
  const isAdopted = has('id') || has('onFailure');
  if (isPlaced === isAdopted) return [{ field: 'order', hint: ORDER_HINT }];
  const result = (isPlaced ? placedOrderSchema : adoptedOrderSchema).safeParse(order);
  return result.success ? [] : result.error.issues.flatMap((issue) => errorsOf(issue, 'order', order));
}

const ORDER_HINT =
  'Must hold either labTestIds, to place an order, or id and onFailure, to adopt one; not both, not neither.';

/** Turns an issue into errors. Its path starts at `input`, which the field `block` holds. */
function errorsOf(issue: Issue, block: string, input: unknown): FieldError[] {
  const within = issue.path.map(String);
  const fieldAt = (...more: string[]): string => [block, ...within, ...more].filter(Boolean).join('.');
  if (issue.code === 'unrecognized_keys') {
    const hint = 'Unknown field: there is none of this name here.';
    return issue.keys
      .filter(isWellFormed) // the errors of texts tell about the others
      .map((key) => ({ field: fieldAt(cut(key, LONGEST_KEY)), hint }));
  }
  const isMissing = within.length > 0 && valueAt(input, within.join('.')) === undefined;
  return [{ field: fieldAt(), hint: `${isMissing ? 'Is missing. ' : ''}${sentence(whatIsRight(issue))}` }];
}

/** How many characters of an unknown field's name are told: it comes from outside. */
const LONGEST_KEY = 64;

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'must be a UUID',
  datetime: 'must be an RFC 3339 time with its offset, like 2026-12-07T15:00:00Z',
};

const TYPES: Readonly<Record<string, string>> = {
  object: 'must be a JSON object',
  record: 'must be a JSON object',
  array: 'must be a list',
  string: 'must be a string',
  int: 'must be a whole number',
  number: 'must be a number',
  boolean: 'must be true or false',
};

/** Messages that the schema itself gives (`must …`) come first: they know the field. */
function whatIsRight(issue: Issue): string {
  if (issue.message.startsWith('must ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? `must be of type ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has a form that is not accepted here';
    case 'too_small':
      if (issue.minimum === 1 && issue.origin !== 'number') return 'must not be empty';
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return 'is not accepted here';
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
