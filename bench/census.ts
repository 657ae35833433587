import { setTimeout as pause } from 'node:timers/promises';
import type { BookingView } from '../src/booking/schema/view';
import { bookingIdOf } from '../src/booking/names';
import { endAll, keptOf } from './measure/executions';
import { QUIET, untilQuiet } from './measure/quiet';
import type { Kept } from './measure/round';
import { median } from './measure/statistics';
import { newsTo } from './play-round';
import { freshProvider, moveByADay, tellAgain } from './provider';
import { API_KEY, type Account } from './request';
import type { Stage } from './stage';

/** What bookings of ours cost in history, counted one by one: no load changes that. Medians. */
export interface Census {
  /** Of a booking that may book before the requisition, all webhooks delivered. */
  booking: Kept;
  /** The same with the requisition waited for, which comes a second after the order. */
  waited: Kept;
  /** Events that a burst of webhooks adds which tells what the booking knows, and one which tells that it was moved. */
  perKnownWebhook: number;
  perNewWebhook: number;
}

const BOOKINGS = 5;
/** Counted so long after a booking is confirmed at the earliest, in ms. */
const COUNTED_AFTER_MS = 5_000;
/** One client asks for that many in a row; a load's time does not matter here. */
const ONE = { clients: 1, forMs: 0 };

export async function takeCensus(stage: Stage): Promise<Census> {
  const [waiting, ids] = await Promise.all([booked(stage, 'waits'), booked(stage, 'prompt')]);
  const waited = await counted(stage, waiting, COUNTED_AFTER_MS);
  const booking = await counted(stage, ids);
  const views = await Promise.all(ids.map((id) => viewOf(stage, id)));
  const url = stage.urls.prompt;
  for (const view of views) await tellAgain(url, API_KEY, orderOf(view));
  const known = await counted(stage, ids);
  for (const view of views) await moveByADay(url, appointmentOf(view));
  const moved = await counted(stage, ids);
  await endAll(stage.client, [...waiting, ...ids]);
  return {
    booking: middle(booking),
    waited: middle(waited),
    perKnownWebhook: median(grown(booking, known)),
    perNewWebhook: median(grown(known, moved)),
  };
}

async function booked(stage: Stage, account: Account): Promise<string[]> {
  const { ours } = stage.arms;
  await freshProvider(stage.urls[account], newsTo(ours));
  const ids: string[] = [];
  while (ids.length < BOOKINGS) ids.push(...(await ours.play({ load: ONE, account })).executions);
  return ids;
}

async function counted(stage: Stage, ids: readonly string[], afterMs = 0): Promise<Kept[]> {
  await Promise.all([pause(afterMs), untilQuiet(stage.pids(), QUIET.news)]);
  return Promise.all(ids.map((id) => keptOf(stage.client, id)));
}

function viewOf(stage: Stage, workflowId: string): Promise<BookingView> {
  return stage.bookings.get(bookingIdOf(workflowId) ?? workflowId);
}

function orderOf({ order }: BookingView): string {
  if (order === null) throw new Error('A confirmed booking has no order.');
  return order.id;
}

function appointmentOf({ appointment }: BookingView): { id: string; startsAt: string; endsAt: string } {
  const { id, startsAt, endsAt } = appointment ?? {};
  if (!id || !startsAt || !endsAt) throw new Error('A confirmed booking has no appointment.');
  return { id, startsAt, endsAt };
}

function middle(kept: readonly Kept[]): Kept {
  return {
    events: median(kept.map(({ events }) => events)),
    bytes: median(kept.map(({ bytes }) => bytes)),
  };
}

function grown(before: readonly Kept[], after: readonly Kept[]): number[] {
  return after.map(({ events }, index) => events - (before[index]?.events ?? 0));
}
