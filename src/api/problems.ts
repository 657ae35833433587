import type { FastifyBaseLogger, FastifyReply } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Failure, failureRow, type FailureCode } from '../booking/failures';

/** RFC 9457 problem details: every error of the HTTP app has this form and a code of the failure table. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'urn:booking-saga:problem:<code>' }),
    title: z.string().meta({ description: 'What the code means.' }),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What is wrong here, and what would be right.' }),
    code: z.string().meta({ description: 'A code of the failure table.' }),
    booking: z.string().optional().meta({ description: 'The id of the booking that this is about.' }),
    errors: z
      .array(z.object({ field: z.string(), hint: z.string() }))
      .optional()
      .meta({ description: 'Each field at fault, and what is right. Never the value.' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;
type FieldError = NonNullable<Problem['errors']>[number];

const MEDIA_TYPE = 'application/problem+json';

/** How long a caller should wait when the failure does not say, in s. */
const RETRY_AFTER_S = 5;

/** The codes of Fastify's own refusals. */
const FASTIFY_CODES: ReadonlyMap<string, FailureCode> = new Map([
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'malformed_json'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'malformed_json'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed_json'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'payload_too_large'],
  ['FST_ERR_BAD_URL', 'route_not_found'],
  ['FST_ERR_NOT_FOUND', 'route_not_found'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'route_not_found'],
]);

/** Several fields of a request at fault at once. */
export class InvalidRequest extends Failure {
  constructor(readonly errors: readonly FieldError[]) {
    super('invalid_request', errors[0]);
  }
}

/**
 * Answers with the problem of an error. An error that is not of the failure table is logged, and told as
 * `internal_error`.
 */
export function sendProblem(reply: FastifyReply, log: FastifyBaseLogger, err: unknown): FastifyReply {
  const failure = failureOf(err) ?? bug(log, err);
  const problem = problemOf(failure);
  if (problem.status === 401) reply.header('WWW-Authenticate', 'Bearer');
  if (problem.status === 503) reply.header('Retry-After', retryAfterS(failure));
  return reply.status(problem.status).type(MEDIA_TYPE).send(JSON.stringify(problem));
}

/** Returns the problem details of a failure. */
export function problemOf(failure: Failure): Problem {
  const { code, facts } = failure;
  const { status, text } = failureRow(code);
  const errors = errorsOf(failure);
  return {
    type: `urn:booking-saga:problem:${code}`,
    title: text,
    status,
    detail: failure.message,
    code,
    ...(code === 'order_in_use' && facts.hint ? { booking: facts.hint } : {}),
    ...(errors.length > 0 ? { errors } : {}),
  };
}

function errorsOf(failure: Failure): FieldError[] {
  if (failure instanceof InvalidRequest) return [...failure.errors];
  const { field, hint } = failure.facts;
  return field ? [{ field, hint: hint ?? failureRow(failure.code).text }] : [];
}

function failureOf(err: unknown): Failure | null {
  if (err instanceof Failure) return err;
  if (hasZodFastifySchemaValidationErrors(err)) {
    return new InvalidRequest(
      err.validation.map(({ instancePath, message }) => ({
        field: instancePath.slice(1).replaceAll('/', '.') || (err.validationContext ?? 'request'),
        hint: sentence(message ?? 'is not valid'),
      })),
    );
  }
  const known = FASTIFY_CODES.get(textAt(err, 'code') ?? '');
  return known ? new Failure(known) : null;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}

/** Logs a bug. Its message stays out of the log, because it may quote a caller. Names, code and frames find the bug. */
function bug(log: FastifyBaseLogger, err: unknown): Failure {
  const frames = (textAt(err, 'stack') ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const error = { error: textAt(err, 'name'), errorCode: textAt(err, 'code'), causes: causesOf(err), frames };
  log.error(error, 'internal error');
  return new Failure('internal_error');
}

/** How many causes in a row are told. A longer chain is a circle. */
const CAUSES_TOLD = 5;

/** Returns name and type of each cause, nearest first: "ApplicationFailure UnprocessedUpdate". */
function causesOf(err: unknown): string[] {
  const causes: string[] = [];
  for (let at = causeOf(err); at !== undefined && causes.length < CAUSES_TOLD; at = causeOf(at)) {
    causes.push([textAt(at, 'name'), textAt(at, 'type')].filter(isWord).join(' '));
  }
  return causes;
}

function causeOf(err: unknown): unknown {
  return typeof err === 'object' && err !== null ? Reflect.get(err, 'cause') : undefined;
}

/** Returns true for a single word, as names and types are. Anything else may be a sentence about somebody. */
function isWord(text: string | null): text is string {
  return text !== null && /^[\w.$]{1,80}$/.test(text);
}

function retryAfterS({ facts }: Failure): number {
  return facts.retryAfterMs === undefined ? RETRY_AFTER_S : Math.ceil(facts.retryAfterMs / 1000);
}

function textAt(err: unknown, name: string): string | null {
  const value: unknown = typeof err === 'object' && err !== null ? Reflect.get(err, name) : null;
  return typeof value === 'string' ? value : null;
}
