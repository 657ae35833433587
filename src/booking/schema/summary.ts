import { z } from 'zod';

/** A booking in a list, as its search attributes tell. These lag behind the booking by up to some seconds. */
export const bookingSummarySchema = z.object({
  id: z.string(),
  /** The booking's own status. Unknown ones, of another version, are passed on. */
  status: z.string().nullable(),
  /** Whether it still runs. An adopted order has a row for each of its bookings, at most one of them open. */
  open: z.boolean(),
  provider: z.string().nullable(),
  account: z.string().nullable(),
  reference: z.string().nullable(),
  orderId: z.string().nullable(),
  startsAt: z.string().nullable().meta({ format: 'date-time', description: 'RFC 3339, UTC' }),
  /** The reason why it waits for a person. */
  attention: z.string().nullable(),
  createdAt: z.string().nullable().meta({ format: 'date-time', description: 'RFC 3339, UTC' }),
  endedAt: z.string().nullable().meta({ format: 'date-time', description: 'RFC 3339, UTC' }),
});

export type BookingSummary = z.infer<typeof bookingSummarySchema>;
