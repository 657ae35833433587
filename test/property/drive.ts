import type { BookingView } from '../../src/booking/schema/view';
import { isEndStatus } from '../../src/booking/status';
import type { Play } from './play';
import { patiently, send } from './people';

/** The end of a story: everything works again, and a patient person brings the booking to its end. */

/** Longest that a booking may go without any change, in ms: a restart of the workers takes up to 30 s of it. */
const STILL_MS = 60_000;
/** A person presses `retry` so often at one reason before choosing something else. */
const RETRIES = 2;
/** What a person chooses when trying again does not help, the first that is offered. */
const LAST_RESORTS = ['leave', 'keep', 'end'];
/** Steps that an end may take; more is a booking that turns in circles. */
const MOST_STEPS = 400;

/** Brings the booking to its end: attentions are retried, then resolved; what stands is cancelled. */
export async function driveToEnd(p: Play): Promise<BookingView> {
  const retries = new Map<string, number>();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const view = await patiently(() => p.rig.bookings.get(p.id));
    if (isEndStatus(view.status)) return view;
    if (view.attention) await decide(p, view.attention, retries);
    else await push(p, view);
    await p.rig.until(p.id, ({ revision }) => revision > view.revision, STILL_MS);
  }
  throw new Error(`in circles: ${JSON.stringify(await p.rig.bookings.get(p.id))}`);
}

/** Decides what a person is asked: trying again first, then the last that is offered. */
export async function decide(
  p: Play,
  { reason, choices }: NonNullable<BookingView['attention']>,
  retries: Map<string, number>,
): Promise<void> {
  const before = retries.get(reason) ?? 0;
  retries.set(reason, before + 1);
  if (choices.includes('retry') && before < RETRIES) return send(p, { do: 'retry', by: 'update' });
  const choice = LAST_RESORTS.find((one) => choices.includes(one));
  if (!choice) throw new Error(`${reason} has no way out: ${choices.join(', ')}`);
  return send(p, { do: 'resolve', by: 'update', nth: choices.indexOf(choice) });
}

async function push(p: Play, { status }: BookingView): Promise<void> {
  if (status === 'confirmed') await send(p, { do: 'cancel', by: 'update' });
  if (status === 'in_progress') {
    await p.world.change('complete');
    await p.rig.bookings.wake(p.id, 'appointment');
  }
}
