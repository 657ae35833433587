import type { Fault } from './subject';

/** A way for an answer to get lost. */
export interface Lost {
  how: string;
  answer: NonNullable<Fault['answer']>;
  /** The call's time limit where it is meant to run into it; undefined: the usual one. */
  limitMs?: number;
}

/** Time limit of calls that are meant to run into it, in ms: long enough for the look that comes before a write. */
export const SHORT_MS = 2_000;

/** The ways that differ most, for calls of which one is like another. */
export const LOST_IN_SHORT: readonly Lost[] = [
  { how: 'silence', answer: 'timeout', limitMs: SHORT_MS },
  { how: 'a reset', answer: 'reset' },
  { how: '504', answer: { status: 504, body: '' } },
  { how: 'a 200 of another shape', answer: { status: 200, body: { hello: ['world'] } } },
];

/** Every way, for the calls that a booking hangs on. */
export const LOST: readonly Lost[] = [
  ...LOST_IN_SHORT,
  { how: '500', answer: { status: 500, body: { message: 'Internal Server Error' } } },
  { how: '502', answer: { status: 502, body: 'Bad Gateway' } },
  { how: 'a 200 that is no JSON', answer: 'garbage' },
];
