import { Failure } from '../failures';
import { addDays, localDay } from '../windows';
import { dayProblems, zoneIn } from './day-rules';
import { formProblems } from './form-problems';
import { type Problem, valueAt, WHOLE_REQUEST, withoutEchoes } from './problem';
import { providerProblems } from './provider-rules';
import { type BookingRequest, requestSchema } from './request';

/** The check that every door makes: form, dates, age and what the provider needs. */

export type { Problem } from './problem';

export interface CheckContext {
  /** Days are judged as of this moment. */
  now: Date;
}

/**
 * The request, checked, with defaults filled in and relative days resolved. Throws `invalid_request` with the
 * first wrong field (`windows.0.from`) and what is right; `requestProblems` has them all.
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
  const resolved = withRelativeDays(input, context.now);
  const [first] = problemsOf(resolved, context.now);
  if (first) throw new Failure('invalid_request', { field: first.field, hint: first.hint });
  return formOf(resolved, input);
}

/** The same for a request whose form is right, whatever its days by now; null for any other. */
export function formAtAnyTime(input: unknown, { now }: CheckContext): RequestForm | null {
  const resolved = withRelativeDays(input, now);
  return formProblems(resolved).length > 0 ? null : formOf(resolved, input);
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
  const resolved = withRelativeDays(input, now);
  const form = requestSchema.safeParse(resolved);
  if (form.success) return form.data;
  if (!form.error.issues.every(({ code }) => code === 'too_big')) return null;
  // All that is wrong with it is how much of it there is, so it has the form.
  return { account: 'default', preference: 'earliest', ...(resolved as object) } as BookingRequest;
}

/** Everything that is wrong with a request, each mistake once; empty when `parseRequest` accepts it. */
export function requestProblems(input: unknown, context: CheckContext): Problem[] {
  return problemsOf(withRelativeDays(input, context.now), context.now);
}

/** Where a reschedule wants its booking to: as a request has it, windows or one slot. */
export interface Move {
  windows?: unknown;
  slot?: unknown;
}

/**
 * The new windows or slot of a reschedule, checked as a request's are and with relative days resolved. Throws
 * `invalid_request` with the first wrong field; `moveProblems` has them all.
 */
export function parseMove({ windows, slot }: Move, context: CheckContext): Move {
  const [first] = moveProblems({ windows, slot }, context);
  if (first) throw new Failure('invalid_request', { field: first.field, hint: first.hint });
  const resolved = withRelativeDays({ windows, slot }, context.now);
  return { windows: valueAt(resolved, 'windows'), slot: valueAt(resolved, 'slot') };
}

/** Everything that is wrong with where a reschedule wants its booking to. */
export function moveProblems({ windows, slot }: Move, context: CheckContext): Problem[] {
  const isAboutIt = ({ field }: Problem): boolean => /^(?:windows|slot)(?:\.|$)/.test(field);
  return requestProblems({ windows, slot }, context).filter(isAboutIt);
}

function problemsOf(input: unknown, now: Date): Problem[] {
  const form = formProblems(input);
  if (form.some((problem) => problem.field === WHOLE_REQUEST)) return form;
  const all = [...form];
  for (const problem of [...providerProblems(input), ...dayProblems(input, now)]) {
    all.push(...withoutEchoes(all, [problem]));
  }
  return all;
}

const RELATIVE_DAY = /^\+(\d{1,3})d$/;

/** `+3d` in a window's from or to means three days from today, in the request's zone, else in UTC. */
function withRelativeDays(input: unknown, now: Date): unknown {
  const windows = valueAt(input, 'windows');
  if (!Array.isArray(windows) || typeof input !== 'object') return input;
  const today = localDay(now, zoneIn(input) ?? 'UTC');
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
