import type { BodyRefusals } from '../bodies';

/** An answer that refuses a call. `body` is sent as it is, because errors come in more than one shape. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`refused with ${status}`);
  }
}

/** Returns a refusal in the usual shape, `{detail: text}`. */
export function refuse(status: number, detail: string): Refusal {
  return new Refusal(status, { detail });
}

/** Returns the refusal of an order transition, in the shape `{error, message, status_code}`. */
export function refuseTransition(from: string, to: string): Refusal {
  const message = `Transition from ${from} to ${to} is not allowed`;
  return new Refusal(400, { error: 'Bad Request', message, status_code: 400 });
}

/** One error in a call's input, in FastAPI's form. */
export interface FieldError {
  loc: (string | number)[];
  msg: string;
  type: string;
}

/** Returns the refusal of wrong input: 422 `{detail: [{loc, msg, type}]}`. */
export function refuseInput(errors: FieldError[]): Refusal {
  return new Refusal(422, { detail: errors });
}

/** The texts that callers must tell apart (docs/providers.md#answers-of-junction). */
export const REFUSALS = {
  badKey: () => refuse(401, 'Invalid API key'),
  noOrder: () => refuse(404, "This order doesn't exist."),
  noAppointment: () => refuse(404, 'This order does not have an appointment.'),
  noUser: () => refuse(404, "This user doesn't exist."),
  noSlots: (zip: string) => refuse(404, `No slots found for zip code ${zip}.`),
  noSites: () =>
    refuse(
      404,
      'No slots found. Not all PSCs support scheduling appointments and some included in your query were filtered out because of this. Please try again with different site codes or a different zip code, or see the PSC info endpoints to see which locations support scheduling.',
    ),
  slotGone: (status: number) =>
    refuse(status, 'This appointment slot is no longer available. Please select a new time.'),
  badBookingKey: () => refuse(400, 'Invalid booking key format'),
  noRequisition: () =>
    refuse(400, 'This order does not have a requisition. Please wait until the requisition is created.'),
  wrongState: (what: string) => refuse(400, `Order is not in a state that allows ${what}.`),
  wrongKind: (kind: string) => refuse(400, `This order is not a ${kind} order.`),
  orderHasAppointment: () => refuse(400, 'This order already has an active appointment.'),
  patientHasAppointment: () =>
    refuse(400, 'This patient already has an active appointment with this provider.'),
  alreadyCancelled: () => refuse(400, 'This appointment has already been cancelled.'),
  appointmentOver: () => refuse(400, 'This appointment has already been completed.'),
  cannotMove: () => refuse(400, 'This appointment cannot be rescheduled.'),
  cannotCancel: () => refuse(400, 'This appointment cannot be cancelled.'),
  badReason: () => refuse(400, 'Invalid cancellation reason.'),
  tooYoung: () => refuse(400, 'The patient must be at least 18 years old on the day of the appointment.'),
  pastStart: () => refuse(400, 'start_date must be greater or equal than the current date'),
  pscOff: () => refuse(503, 'PSC appointment scheduling is not enabled for this team.'),
  asyncOff: () => refuse(400, 'Async confirmation is not enabled for this team.'),
  unconfirmed: () => refuse(500, 'Internal Server Error'),
  keyInUse: () => refuse(409, 'A request with this idempotency key is being processed.'),
} as const;

/** Refusals of bodies and queries that are not text or not JSON, in the words of FastAPI and its parser. */
export const UNREADABLE: BodyRefusals = {
  notUtf8: () => refuse(400, 'There was an error parsing the body'),
  notJson: () => refuseInput([{ loc: ['body'], msg: 'JSON decode error', type: 'json_invalid' }]),
  illFormed: (path) => refuseInput([{ loc: ['body', ...path], msg: NOT_UNICODE, type: 'string_unicode' }]),
  badQuery: () => refuseInput([{ loc: ['query'], msg: NOT_UNICODE, type: 'string_unicode' }]),
};

const NOT_UNICODE = 'Input should be a valid string, unable to parse raw data as a unicode string';
