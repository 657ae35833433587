import type { Census } from '../census';
import { compare } from '../measure/comparison';
import type { Round } from '../measure/round';
import { ONE_CLIENT, TWENTY_CLIENTS } from '../plan';

/** A run in a few figures, for programs: medians. Ratios are ours to the plain saga. */
export interface Figures {
  /** Of a booking that is confirmed at once, all webhooks delivered. */
  eventsPerBooking: number;
  /** More for a burst of webhooks that changes the booking; and for one that tells what it knows. */
  eventsPerWebhook: number;
  eventsPerKnownWebhook: number;
  /** Bookings a second, 20 clients, 0 ms. */
  throughputRatioToPlainSaga: number;
  /** p50, one client, 0 ms. */
  latencyRatioToPlainSaga: number;
  /** CPU of the worker a booking, 20 clients, 0 ms. */
  workerCpuRatioToPlainSaga: number;
}

export function figuresOf({ rounds, census }: { rounds: readonly Round[]; census: Census }): Figures {
  const busy = compare(rounds, TWENTY_CLIENTS);
  return {
    eventsPerBooking: census.booking.events,
    eventsPerWebhook: census.perNewWebhook,
    eventsPerKnownWebhook: census.perKnownWebhook,
    throughputRatioToPlainSaga: rounded(busy.perSecond.median),
    latencyRatioToPlainSaga: rounded(compare(rounds, ONE_CLIENT).p50.median),
    workerCpuRatioToPlainSaga: rounded(busy.workerCpu.median),
  };
}

function rounded(ratio: number): number {
  return Math.round(ratio * 1_000) / 1_000;
}
