import type { Scene } from '../scene';
import type { Instruction } from '../stand-in';
import { NOTHING, SILENCE_MS, tell, WORD_AFTER_MS } from './parts';

/** Scenes of bookings with a host (Cal.com), who may have to confirm them, and moves them to another uid. */

const ASKS_CALCOM: Scene['request'] = { provider: 'calcom' };
const BOOKING = { appointments: 1, orders: 0 };
const BOOK_CALL = { method: 'POST', path: '/v2/bookings' };

/** Its host has to confirm the event type of the example, and does this after a while. */
function asked(acts: 'confirm' | 'decline'): Instruction[] {
  return [
    tell('event-types/1001', { requiresConfirmation: true }),
    tell('host', { acts, afterMs: WORD_AFTER_MS }),
  ];
}

const WEEK_MS = 7 * 86_400_000;

export const WITH_A_HOST: readonly Scene[] = [
  {
    name: 'Cal.com: confirmed at once',
    story: 'Nobody has to confirm: the answer to the book call says that the booking stands.',
    request: ASKS_CALCOM,
    expected: { status: 'confirmed', attempts: ['confirmed'], facts: ['one book call'], live: BOOKING },
  },
  {
    name: 'Cal.com: confirmed by its host',
    story: 'The booking is pending until its host says yes; a signed webhook tells it.',
    request: ASKS_CALCOM,
    arrange: asked('confirm'),
    expected: {
      status: 'confirmed',
      attempts: ['confirmed'],
      facts: ['one book call', 'webhook delivered'],
      live: BOOKING,
    },
  },
  {
    name: 'Cal.com: declined by its host',
    story: 'The host declines both times that may be tried; the booking fails and leaves nothing.',
    request: { ...ASKS_CALCOM, limits: { maxSlotAttempts: 2 } },
    arrange: asked('decline'),
    expected: { status: 'failed', failure: 'no_slot', attempts: ['declined', 'declined'], live: NOTHING },
  },
  {
    name: 'Cal.com: moved by its host',
    story:
      'The host moves it a week on: a new booking stands in its place, is followed, and is cancelled by its caller.',
    request: ASKS_CALCOM,
    act: async ({ client, bookingId, standIn, until }) => {
      const { appointment } = await until(({ status }) => status === 'confirmed');
      const start = new Date(Date.parse(appointment?.startsAt ?? '') + WEEK_MS).toISOString();
      await standIn.tell(tell(`bookings/${appointment?.id}`, { acts: 'move', start }));
      await until((view) => view.appointment?.id !== appointment?.id);
      await client.cancel(bookingId, { by: 'demo' });
      await until(({ status }) => status === 'cancelled');
    },
    expected: {
      status: 'cancelled',
      attempts: ['confirmed'],
      facts: ['one book call', 'webhook delivered', 'time changed', 'under another id', 'appointment undone'],
      live: NOTHING,
    },
  },
  {
    name: 'Cal.com: book call times out after taking effect',
    story:
      'Cal.com books and never answers, and knows no keys: our reference in its metadata tells that it is ours.',
    request: ASKS_CALCOM,
    arrange: [tell('faults', { ...BOOK_CALL, when: 'after', answer: 'timeout' })],
    callTimeoutMs: SILENCE_MS,
    expected: { status: 'confirmed', attempts: ['confirmed'], facts: ['one book call'], live: BOOKING },
  },
];
