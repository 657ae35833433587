import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { isSameEmail, withAsciiDomain } from '../../booking/email';
import { Failure } from '../../booking/failures';
import { plainPhone } from '../../booking/phone';
import type { Party } from '../../booking/request-parts';
import type { BookingRequest } from '../../booking/schema/request';
import type { BookingWire } from './wire';

/** Who books: a request's client is the attendee of its booking, and is known there by the e-mail. */

/**
 * Returns the client's e-mail as it is sent and listed by: always in lower case, because it is unknown how Cal.com keeps
 * it (docs/providers.md#the-list-of-bookings). Without one nothing could be looked up, which is for a person.
 */
export function emailOf({ client }: Party): string {
  if (client?.email === undefined)
    throw new Failure('unexpected_answer', { field: 'client.email', hint: NO_EMAIL });
  return withAsciiDomain(client.email).toLowerCase();
}

const NO_EMAIL = 'Bookings at Cal.com are found by the e-mail of their client, and there is none.';

/** Returns the attendee of a book call (contract: CreateBookingAttendee). */
export function attendeeOf(request: BookingRequest, timeZone: string): Record<string, unknown> {
  const { firstName, lastName, phone } = request.client ?? {};
  return {
    name: [firstName, lastName].filter(Boolean).join(' '),
    email: emailOf(request),
    timeZone: request.timezone ?? timeZone,
    phoneNumber: phone === undefined ? undefined : internationalPhone(phone),
  };
}

/** Returns true when one of a booking's attendees has this e-mail. */
export function isAttendedBy({ attendees }: BookingWire, email: string): boolean {
  return attendees.some((one) => isSameEmail(one?.email, email) || isSameEmail(one?.displayEmail, email));
}

/** Returns a number with its country code and nothing but digits. One without a country code is of the USA. */
function internationalPhone(phone: string): string {
  const written = plainPhone(phone).replace(/^00/, '+');
  const number = parsePhoneNumberFromString(written, { defaultCountry: 'US', extract: false });
  if (!number) throw new Failure('invalid_request', { field: 'client.phone' });
  return number.number;
}
