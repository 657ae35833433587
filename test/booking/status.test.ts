import { isEndStatus, isFinal, isOpen, isSettled, mayMove, TRANSITIONS } from '../../src/booking/status';
import { type BookingStatus, type BookingView, STATUSES } from '../../src/booking/schema/view';

const ATTENTION: BookingView['attention'] = {
  reason: 'undo_failed',
  message: '',
  since: '2026-11-21T12:00:00Z',
  tried: [],
  triedLeftOut: 0,
  choices: [],
};

test('the statuses of the view are those of the table', () => {
  expect(Object.keys(TRANSITIONS).sort()).toEqual([...STATUSES].sort());
});

test('completed, cancelled and failed are ends; all others are open', () => {
  expect(STATUSES.filter(isEndStatus)).toEqual(['completed', 'cancelled', 'failed']);
  expect(STATUSES.filter(isOpen)).toHaveLength(STATUSES.length - 3);
});

test('settled are confirmed, the ends, and whatever waits for a person', () => {
  const nothing = { attention: null, compensation: [], waitingFor: null };
  const settled = STATUSES.filter((status) => isSettled({ status, ...nothing }));
  expect(settled).toEqual(['confirmed', 'completed', 'cancelled', 'failed']);
  expect(STATUSES.every((status) => isSettled({ ...nothing, status, attention: ATTENTION }))).toBe(true);
});

test('an ended booking is final once the clean-up after it is through', () => {
  const ended = { status: 'failed' as const, attention: null, compensation: [], waitingFor: null };
  const undo = { step: 'order', outcome: 'pending', attempts: 0, at: '2026-11-21T12:00:00Z' } as const;
  expect(isFinal(ended)).toBe(true);
  expect(isFinal({ ...ended, compensation: [undo] })).toBe(false);
  expect(isFinal({ ...ended, attention: ATTENTION })).toBe(false);
  expect(isFinal({ ...ended, waitingFor: { what: 'the staff', since: undo.at, until: null } })).toBe(false);
  expect(isFinal({ ...ended, status: 'confirmed' })).toBe(false);
});

test('every open status leads to an end, and an end leads nowhere', () => {
  for (const status of STATUSES) {
    const ends = STATUSES.filter((other) => other !== status && isEndStatus(other) && mayMove(status, other));
    expect(ends.length > 0).toBe(isOpen(status));
    expect(mayMove(status, status)).toBe(true);
  }
});

test.each<[from: BookingStatus, to: BookingStatus, allowed: boolean]>([
  ['ordering', 'searching', true],
  ['ordering', 'confirmed', false],
  ['searching', 'booking', true],
  ['searching', 'confirmed', true],
  ['booking', 'searching', true],
  ['booking', 'awaiting_confirmation', true],
  ['booking', 'ordering', false],
  ['awaiting_confirmation', 'searching', true],
  ['confirmed', 'in_progress', true],
  ['confirmed', 'rescheduling', true],
  ['confirmed', 'ordering', false],
  ['compensating', 'cancelled', true],
  ['compensating', 'failed', true],
  ['compensating', 'confirmed', false],
  ['cancelled', 'searching', false],
])('%s to %s: %s', (from, to, allowed) => {
  expect(mayMove(from, to)).toBe(allowed);
});
