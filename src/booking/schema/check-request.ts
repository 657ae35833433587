import type { z } from 'zod';
import { Failure } from '../failures';
import { RELATIVE_DAY } from '../messages';
import { addDays, localDay } from '../windows';
import { dayErrors, zoneIn } from './day-rules';
import { type FieldError, valueAt, WHOLE_REQUEST, withoutEchoes } from './field-error';
import { formErrors } from './form-errors';
import { providerErrors } from './provider-rules';
import { type BookingRequest, requestSchema } from './request';
import { isTooLarge } from './size';
import { tidied } from './tidy';

/** The check that every door makes: form, dates, age and what the provider needs. */

export type { FieldError } from './field-error';

export interface CheckContext {
  /** Days are judged as of this moment. */
  now: Date;
}

/**
 * The request, checked, with defaults filled in and relative days resolved. Throws `invalid_request` with the
 * first wrong field (`windows.0.from`) and what is right; `requestErrors` has them all.
 */
export function parseRequest(input: unknown, context: CheckContext): BookingRequest {
  return parseForm(input, context).request;
}

/** A request as it is meant, and as it was sent. */
export interface RequestForm {
  /** With defaults filled in and relative days resolved. */
  request: BookingRequest;
  /** The same with its days as they were sent, which is what a repeat is told by: tomorrow `+2d` is another day. */
  asSent: BookingRequest;
}

/** As parseRequest, with what was sent beside it. */
export function parseForm(input: unknown, context: CheckContext): RequestForm {
  const meant = asMeant(input);
  const resolved = withRelativeDays(meant, context.now);
  refuse(errorsOf(resolved, context.now));
  return formOf(resolved, meant);
}

/** The same for a request whose form is right, whatever its days by now; null for any other. */
export function formAtAnyTime(input: unknown, { now }: CheckContext): RequestForm | null {
  const meant = asMeant(input);
  const resolved = withRelativeDays(meant, now);
  return formErrors(resolved).length > 0 ? null : formOf(resolved, meant);
}

/** What is too large is left as it is: it is refused, and nothing is made of it. */
function asMeant(input: unknown): unknown {
  return isTooLarge(input) ? input : tidied(requestSchema, input);
}

function formOf(resolved: unknown, input: unknown): RequestForm {
  const request = requestSchema.parse(resolved);
  const sent = (field: string, otherwise: string): string => {
    const value = valueAt(input, field);
    return typeof value === 'string' ? value : otherwise;
  };
  const windows = request.windows?.map((window, index) => ({
    ...window,
    from: sent(`windows.${index}.from`, window.from),
    to: sent(`windows.${index}.to`, window.to),
  }));
  return { request, asSent: { ...request, ...(windows && { windows }) } };
}

/**
 * A request that was taken before, by its form alone: it is what a booking was made of, also where a bound that came
 * later would refuse it. Its days count for nothing any more: relative ones (a plain client may send them) are read as of
 * now. Null for what is no request.
 */
export function earlierRequest(input: unknown, { now }: CheckContext): BookingRequest | null {
  const resolved = withRelativeDays(tidied(requestSchema, input), now);
  const form = requestSchema.safeParse(resolved);
  if (form.success) return form.data;
  if (!form.error.issues.every(isBoundThatCameLater)) return null;
  // All that is wrong with it is how much of it there is, or that a text of it is blank, so it has the form.
  return { account: 'default', preference: 'earliest', ...(resolved as object) } as BookingRequest;
}

function isBoundThatCameLater(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'too_big' || (issue.code === 'too_small' && issue.origin === 'string');
}

/** Everything that is wrong with a request, each mistake once; empty when `parseRequest` accepts it. */
export function requestErrors(input: unknown, context: CheckContext): FieldError[] {
  return errorsOf(withRelativeDays(asMeant(input), context.now), context.now);
}

/** Where a reschedule wants its booking to: as a request has it, windows or one slot. */
export interface Move {
  windows?: unknown;
  slot?: unknown;
}

/**
 * The new windows or slot of a reschedule, checked as a request's are, their days as they were sent: the booking knows the
 * zone of its place. Throws `invalid_request` with the first wrong field; `moveErrors` has them all.
 */
export function parseMove(move: Move, context: CheckContext): Move {
  refuse(moveErrors(move, context));
  const meant = asMeant(wishOf(move));
  return { windows: valueAt(meant, 'windows'), slot: valueAt(meant, 'slot') };
}

export interface MoveContext extends CheckContext {
  /** When the booking was told: relative days count from then. */
  receivedAt: Date;
  /** The zone of the place. */
  timezone: string | null;
}

/**
 * A booking's request with the windows or slot of a reschedule in the place of its own. Only these are checked: the rest was
 * taken when the booking was made. Throws `invalid_request` with the first wrong field.
 */
export function movedRequest(
  { windows: _windows, slot: _slot, ...rest }: BookingRequest,
  move: Move,
  { now, receivedAt, timezone }: MoveContext,
): BookingRequest {
  const wish = withRelativeDays(asMeant(wishOf(move)), receivedAt, timezone ?? zoneIn(rest));
  const moved = { ...rest, ...(wish as object) };
  refuse(errorsOf(moved, now).filter(isAboutTime));
  const request = earlierRequest(moved, { now });
  if (!request) throw new Failure('invalid_request');
  return request;
}

function wishOf({ windows, slot }: Move): Move {
  return { ...(windows != null && { windows }), ...(slot != null && { slot }) };
}

/** A move may be for a day on which the patient is too young. */
function isAboutTime({ field }: FieldError): boolean {
  return /^(?:windows|slot)(?:\.|$)|^patient\.dob$/.test(field);
}

function refuse([first]: readonly FieldError[]): void {
  if (first) throw new Failure('invalid_request', { field: first.field, hint: first.hint });
}

/** Everything that is wrong with where a reschedule wants its booking to. */
export function moveErrors(move: Move, context: CheckContext): FieldError[] {
  return requestErrors(wishOf(move), context).filter(
    (error) => isAboutTime(error) || error.field === WHOLE_REQUEST,
  );
}

function errorsOf(input: unknown, now: Date): FieldError[] {
  const form = formErrors(input);
  if (form.some((error) => error.field === WHOLE_REQUEST)) return form;
  const all = [...form];
  for (const error of [...providerErrors(input), ...dayErrors(input, now)]) {
    all.push(...withoutEchoes(all, [error]));
  }
  return all;
}

/** `+3d` in a window's from or to means three days from today, in the given zone, else the request's, else in UTC. */
function withRelativeDays(input: unknown, now: Date, zone = zoneIn(input)): unknown {
  const windows = valueAt(input, 'windows');
  if (!Array.isArray(windows) || typeof input !== 'object') return input;
  const today = localDay(now, zone ?? 'UTC');
  const resolve = (value: unknown): unknown => {
    const days = typeof value === 'string' ? RELATIVE_DAY.exec(value)?.[1] : undefined;
    return days === undefined ? value : addDays(today, Number(days));
  };
  const resolved = windows.map((window: unknown) => {
    if (typeof window !== 'object' || window === null) return window;
    const ends = ['from', 'to'].filter((end) => Object.hasOwn(window, end));
    return { ...window, ...Object.fromEntries(ends.map((end) => [end, resolve(valueAt(window, end))])) };
  });
  return { ...input, windows: resolved };
}
