import { setTimeout } from 'node:timers/promises';
import type { BookingView } from '../../src/booking/schema/view';
import { Failure } from '../../src/booking/failures';
import type { SandboxHand } from '../support/sandbox';
import type { Lane } from './lanes';
import type { SagaRig } from '../support/saga';

/** Carrying a booking to where it should get, as the person who handles attentions would, with the promises watched. */

/** Between two looks at a sandbox. */
const PAUSE_MS = 50;

/** A person presses `retry` so often before the cell counts as stuck. */
const MAX_RETRIES = 4;

/**
 * Follows the booking until it fits. A booking that asks for a person is looked at (nothing may be undone that
 * should not be) and told to try again.
 */
export async function carry(
  rig: SagaRig,
  id: string,
  fits: (view: BookingView) => boolean,
  lookAtAttention: (view: BookingView) => Promise<void>,
): Promise<BookingView> {
  for (let retries = 0; ; retries += 1) {
    const view = await rig.until(id, (seen) => fits(seen) || seen.attention !== null || isOver(seen));
    if (fits(view)) return view;
    if (view.attention === null || retries === MAX_RETRIES)
      throw new Error(
        `stands at ${view.status}, ${view.attention?.reason ?? view.failure?.code ?? 'no reason'}`,
      );
    await lookAtAttention(view);
    await rig.bookings.retry(id, { by: 'matrix' }).catch(unlessGone);
    await rig.until(id, ({ revision }) => revision > view.revision);
  }
}

/** The attention may be over by the time that a retry comes. */
function unlessGone(err: unknown): void {
  if (!(err instanceof Failure) || err.code !== 'nothing_to_resolve') throw err;
}

function isOver({ status }: BookingView): boolean {
  return ['completed', 'cancelled', 'failed'].includes(status);
}

/** Resolves once the sandbox shows what is wanted; throws with `what` when it does not in 15 s. */
export async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 15_000;
  while (!(await look())) {
    if (Date.now() > giveUpAt) throw new Error(`it never came to this: ${what}`);
    await setTimeout(PAUSE_MS);
  }
}

/** Throws unless this much, and no more, is live in the lane. */
export async function expectLive(
  { sandbox }: Lane,
  when: string,
  expected: { orders: number; appointments: number },
): Promise<void> {
  const live = await liveIn(sandbox);
  if (live.orders !== expected.orders || live.appointments !== expected.appointments)
    throw new Error(`${when}: live are ${JSON.stringify(live)} instead of ${JSON.stringify(expected)}`);
}

export async function liveIn(sandbox: SandboxHand): Promise<{ orders: number; appointments: number }> {
  const { live } = await sandbox.state();
  return { orders: live.orders.length, appointments: live.appointments.length };
}
