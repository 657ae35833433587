import { FAILURES } from '../../../src/booking/failures';
import { ERROR_ROWS, verdictOf } from '../../../src/providers/oliver/errors';
import type { Operation } from '../../../src/providers/oliver/operations';

test.each<[Operation, number, string, string, string | undefined]>([
  ['sign_in', 400, 'Incorrect email', 'credentials_rejected', undefined],
  ['list_appointments', 401, 'Unauthorized', 'credentials_rejected', undefined],
  ['open_times', 400, 'search_from_date is in the past', 'request_refused', 'windows'],
  ['open_times', 400, 'appointment_type must be one of …', 'request_refused', 'appointmentType'],
  ['open_times', 400, 'Oops', 'unexpected_answer', undefined],
  ['create_appointment', 400, "Patient doesn't exist", 'patient_not_found', 'patient'],
  ['create_appointment', 400, 'Unknown client', 'client_not_found', 'client'],
  ['create_appointment', 400, 'Slot has expired', 'slot_gone', undefined],
  ['read_client', 404, 'Not Found', 'client_not_found', 'client.id'],
  ['list_patients', 400, 'Client not found', 'client_not_found', 'client'],
  ['list_patients', 400, 'Oops', 'unexpected_answer', undefined],
  ['create_task', 422, 'Oops', 'request_refused', undefined],
  ['list_tasks', 503, 'Busy', 'rate_limited', undefined],
  ['list_appointments', 400, 'updated_at_start is missing', 'unexpected_answer', undefined],
])('%s answers %i %p', (operation, status, message, code, field) => {
  const { maybeGone, failure } = verdictOf(operation, { status, body: { success: false, message } });
  expect([maybeGone, failure.code, failure.facts.field]).toEqual([false, code, field]);
  expect(failure.facts.said).toBe(`HTTP ${status}: ${message}`);
});

test.each(['The client is required', 'Client phone must be a string', 'Oops', ''])(
  'a create that says %p may mean a taken slot: only open times tell',
  (message) => {
    const verdict = verdictOf('create_appointment', { status: 400, body: { success: false, message } });
    expect([verdict.maybeGone, verdict.failure.code]).toEqual([true, 'request_refused']);
  },
);

test('every row says where it is known from and ends in a row of the failure table', () => {
  for (const { source, is } of ERROR_ROWS) {
    expect(source).toMatch(/\S{3}/);
    expect(is === 'maybe_gone' || is in FAILURES).toBe(true);
  }
});

test.each(['patient ', 'slot ', 'unknown ', "n't find "])(
  'a megabyte of %p is told apart within 100 ms',
  (word) => {
    const words = word.repeat(Math.ceil(1_000_000 / word.length));
    for (const body of [words, { success: false, message: words }]) {
      const began = performance.now();
      verdictOf('create_appointment', { status: 400, body });
      expect(performance.now() - began).toBeLessThan(100);
    }
  },
);
