import { Failure, type FailureCode, failureRow } from '../booking/failures';
import type { FieldError } from '../booking/schema/check-request';
import { ConfigError } from '../config';
import { EXIT, type ExitCode, exitOfFailure } from './exit-codes';

/** Tells people what went wrong, without a stack trace or a value of the request. */

/** An error that the person who types can correct: in a file, an option, or the fields of a request. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    message: string,
    readonly code: FailureCode = 'invalid_request',
    readonly fields: readonly FieldError[] = [],
  ) {
    super(message);
  }
}

/** An error in the form that `--json` prints under `error`. */
export interface Trouble {
  exit: ExitCode;
  code: string;
  message: string;
  /** Each field at fault, and what is right. */
  fields: readonly FieldError[];
  /** What to do now. */
  advice: string | null;
}

/** What to type next, for failures where that helps. */
const ADVICE: Partial<Record<FailureCode, string>> = {
  booking_not_found: 'See which there are: npm run booking -- list',
  fees_not_accepted: 'To cancel all the same, repeat it with --accept-fees.',
  idempotency_key_reused: 'Repeat it with the same request, or give this request another --key.',
  choice_not_offered: 'See which are: npm run booking -- show <id>',
  attention_changed: 'See what it waits for now: npm run booking -- show <id>',
  nothing_to_resolve: 'See how it stands: npm run booking -- show <id>',
};

/** Returns what to tell of an error. An error that is neither wrong usage nor a failure of the table is a bug. */
export function troubleOf(err: unknown): Trouble {
  if (err instanceof UsageError) {
    return { exit: EXIT.usage, code: err.code, message: err.message, fields: err.fields, advice: null };
  }
  if (err instanceof ConfigError) {
    return { exit: EXIT.usage, code: 'wrong_setting', message: err.message, fields: [], advice: null };
  }
  if (err instanceof Failure) return troubleOfFailure(err);
  const kind = err instanceof Error ? err.name : typeof err;
  return {
    exit: EXIT.bug,
    code: 'internal_error',
    message: `This is a bug (${kind}).`,
    fields: [],
    advice: 'Repeat it with --debug to see where it happens, and report that.',
  };
}

function troubleOfFailure({ code, facts, message }: Failure): Trouble {
  const exit = exitOfFailure(code);
  if (code === 'order_in_use' && facts.hint) {
    const advice = `See it: npm run booking -- show ${facts.hint}`;
    return { exit, code, message: failureRow(code).text, fields: [], advice };
  }
  const advice = ADVICE[code] ?? null;
  if (!facts.field) return { exit, code, message, fields: [], advice };
  const field = { field: facts.field, hint: facts.hint ?? failureRow(code).text };
  return { exit, code, message: failureRow(code).text, fields: [field], advice };
}
