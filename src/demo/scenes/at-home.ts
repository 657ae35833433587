import { DEADLINE_MS, isBookCall } from '../facts';
import type { Scene } from '../scene';
import { ASYNC, BOOKED, NOTHING, SILENCE_MS, tell, WORD_AFTER_MS } from './parts';

/** Scenes of draws at home: what a provider's answers, its silence and our own faults do to a booking. */

const BOOK_CALL = { method: 'POST', path: '*/appointment/book' };
/** How late the late call takes effect: after it was given up and looked up, even on a busy machine. */
const LATE_BY_MS = SILENCE_MS + 9_000;
/** Temporal notices a lost call after nine times this. */
const SHORT_SILENCE_MS = 4_000;

export const AT_HOME: readonly Scene[] = [
  {
    name: 'confirmed at once',
    story: 'An order is placed, the best slot taken, and the provider says yes in its answer.',
    expected: { status: 'confirmed', attempts: ['confirmed'], live: BOOKED },
  },
  {
    name: 'pending, then confirmed by webhook',
    story:
      'The provider answers "pending"; its signed webhook wakes the booking, which reads that it stands.',
    arrange: [tell('confirmation', { mode: 'async', afterMs: WORD_AFTER_MS })],
    request: ASYNC,
    expected: { status: 'confirmed', attempts: ['confirmed'], facts: ['webhook delivered'], live: BOOKED },
  },
  {
    name: 'webhook lost, found by polling',
    story:
      'Every webhook is lost on its way; the polling behind them finds the requisition and the confirmation.',
    arrange: [
      tell('confirmation', { mode: 'async', afterMs: WORD_AFTER_MS }),
      tell('faults', { webhook: '*', do: 'drop', times: 1_000 }),
    ],
    request: ASYNC,
    expected: { status: 'confirmed', attempts: ['confirmed'], facts: ['every webhook lost'], live: BOOKED },
  },
  {
    name: 'slot snatched, next one taken',
    story: 'Somebody else takes the slot a moment earlier; the next best one is booked.',
    arrange: [tell('slots', { snatch: 1 })],
    expected: { status: 'confirmed', attempts: ['gone', 'confirmed'], live: BOOKED },
  },
  {
    name: 'declined everywhere',
    story:
      'The provider takes both slots back; the booking fails, and the order that it placed is cancelled.',
    arrange: [tell('confirmation', { mode: 'decline', afterMs: 500, times: 2 })],
    request: { ...ASYNC, limits: { maxSlotAttempts: 2 } },
    expected: {
      status: 'failed',
      failure: 'no_slot',
      attempts: ['declined', 'declined'],
      facts: ['order undone'],
      live: NOTHING,
    },
  },
  {
    name: 'adopted order kept',
    story: 'The booking fails, but the order was not its own and its caller said "keep": it stays as it is.',
    adopts: 'keep',
    arrange: [tell('confirmation', { mode: 'decline', afterMs: 500 })],
    request: { ...ASYNC, limits: { maxSlotAttempts: 1 } },
    expected: {
      status: 'failed',
      failure: 'no_slot',
      attempts: ['declined'],
      facts: ['order left alone'],
      live: { appointments: 0, orders: 1 },
    },
  },
  {
    name: 'book call times out after taking effect',
    story:
      'The provider books and never answers; the look-up finds the appointment, and nothing is booked twice.',
    arrange: [tell('faults', { ...BOOK_CALL, when: 'after', answer: 'timeout' })],
    callTimeoutMs: SILENCE_MS,
    expected: { status: 'confirmed', attempts: ['confirmed'], facts: ['one book call'], live: BOOKED },
  },
  {
    name: 'book call takes effect late',
    story:
      'The look-ups find nothing, then the call takes effect after all: it is found, and no other slot taken.',
    arrange: [tell('faults', { ...BOOK_CALL, when: 'late', answer: 'timeout', delayMs: LATE_BY_MS })],
    callTimeoutMs: SILENCE_MS,
    expected: {
      status: 'confirmed',
      attempts: ['confirmed'],
      facts: ['one book call', 'looked up in vain first'],
      live: BOOKED,
    },
  },
  {
    name: 'never confirmed',
    story:
      'Past the deadline a look-up shows the slot still unconfirmed: it is released and the order cancelled.',
    arrange: [tell('confirmation', { mode: 'reserve' })],
    request: { limits: { maxSlotAttempts: 1, confirmTimeoutMs: DEADLINE_MS } },
    expected: {
      status: 'failed',
      failure: 'no_slot',
      attempts: ['released'],
      facts: ['looked up after the deadline', 'order undone'],
      live: NOTHING,
    },
  },
  {
    name: 'caller cancels while waiting',
    story:
      'The caller changes their mind before the provider has answered: appointment and order are undone.',
    arrange: [tell('confirmation', { mode: 'reserve' })],
    act: async ({ client, bookingId, until }) => {
      await until(({ status }) => status === 'awaiting_confirmation');
      await client.cancel(bookingId, { by: 'demo' });
    },
    expected: { status: 'cancelled', attempts: ['held'], facts: ['order undone'], live: NOTHING },
  },
  {
    name: 'wrong provider key',
    story:
      'The provider refuses our key: nothing is undone, the booking pauses, and goes on once the key is mended.',
    // A key of another environment, which the provider refuses.
    wrongAtFirst: { apiKey: 'pk_us_of_another_environment' },
    encore: async ({ client, bookingId, until }) => {
      await client.retry(bookingId, { by: 'demo' });
      await until(({ attention }) => attention === null);
    },
    expected: {
      status: 'confirmed',
      attempts: ['confirmed'],
      paused: 'credentials_rejected',
      live: BOOKED,
    },
  },
  {
    name: 'worker killed in the middle of booking',
    story:
      'SIGKILL hits the worker while its book call is under way; its successor looks first and finds the slot taken.',
    arrange: [tell('faults', { ...BOOK_CALL, when: 'after', answer: 'timeout' })],
    callTimeoutMs: SHORT_SILENCE_MS,
    killsWorker: true,
    act: async ({ standIn, worker }) => {
      await standIn.called(isBookCall);
      await worker.kill();
      await worker.restart();
    },
    expected: { status: 'confirmed', attempts: ['confirmed'], facts: ['one book call'], live: BOOKED },
  },
];
