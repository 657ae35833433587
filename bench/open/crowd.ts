import type { BookingView } from '../../src/booking/schema/view';
import { isOpen } from '../../src/booking/status';
import type { Ground } from '../ground';
import { play } from '../load';
import { confirmed } from '../processes/driver';
import { confirmAppointment } from '../provider';
import { requestAt } from '../request';
import { together } from '../together';
import type { OpenPlan } from './plan';

/** Bookings whose appointments are reserved, and which wait until the provider confirms them. */

/** One that waits. */
export interface Waiting {
  id: string;
  appointmentId: string;
}

/** How long a booking may take until its view shows what the provider says, in ms. */
const SHOWN_WITHIN_MS = 900_000;
/** How often it is told how far the opening has come: after so many bookings. */
const TOLD_EVERY = 500;

/** Opens so many; resolves once all of them wait. */
export async function openAll(
  { bookings }: Ground,
  { bookings: count, clients }: OpenPlan,
  tell: (text: string) => void,
): Promise<Waiting[]> {
  let opened = 0;
  return together(Array<null>(count).fill(null), clients, async () => {
    const { booking } = await bookings.start(requestAt('reserves'));
    for await (const view of bookings.watch(booking.id)) {
      const waiting = waitingIn(view);
      if (waiting === null) continue;
      opened += 1;
      if (opened % TOLD_EVERY === 0) tell(`${opened} of ${count} bookings wait`);
      return waiting;
    }
    throw new Error(`The booking ${booking.id} ended before it waited.`);
  });
}

function waitingIn({ id, status, appointment }: BookingView): Waiting | null {
  if (!isOpen(status) || status === 'confirmed') throw new Error(`The booking ${id} is ${status}.`);
  if (status !== 'awaiting_confirmation' || !appointment?.id) return null;
  return { id, appointmentId: appointment.id };
}

/** Has the provider confirm one; resolves once its view shows it. */
export async function confirmOne({ bookings, urls }: Ground, { id, appointmentId }: Waiting): Promise<void> {
  const shown = bookings.settled(id, { timeoutMs: SHOWN_WITHIN_MS });
  await confirmAppointment(urls.reserves, appointmentId);
  confirmed((await shown).status);
}

/** Has them confirmed at a steady rate. Resolves to how long each took until its view showed it, in ms. */
export async function confirmSteadily(
  ground: Ground,
  waiting: readonly Waiting[],
  perSecond: number,
): Promise<number[]> {
  const rest = waiting.values();
  const forMs = (waiting.length * 1_000) / perSecond;
  const { latenciesMs } = await play({ perSecond, forMs }, async () => {
    const next = rest.next();
    if (!next.done) await confirmOne(ground, next.value);
    return null;
  });
  return latenciesMs;
}

/** In a random order. */
export function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
