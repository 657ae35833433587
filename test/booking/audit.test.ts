import {
  auditedBookingOf,
  hasTriedNothing,
  mayBeBookingId,
  strayKindOf,
  strayOrder,
  type Claim,
  type TracedOrder,
} from '../../src/booking/audit';
import { bytesOf } from '../../src/booking/small-view';
import { CONFIRMED } from '../cli/views';

const ORDER: TracedOrder = { orderId: 'o-1', bookingId: 'b-1', status: 'received' };
const OWN: Claim['order'] = { id: 'o-1', origin: 'placed' };
const CLAIM: Claim = { status: 'confirmed', open: true, waits: false, order: OWN, undone: {} };
const ENDED = { ...CLAIM, open: false, status: 'cancelled' } as const;

describe('a live order that carries a booking’s id', () => {
  test.each<[string, Partial<Claim>, string | null]>([
    ['is the order of an open one', {}, null],
    ['is not the order of an open one', { order: { id: 'o-2', origin: 'placed' } }, 'second_order'],
    ['is unknown to one that stands confirmed', { order: null }, 'order_unclaimed'],
    ['is looked for by one that places its order', { order: null, status: 'ordering' }, null],
    ['is looked for by one that undoes what it placed', { order: null, status: 'compensating' }, null],
    [
      'is unknown to one that waits for a person',
      { order: null, status: 'ordering', waits: true },
      'order_unclaimed',
    ],
    ['was never undone by one that ended', ENDED, 'order_left'],
    ['was undone by one that ended, and lives', { ...ENDED, undone: { order: 'undone' } }, 'order_left'],
    ['was left standing by a person', { ...ENDED, undone: { order: 'left_to_person' } }, null],
    [
      'was cancelled by the one that adopted it, and lives',
      { ...ENDED, order: { id: 'o-1', origin: 'adopted' }, undone: { order: 'undone' } },
      'order_left',
    ],
    ['was adopted and kept', { ...ENDED, order: { id: 'o-1', origin: 'adopted' } }, null],
    ['is the order of one whose visit is over', { ...CLAIM, open: false, status: 'completed' }, null],
    [
      'is a second one of one whose visit is over',
      { open: false, status: 'completed', order: { id: 'o-2', origin: 'placed' } },
      'second_order',
    ],
    ['is unknown to one that ended', { ...ENDED, order: null }, 'order_unclaimed'],
    ['is unknown to one that was cut off', { ...ENDED, status: 'failed', order: null }, 'order_unclaimed'],
  ])('%s', (_what, claim, kind) => {
    expect(strayKindOf(ORDER, { ...CLAIM, ...claim })).toBe(kind);
  });
});

test('what travels of a booking is small, however large its view is', () => {
  const attempt = { startsAt: '2026-12-07T15:00:00.000Z', outcome: 'gone', reason: 'x'.repeat(500), at: 'y' };
  const view = { ...CONFIRMED, attempts: Array.from({ length: 50 }, () => attempt) } as typeof CONFIRMED;
  expect(bytesOf(auditedBookingOf(view, true, null))).toBeLessThan(1_024);
});

test('a finding holds the provider’s words at a bounded length', () => {
  const finding = strayOrder('second_order', { provider: 'junction-psc', account: 'default' }, ORDER, 'x');
  const long = strayOrder(
    'second_order',
    { provider: 'junction-psc', account: 'default' },
    {
      ...ORDER,
      status: 'y'.repeat(100_000),
    },
    'x'.repeat(100_000),
  );
  expect(finding).toMatchObject({ bookingId: 'b-1', orderId: 'o-1', shown: 'received' });
  expect(bytesOf(long)).toBeLessThan(1_024);
});

test('one that only had its old attempts left out has tried something', () => {
  const none = { ...CONFIRMED, appointment: null, attempts: [] };
  expect(hasTriedNothing(none)).toBe(true);
  expect(hasTriedNothing({ ...none, attemptsLeftOut: 3 })).toBe(false);
});

test.each([
  [null, false],
  ['', false],
  ['visit-17', true],
  ['ö'.repeat(450), true],
  ['ö'.repeat(451), false],
])('%j may be an id: %s', (text, may) => {
  expect(mayBeBookingId(text)).toBe(may);
});
