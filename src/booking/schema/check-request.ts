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

/** The check of a request, made wherever one comes in: form, dates, age and what the provider needs. */

export type { FieldError } from './field-error';

export interface CheckContext {
  /** Days are judged as of this moment. */
  now: Date;
}

/**
 * Returns the checked request, with defaults filled in and relative days resolved. Throws `invalid_request` with the
 * first wrong field (`windows.0.from`) and what is right; `requestErrors` returns all of them.
 */
export function parseRequest(input: unknown, context: CheckContext): BookingRequest {
  return parseForm(input, context).request;
}

/** A request as it is meant, and as it was sent. */
export interface RequestForm {
  /** With defaults filled in and relative days resolved. */
  request: BookingRequest;
  /**
   * The same with its days as they were sent. A repeat is recognised by this, because tomorrow `+2d` is another day.
   */
  asSent: BookingRequest;
}

/** Does what parseRequest does, and returns the request as it was sent too. */
export function parseForm(input: unknown, context: CheckContext): RequestForm {
  const meant = asMeant(input);
  const resolved = withRelativeDays(meant, context.now);
  refuse(errorsOf(resolved, context.now));
  return formOf(resolved, meant);
}

/** Returns the same without judging days; null when the form is wrong. */
export function formAtAnyTime(input: unknown, { now }: CheckContext): RequestForm | null {
  const meant = asMeant(input);
  const resolved = withRelativeDays(meant, now);
  return formErrors(resolved).length > 0 ? null : formOf(resolved, meant);
}

/** Tidies the input. An input that is too large is left as it is, because it is refused anyway. */
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
 * Returns a request that was accepted before, judged by its form alone, even if a bound that came later would refuse
 * it: a booking was made of it. Its days no longer matter; relative ones (a plain client may send them) are read as of
 * now. Returns null when the input is not a request.
 */
export function earlierRequest(input: unknown, { now }: CheckContext): BookingRequest | null {
  const resolved = withRelativeDays(tidied(requestSchema, input), now);
  const form = requestSchema.safeParse(resolved);
  if (form.success) return form.data;
  if (!form.error.issues.every(isBoundThatCameLater)) return null;
  // Its only faults are size or a blank text, so it has the form of a request.
  return { account: 'default', preference: 'earliest', ...(resolved as object) } as BookingRequest;
}

function isBoundThatCameLater(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'too_big' || (issue.code === 'too_small' && issue.origin === 'string');
}

/** Returns everything that is wrong with a request, each mistake once; empty when `parseRequest` accepts it. */
export function requestErrors(input: unknown, context: CheckContext): FieldError[] {
  return errorsOf(withRelativeDays(asMeant(input), context.now), context.now);
}

/** Where a reschedule moves its booking to: windows or one slot, as in a request. */
export interface Move {
  windows?: unknown;
  slot?: unknown;
}

/**
 * Returns the new windows or slot of a reschedule, checked as in a request. Their days stay as they were sent, because
 * only the booking knows the zone of its place. Throws `invalid_request` with the first wrong field; `moveErrors`
 * returns all.
 */
export function parseMove(move: Move, context: CheckContext): Move {
  refuse(moveErrors(move, context));
  const meant = asMeant(wishOf(move));
  return { windows: valueAt(meant, 'windows'), slot: valueAt(meant, 'slot') };
}

export interface MoveContext extends CheckContext {
  /** When the booking received the move: relative days count from then. */
  receivedAt: Date;
  /** The zone of the place. */
  timezone: string | null;
}

/**
 * Returns a booking's request with the windows or slot of a reschedule instead of its own. Only these are checked,
 * because the rest was accepted when the booking was made. Throws `invalid_request` with the first wrong field.
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

/**
 * Returns true when an error is about time. The date of birth is: a move may name a day on which the patient is too
 * young.
 */
function isAboutTime({ field }: FieldError): boolean {
  return /^(?:windows|slot)(?:\.|$)|^patient\.dob$/.test(field);
}

function refuse([first]: readonly FieldError[]): void {
  if (first) throw new Failure('invalid_request', { field: first.field, hint: first.hint });
}

/** Returns everything that is wrong with the windows or slot of a reschedule. */
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

/** Resolves `+3d` in a window's from or to: three days from today, in the given zone, else the request's, else UTC. */
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
