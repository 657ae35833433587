import { z } from 'zod';
import { Failure, FAILURES } from '../../../src/booking/failures';
import { ERROR_ROWS } from '../../../src/providers/oliver/errors';
import type { Operation } from '../../../src/providers/oliver/operations';
import { replyOf } from '../../../src/providers/oliver/session';
import { expectReadOnce } from '../../support/costs';

/** What an answer is to an operation: a refused create, or a failure. */
function meaningOf(operation: Operation, status: number, body: unknown) {
  try {
    const reply = replyOf(operation, z.never(), { status, body, isReadable: typeof body !== 'string' });
    return reply.is === 'not_created'
      ? { code: `not created, ${reply.row.means ?? 'unsaid'}`, facts: reply }
      : reply;
  } catch (err) {
    if (err instanceof Failure) return err;
    throw err;
  }
}

test.each<[Operation, number, string, string, string | undefined]>([
  ['sign_in', 400, 'Incorrect email', 'credentials_rejected', undefined],
  ['sign_in', 503, 'Busy', 'rate_limited', undefined],
  ['list_appointments', 401, 'Unauthorized', 'credentials_rejected', undefined],
  ['open_times', 400, 'search_from_date is in the past', 'request_refused', 'windows'],
  ['open_times', 400, 'appointment_type must be one of …', 'request_refused', 'appointmentType'],
  ['open_times', 400, 'Oops', 'unexpected_answer', undefined],
  ['open_times', 422, 'Oops', 'request_refused', undefined],
  ['create_appointment', 401, 'Unauthorized', 'credentials_rejected', undefined],
  ['create_appointment', 403, 'Forbidden', 'credentials_rejected', undefined],
  ['create_appointment', 429, 'Slow down', 'rate_limited', undefined],
  ['create_appointment', 503, 'Busy', 'outcome_unknown', undefined],
  ['create_appointment', 408, 'Too slow', 'outcome_unknown', undefined],
  ['read_client', 404, 'Not Found', 'client_not_found', 'client.id'],
  ['list_patients', 400, 'Client not found', 'client_not_found', 'client'],
  ['list_patients', 400, 'Oops', 'unexpected_answer', undefined],
  ['create_task', 500, 'Oops', 'outcome_unknown', undefined],
  ['list_tasks', 503, 'Busy', 'rate_limited', undefined],
  ['list_tasks', 500, 'Oops', 'provider_unavailable', undefined],
  ['list_appointments', 400, 'updated_at_start is missing', 'unexpected_answer', undefined],
])('%s answers %i %p', (operation, status, message, code, field) => {
  const meaning = meaningOf(operation, status, { success: false, message });
  expect(meaning).toMatchObject({ code, facts: { said: `HTTP ${status}: ${message}` } });
  expect(meaning).not.toHaveProperty('facts.isRefusal');
  if (meaning instanceof Failure) expect(meaning.facts.field).toBe(field);
});

test.each<[Operation, number, string]>([
  ['create_appointment', 404, 'Nothing here'],
  ['create_appointment', 409, 'Slot already taken'],
  ['create_appointment', 410, 'This time is no longer available'],
  ['create_appointment', 422, 'note is too long'],
  ['create_task', 400, 'title is required'],
  ['create_task', 422, 'Oops'],
])('%s answers %i %p: a refusal that somebody has to understand', (operation, status, message) => {
  expect(meaningOf(operation, status, { success: false, message })).toMatchObject({
    code: 'outcome_unknown',
    facts: { isRefusal: true },
  });
});

test.each<[string, number, unknown]>([
  ['a 400 without the envelope', 400, { message: 'Slot has expired' }],
  ['a 400 in plain text', 400, 'This time is no longer available'],
  ["a gateway's 401", 401, { message: 'Unauthorized' }],
  ["a gateway's 403", 403, '<html>'],
  ["a gateway's 429", 429, 'Too Many Requests'],
  ['a 409 in plain text', 409, 'Conflict'],
  ['a 200 of another shape', 200, { success: true }],
  ['a redirect', 302, null],
])('a create that answers %s tells nothing of its effect', (_what, status, body) => {
  const meaning = meaningOf('create_appointment', status, body);
  expect(meaning).toMatchObject({ code: 'outcome_unknown' });
  expect(meaning).not.toHaveProperty('facts.isRefusal');
});

test.each<[string, string]>([
  ["Patient doesn't exist", 'patient_not_found'],
  ['Unknown client', 'client_not_found'],
  ['Slot has expired', 'slot_gone'],
  ['The client is required', 'unsaid'],
  ['Client phone must be a string', 'unsaid'],
  ['Oops', 'unsaid'],
  ['', 'unsaid'],
])('a create that answers 400 %p is held against the list first, then it means %p', (message, means) => {
  const { code } = meaningOf('create_appointment', 400, { success: false, message }) as { code: string };
  expect(code).toBe(`not created, ${means}`);
});

test('a read that answers 200 with success: false is refused as by a 400', () => {
  expect(meaningOf('list_patients', 200, { success: false, message: 'Client not found' })).toMatchObject({
    code: 'client_not_found',
  });
});

test('every row says where it is known from and ends in a row of the failure table', () => {
  for (const { source, is, means } of ERROR_ROWS) {
    expect(source).toMatch(/\S{3}/);
    expect(is === 'not_created' || is in FAILURES).toBe(true);
    expect(means === undefined || means in FAILURES).toBe(true);
  }
});

test.each(['patient ', 'slot ', 'unknown ', "n't find "])(
  'a megabyte of %p is told apart in one reading',
  (word) => {
    for (const bodyOf of [(words: string) => words, (message: string) => ({ success: false, message })]) {
      expectReadOnce((length) => {
        const body = bodyOf(word.repeat(Math.ceil(length / word.length)));
        return () => meaningOf('create_appointment', 400, body);
      }, 1_000_000);
    }
  },
);
