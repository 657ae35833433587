import { hasEndedUnseen, missingFrom, type Known } from '../../src/booking/absence';
import type { Appointment, Order, Sighting } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import { anAppointment, anOrder } from '../activities/memory-provider';

/** What it means that a look does not show an appointment. */

const MAKER = 'b00k1ng.k1';
const OWN = 'a1';
const BEFORE = '2026-12-01T10:00:00.000Z';
const AFTER = '2026-12-01T11:00:00.000Z';

const known = (more: Partial<Known> = {}): Known => ({
  clue: {
    maker: MAKER,
    ownIds: [OWN],
    takenOver: null,
    orderId: 'o1',
    refReturns: true,
    before: [],
    triedStartsAt: null,
  },
  liveIds: [OWN],
  acceptedCancels: [],
  orderTakesAppointment: true,
  ...more,
});
const withoutOrders = { ...known().clue, orderId: null };
const cancelled = (at = BEFORE, id = OWN) => ({ acceptedCancels: [{ id, at }] });
const look = (order: Order | null, live: Appointment[] = [], ended: Appointment[] = []): Sighting => ({
  order,
  live,
  ended,
});
const own = anAppointment(OWN);
const ours = (id: string) => anAppointment(id, { ref: bookRef(MAKER, 1) });

test.each<[name: string, seen: Sighting, known: Known, isMissing: boolean]>([
  ['shown live', look(null, [own]), known(), false],
  ['shown ended', look(anOrder(), [], [own]), known(), false],
  ['not shown, order or not', look(anOrder()), known(), true],
  ['not shown, and none is known to stand', look(anOrder()), known({ liveIds: [] }), false],
  ['not shown, beside one that is not ours', look(null, [anAppointment('x')]), known(), true],
  ['followed under another id by our ref', look(null, [ours('a2')]), known(), false],
  [
    'not shown, beside one of ours from before a move: a copy lags',
    look(null, [ours('a2')]),
    known({ clue: { ...known().clue, ownIds: ['a2', OWN] } }),
    true,
  ],
  ['not shown, beside another known one', look(null, [ours('a2')]), known({ liveIds: [OWN, 'a2'] }), true],
  [
    'another with our ref, where refs do not return',
    look(null, [ours('a2')]),
    known({ clue: { ...withoutOrders, refReturns: false } }),
    true,
  ],
  ['absent after our accepted cancel', look(anOrder()), known(cancelled()), false],
  ['absent after a cancel of another one', look(anOrder()), known(cancelled(BEFORE, 'a2')), true],
  ['the same without an order that reads', look(null), known(cancelled()), true],
  ['the same where there are no orders', look(null), known({ ...cancelled(), clue: withoutOrders }), false],
  ['absent at home with a cancelled order', look(anOrder({ phase: 'cancelled' })), known(), false],
  ['absent at home with a failed order', look(anOrder({ phase: 'failed' })), known(), false],
  ['absent at home with a completed order', look(anOrder({ phase: 'completed' })), known(), true],
  [
    'absent at a draw site with a cancelled order',
    look(anOrder({ phase: 'cancelled' })),
    known({ orderTakesAppointment: false }),
    true,
  ],
])('%s', (_name, seen, given, isMissing) => {
  expect(missingFrom(seen, given) !== null).toBe(isMissing);
});

describe('an order that says it has an appointment contradicts a look that shows none', () => {
  const says = anOrder({ hasAppointmentSince: AFTER });

  test.each<[name: string, seen: Sighting, known: Known, isMissing: boolean]>([
    ['before anything was booked', look(says), known({ liveIds: [] }), true],
    ['since after our cancel', look(says), known(cancelled(BEFORE)), true],
    ['since before our cancel', look(says), known(cancelled('2026-12-01T12:00:00.000Z')), false],
    ['one is shown', look(says, [own]), known(), false],
    ['one is shown as ended', look(says, [], [own]), known(), false],
    ['only one that we cancelled before', look(says, [], [own]), known(cancelled(BEFORE)), true],
    [
      'only one that we cancelled since',
      look(says, [], [own]),
      known(cancelled('2026-12-01T12:00:00.000Z')),
      false,
    ],
    [
      'one that we cancelled before, and another that ended',
      look(says, [], [own, anAppointment('x')]),
      known(cancelled(BEFORE)),
      false,
    ],
    ['it says nothing', look(anOrder()), known({ liveIds: [] }), false],
  ])('%s', (_name, seen, given, isMissing) => {
    expect(missingFrom(seen, given) !== null).toBe(isMissing);
  });
});

test.each<[name: string, seen: Sighting, known: Known, hasEnded: boolean]>([
  ['after an accepted cancel, the order read', look(anOrder()), known(cancelled()), true],
  ['the order not read', look(null), known(cancelled()), false],
  ['the order proven by another one', look(null, [anAppointment('x')]), known(cancelled()), true],
  ['without an accepted cancel', look(anOrder()), known(), false],
  ['without one, the order cancelled', look(anOrder({ phase: 'cancelled' })), known(), false],
  ['still shown', look(null, [own]), known(cancelled()), false],
  ['contradicted by the order', look(anOrder({ hasAppointmentSince: AFTER })), known(cancelled()), false],
])('an absence counts as ended: %s', (_name, seen, given, hasEnded) => {
  expect(hasEndedUnseen(seen, OWN, given)).toBe(hasEnded);
});
