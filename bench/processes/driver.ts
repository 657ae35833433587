import type { Client } from '@temporalio/client';
import type { BookingClient } from '../../src/client/booking-client';
import { workflowIdOf } from '../../src/booking/names';
import { play, type Book, type Load, type Played } from '../load';
import { PLAIN_TASK_QUEUE } from '../plain/worker';
import { plainBooking } from '../plain/workflows';
import { plainRequestAt, requestAt, type Account } from '../request';

/** How each arm is asked for a booking, by its clients. */

/** What a process that plays loads itself is told. */
export interface Order {
  load: Load;
  account: Account;
}

/** How long a booking may take before the bench gives up, in ms. */
const SETTLED_WITHIN_MS = 120_000;

/** The clients of the plain saga: start it and wait for its result. */
export function plainClients(client: Client): (order: Order) => Promise<Played> {
  let asked = 0;
  const run = `${process.pid}-${Date.now()}`;
  const bookAt =
    (account: Account): Book =>
    async () => {
      asked += 1;
      const workflowId = `plain:${run}-${asked}`;
      const handle = await client.workflow.start(plainBooking, {
        workflowId,
        taskQueue: PLAIN_TASK_QUEUE,
        args: [plainRequestAt(account)],
      });
      confirmed((await handle.result()).status);
      return workflowId;
    };
  return ({ load, account }) => play(load, bookAt(account));
}

/** The clients of ours: start a booking and wait until it is settled. */
export function ourClients(
  bookings: BookingClient,
  settledWithinMs = SETTLED_WITHIN_MS,
): (order: Order) => Promise<Played> {
  const bookAt =
    (account: Account): Book =>
    async () => {
      const { booking } = await bookings.start(requestAt(account));
      const view = await bookings.settled(booking.id, { timeoutMs: settledWithinMs });
      confirmed(view.status);
      return workflowIdOf(booking.id);
    };
  return ({ load, account }) => play(load, bookAt(account));
}

/** Whoever is faster because nothing was booked must not win. */
export function confirmed(status: string): void {
  if (status !== 'confirmed') throw new Error(`A booking ended up ${status}.`);
}
