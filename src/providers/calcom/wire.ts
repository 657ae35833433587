import { z } from 'zod';
import { flag, folded, id, keyText, listOf, listOrNone, number, soft, text, words } from '../reading';

/**
 * What comes back from Cal.com, read as loosely as possible (contract: BookingOutput_2024_08_13 and
 * SlotsOutput_2024_09_04). Unknown fields are let through, enums are open, and an odd
 * element of a list costs only that element.
 */

/** The wrapping of a success. One that says `error` is none. */
const success = z
  .string()
  .refine((status) => folded(status) !== 'error')
  .nullish();

const answerOf = <T extends z.ZodType>(data: T) => z.looseObject({ status: success, data });

const slot = z.looseObject({ start: text, end: text });
export type SlotWire = z.output<typeof slot>;

/** Days with their slots. Some languages write an empty object as an empty list. */
export const slotsWire = answerOf(
  z.union([z.tuple([]).transform(() => ({})), z.record(z.string(), listOrNone(slot, 'start'))]),
);

const attendee = z.looseObject({ email: words, displayEmail: words });

/**
 * A booking. Its metadata says whose it is: if it is there and cannot be read, the whole booking is unreadable. So it
 * is where the booking cannot be named, or said to be moved.
 */
const booking = z.looseObject({
  uid: id,
  id: text,
  status: text,
  start: text,
  end: text,
  location: words,
  cancellationReason: words,
  reschedulingReason: words,
  rescheduledFromUid: keyText,
  rescheduledToUid: keyText,
  eventType: soft(z.looseObject({ slug: text })),
  attendees: listOrNone(attendee, 'email'),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});
export type BookingWire = z.output<typeof booking>;

export const bookingWire = answerOf(booking);

/** A page of the list. `hasNextPage` tells whether there is another. */
export const bookingsWire = answerOf(listOf(booking, 'uid')).extend({
  pagination: soft(z.looseObject({ hasNextPage: flag, totalItems: number })),
});

/** The two forms of an error (contract: ErrorOutput). */
export const errorWire = z.looseObject({
  status: z.unknown().optional(),
  error: soft(z.looseObject({ code: words, message: words })),
  statusCode: soft(z.number()),
  message: words,
});
