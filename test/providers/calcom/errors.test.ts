import { z } from 'zod';
import { Failure } from '../../../src/booking/failures';
import type { Operation } from '../../../src/providers/calcom/operations';
import { replyOf } from '../../../src/providers/calcom/session';
import { refusal } from './fixtures';

/** What an answer is to an operation: a failure, or a refusal that it can use. */
function meaningOf(operation: Operation, status: number, body: unknown) {
  try {
    const reply = replyOf(operation, z.never(), { status, body, isReadable: typeof body !== 'string' });
    return { code: reply.is as string, facts: {} };
  } catch (err) {
    if (err instanceof Failure) return err;
    throw err;
  }
}

test.each<[Operation, number, string, string]>([
  ['book', 400, 'User either already has booking at this time or is not available', 'slot_gone'],
  ['book', 400, 'One of the hosts either already has booking at this time or is not available', 'slot_gone'],
  ['book', 400, 'The event type can\'t be booked at the "start" time provided. This could be …', 'slot_gone'],
  ['book', 400, 'Attempting to book a meeting in the past.', 'slot_gone'],
  ['book', 409, 'Invalid Input: Trying to create a record that already exists.', 'slot_gone'],
  [
    'book',
    400,
    "Attendee with this email can't book because the maximum number of active bookings has been reached.",
    'patient_has_appointment',
  ],
  ['book', 400, 'Missing required booking field response: plate - it is required', 'request_refused'],
  ['book', 400, 'Missing attendee phone number - it is required', 'request_refused'],
  ['book', 400, 'attendee property is wrong,timeZone must be an IANA zone', 'request_refused'],
  ['book', 404, 'Event type with id 101 not found.', 'request_refused'],
  ['book', 401, 'Your api key is not valid', 'credentials_rejected'],
  ['book', 403, 'checkBookingRequiresAuthentication - user is not authorized', 'credentials_rejected'],
  ['book', 429, 'CustomThrottlerGuard - Too many requests. Please try again later.', 'rate_limited'],
  ['book', 500, 'Internal server error', 'outcome_unknown'],
  ['book', 400, 'Bad request: Please check your request data and try again', 'outcome_unknown'],
  ['cancel', 400, 'Cancellation reason is required when you are the host', 'outcome_unknown'],
  ['cancel', 404, 'Booking with uid=bk1 was not found in the database', 'outcome_unknown'],
  ['reschedule', 404, 'Booking with uid=bk1 was not found in the database', 'outcome_unknown'],
  ['bookings', 401, 'Your api key is expired', 'credentials_rejected'],
  ['bookings', 429, 'CustomThrottlerGuard - Too many requests.', 'rate_limited'],
  ['bookings', 500, 'Internal server error', 'provider_unavailable'],
  ['bookings', 400, 'take must not be greater than 250', 'unexpected_answer'],
  [
    'slots',
    400,
    "Invalid time range given - check the 'start' and 'end' query parameters.",
    'unexpected_answer',
  ],
  ['booking', 404, 'Booking with uid=bk1 was not found in the database', 'no_booking'],
])('%s answers %i %j', (operation, status, message, code) => {
  expect(meaningOf(operation, status, refusal(status, message).body).code).toBe(code);
});

test.each<[string, unknown]>([
  ['plain text', 'User either already has booking at this time or is not available'],
  ['a gateway', { message: 'User either already has booking at this time or is not available' }],
])('the words of a refusal prove nothing in the form of %s', (_form, body) => {
  expect(meaningOf('book', 400, body).code).toBe('outcome_unknown');
});

test('words of the framework’s own form are believed', () => {
  const body = { statusCode: 400, message: 'Attempting to book a meeting in the past.' };
  expect(meaningOf('book', 400, body).code).toBe('slot_gone');
});

test('a refusal in words that no row names is for a person at once', () => {
  expect(meaningOf('book', 400, refusal(400, 'Because of the weather').body)).toMatchObject({
    code: 'outcome_unknown',
    facts: { isRefusal: true },
  });
});

test('whoever called too often waits for a minute: no header says for how long', () => {
  const { body } = refusal(429, 'CustomThrottlerGuard - Too many requests. Please try again later.');
  expect(meaningOf('book', 429, body)).toMatchObject({ facts: { retryAfterMs: 60_000 } });
});

test('a success that says error is none', () => {
  const answer = { status: 200, isReadable: true, body: { status: 'error', data: {} } };
  expect(() => replyOf('bookings', z.never(), answer)).toThrow(Failure);
});
