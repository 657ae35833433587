import type { Scene } from '../scene';
import { NOTHING, SILENCE_MS, tell, WORD_AFTER_MS } from './parts';

/** Scenes of visits at a veterinary practice (Oliver), which has no orders, webhooks, keys or cancel call. */

const ASKS_OLIVER: Scene['request'] = { provider: 'oliver' };
const VISIT = { appointments: 1, orders: 0 };
const CREATE_CALL = { method: 'POST', path: '*/open_api/v1/appointments' };

export const AT_A_PRACTICE: readonly Scene[] = [
  {
    name: 'Oliver: the clinic accepts',
    story: 'The clinic answers later and Oliver sends no news: polling finds that the visit was accepted.',
    request: ASKS_OLIVER,
    arrange: [tell('clinic', { accept: 'accept', afterMs: WORD_AFTER_MS })],
    expected: { status: 'confirmed', attempts: ['confirmed'], facts: ['one book call'], live: VISIT },
  },
  {
    name: 'Oliver: the clinic declines',
    story: 'The clinic declines both slots that may be tried; the booking fails and leaves nothing.',
    request: { ...ASKS_OLIVER, limits: { maxSlotAttempts: 2 } },
    arrange: [tell('clinic', { accept: 'decline', afterMs: 500 })],
    expected: { status: 'failed', failure: 'no_slot', attempts: ['declined', 'declined'], live: NOTHING },
  },
  {
    name: 'Oliver: cancelled by the staff',
    story:
      'Only the clinic can cancel: it gets one task, and the booking stays open until somebody has done it.',
    request: ASKS_OLIVER,
    arrange: [tell('clinic', { completesTasks: false })],
    act: async ({ client, bookingId, standIn, until }) => {
      await until(({ status }) => status === 'confirmed');
      await client.cancel(bookingId, { by: 'demo' });
      await until(({ compensation }) => compensation.some(({ outcome }) => outcome === 'left_to_person'));
      await standIn.tell(tell('clinic', { completesTasks: true, afterTaskMs: 0 }));
      await until(({ status }) => status === 'cancelled');
    },
    expected: {
      status: 'cancelled',
      attempts: ['confirmed'],
      facts: ['left to a person meanwhile', 'one staff task', 'appointment undone'],
      live: NOTHING,
    },
  },
  {
    name: 'Oliver: create times out after taking effect',
    story:
      'Oliver creates and never answers, and knows no keys: the list shows the one visit that fits, and it is ours.',
    request: ASKS_OLIVER,
    arrange: [tell('faults', { ...CREATE_CALL, when: 'after', answer: 'timeout' })],
    callTimeoutMs: SILENCE_MS,
    expected: { status: 'confirmed', attempts: ['confirmed'], facts: ['one book call'], live: VISIT },
  },
];
