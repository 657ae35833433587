import type { BodyRefusals } from '../bodies';

/**
 * Refusals, in the words of Cal.com's own source (docs/providers.md#answers-of-calcom). Most come in the form of its
 * exception filters; what is thrown deeper inside comes in the form of the framework below (contract: ErrorOutput).
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly form: 'api' | 'framework' = 'api',
  ) {
    super(message);
  }
}

/** Returns a 400 with a text of its own. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequestException', message);
}

const notFound = (message: string): Refusal => new Refusal(404, 'NotFoundException', message);
const unauthorized = (message: string): Refusal => new Refusal(401, 'UnauthorizedException', message);
const framework = (status: number, message: string): Refusal =>
  new Refusal(status, 'HttpError', message, 'framework');

/** Why a booking, a move or a cancel is refused. The sentences are the vendor's (code: errors-service) (code: bookings-service). */
export const REFUSALS = {
  taken: () => badRequest('User either already has booking at this time or is not available'),
  outOfBounds: () =>
    badRequest(
      `The event type can't be booked at the "start" time provided. This could be because it's too soon or too far in the future.`,
    ),
  past: () => badRequest('Attempting to book a meeting in the past.'),
  tooManyActive: () =>
    badRequest(
      "Attendee with this email can't book because the maximum number of active bookings has been reached.",
    ),
  missingField: (name: string) =>
    badRequest(
      `Missing required booking field response: ${name} - it is required by the event type booking fields, but missing in the bookingFieldsResponses.`,
    ),
  noEventType: (id: number) => notFound(`Event type with id ${id} not found.`),
  noBooking: (uid: string) => notFound(`Booking with uid=${uid} was not found in the database`),
  moveOfCancelled: (uid: string) =>
    badRequest(
      `Can't reschedule booking with uid=${uid} because it has been cancelled. Please provide uid of a booking that is not cancelled.`,
    ),
  moveOfMoved: (uid: string, to: string) =>
    badRequest(
      `Can't reschedule booking with uid=${uid} because it has been cancelled and rescheduled already to booking with uid=${to}.`,
    ),
  cancelOfCancelled: (uid: string) =>
    badRequest(
      `Can't cancel booking with uid=${uid} because it has been cancelled already. Please provide uid of a booking that is not cancelled.`,
    ),
  noCancelling: () => framework(400, 'This event type does not allow cancellations'),
  noReason: () => framework(400, 'Cancellation reason is required when you are the host'),
  badRange: () => badRequest("Invalid time range given - check the 'start' and 'end' query parameters."),
  absentTooEarly: () => badRequest('Bookings can only be marked as absent after their scheduled start time.'),
  // What tRPC refuses comes in general words (code: trpc-exception-filter).
  notPending: () =>
    new Refusal(400, 'TRPCError', 'Bad request: Please check your request data and try again'),
  notTheHost: () => new Refusal(401, 'TRPCError', 'You are not authorized to access this resource'),
  noKey: () => unauthorized('No authentication method provided.'),
  badKey: () => unauthorized('CustomThrottlerGuard - Invalid API Key'),
  tooManyCalls: () =>
    new Refusal(
      429,
      'ThrottlerException',
      'CustomThrottlerGuard - Too many requests. Please try again later.',
    ),
  // The version that answers without the header has other shapes; this one has none of it.
  otherVersion: (method: string, path: string) => notFound(`Cannot ${method} ${path}`),
  // A create whose booking the copy for reading does not show yet (code: bookings-service).
  notReadBack: () => framework(500, 'Internal server error'),
} as const;

/** Refusals of bodies and queries that are not text or not JSON. */
export const UNREADABLE: BodyRefusals = {
  notUtf8: () => badRequest('The body is not valid UTF-8'),
  notJson: () => badRequest('Unexpected token in JSON'),
  illFormed: (path) =>
    badRequest(`${path.join('.') || 'body'} property is wrong,must be well-formed Unicode `),
  badQuery: () => badRequest('The query is not valid UTF-8'),
};
