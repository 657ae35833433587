import type { Choice } from '../../../src/booking/failures';
import { ALWAYS } from '../../support/calls';
import type { Begun, Stage } from './scenes';

/** What follows once the write of a case has been answered: what people do in that moment, and how they decide later. */

export const FOLLOWS = ['retry', 'end', 'cancel in the pause', 'next slot'] as const;
export type Follow = (typeof FOLLOWS)[number];

interface Following {
  /** What happens in the moment after the answer. */
  atOnce(stage: Stage, begun: Begun): Promise<unknown>;
  /** What a person wants where one is asked, the best first: the first that is offered is taken. */
  wants: readonly Choice[];
}

/** Never `undone` or `completed`: nobody here has done that by hand. What costs nothing untrue comes last. */
const LAST: readonly Choice[] = ['rebook', 'accept_fees', 'leave', 'drop'];

export const FOLLOWING: Readonly<Record<Follow, Following>> = {
  retry: { atOnce: lockReadsOut, wants: ['retry', 'keep', 'end', ...LAST] },
  end: { atOnce: lockReadsOut, wants: ['end', 'leave', 'keep', 'retry', ...LAST] },
  'cancel in the pause': {
    // It may be over already, or being cancelled: then there is nothing to cancel in.
    atOnce: ({ rig }, { id }) => rig.bookings.cancel(id, {}).catch(() => undefined),
    wants: ['retry', 'end', 'keep', ...LAST],
  },
  'next slot': {
    atOnce: ({ sandbox, clinic }) =>
      Promise.all([sandbox.control('slots', { snatch: 1 }), clinic.control('slots', { snatch: 1 })]),
    wants: ['retry', 'keep', 'end', ...LAST],
  },
};

const REJECTED = {
  when: 'before',
  times: ALWAYS,
  answer: { status: 401, body: { success: false, message: 'Unauthorized', detail: 'Invalid token' } },
} as const;

/** Nothing can be looked up, so that a person is asked in the middle of it. */
async function lockReadsOut({ sandbox, clinic }: Stage): Promise<void> {
  for (const read of ['appointment', 'read_order', 'list_orders'] as const)
    await sandbox.fail(read, REJECTED);
  for (const read of ['list_appointments', 'list_tasks'] as const) await clinic.fail(read, REJECTED);
}
