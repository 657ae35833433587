import { bookingIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import type { Ground } from '../ground';
import { actionsByType } from '../measure/actions';
import { endAll } from '../measure/executions';
import { QUIET, untilQuiet } from '../measure/quiet';
import { ourClients } from '../processes/driver';
import { freshProvider, moveByADay } from '../provider';
import type { Account } from '../request';

/** Actions of a booking's stretch, by their type. */
export interface Counted {
  what: string;
  /** A booking's share. */
  byType: Readonly<Record<string, number>>;
}

export interface ActionsFigures {
  bookings: number;
  counted: readonly Counted[];
}

const STRETCHES: readonly { what: string; account: Account }[] = [
  { what: 'confirmed at once, all webhooks delivered', account: 'prompt' },
  { what: 'its requisition waited for a second', account: 'waits' },
];

/** Counts what Temporal Cloud would bill, kind by kind, from rest to rest. No load changes that. */
export async function countActions(
  ground: Ground,
  bookings: number,
  tell: (text: string) => void,
): Promise<ActionsFigures> {
  const [, receiver] = await Promise.all([ground.start('our-worker'), ground.start('receiver')]);
  const counted: Counted[] = [];
  const count = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    const before = await atRest(ground);
    const done = await act();
    const after = await atRest(ground);
    counted.push({ what, byType: sharesOf(before, after, bookings) });
    tell(what);
    return done;
  };
  for (const { what, account } of STRETCHES) {
    const url = ground.urls[account];
    await freshProvider(url, String(receiver.told));
    const ids = await count(what, () => booked(ground, account, bookings));
    const views = await Promise.all(ids.map((id) => ground.bookings.get(bookingIdOf(id) ?? id)));
    if (account === 'prompt')
      await count('then moved by the provider, as webhooks tell', async () => {
        for (const view of views) await moveByADay(url, appointmentOf(view));
      });
    await endAll(ground.client, ids);
  }
  return { bookings, counted };
}

async function atRest({ pids, metricsPort, target }: Ground): Promise<Map<string, number>> {
  await untilQuiet(pids(), QUIET.news);
  return actionsByType(metricsPort, target.namespace);
}

async function booked({ bookings }: Ground, account: Account, count: number): Promise<string[]> {
  const clients = ourClients(bookings);
  const ids: string[] = [];
  while (ids.length < count)
    ids.push(...(await clients({ load: { clients: 1, forMs: 0 }, account })).executions);
  return ids;
}

function appointmentOf({ appointment }: BookingView): { id: string; startsAt: string; endsAt: string } {
  const { id, startsAt, endsAt } = appointment ?? {};
  if (!id || !startsAt || !endsAt) throw new Error('A confirmed booking has no appointment.');
  return { id, startsAt, endsAt };
}

/** What each type has grown by, a booking; types that have not grown are left out. */
export function sharesOf(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  bookings: number,
): Record<string, number> {
  const grown = [...after].map(
    ([type, count]) => [type, (count - (before.get(type) ?? 0)) / bookings] as const,
  );
  return Object.fromEntries(grown.filter(([, share]) => share > 0));
}
