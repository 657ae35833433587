import { bytesOf, MAX_VIEW_BYTES, smallView } from '../../src/booking/small-view';
import { bookingViewSchema, type BookingView } from '../../src/booking/schema/view';
import { CONFIRMED, NEEDS_PERSON } from '../cli/views';

const attempt = (n: number, reason: string): BookingView['attempts'][number] => ({
  startsAt: new Date(n * 60_000).toISOString(),
  outcome: 'declined',
  reason,
  at: '2026-12-01T14:03:09.000Z',
});
const attempts = (count: number, reason = 'declined by the provider') =>
  Array.from({ length: count }, (_, n) => attempt(n, reason));

it('leaves a small view as it is', () => {
  expect(smallView(CONFIRMED)).toBe(CONFIRMED);
});

it('leaves out the oldest attempts, and counts them', () => {
  const small = smallView({ ...CONFIRMED, attempts: attempts(1_000) });
  expect(bytesOf(small)).toBeLessThanOrEqual(MAX_VIEW_BYTES);
  expect(small.attempts.length + small.attemptsLeftOut).toBe(1_000);
  expect(small.attempts.at(-1)).toEqual(attempt(999, 'declined by the provider'));
  // No more than had to go.
  expect(bytesOf(small)).toBeGreaterThan(MAX_VIEW_BYTES - 300);
});

it('leaves out the oldest lines of what was tried, and counts them with those that were gone before', () => {
  const attention = {
    ...NEEDS_PERSON.attention,
    tried: Array.from({ length: 20 }, (_, n) => `${n} ${'é'.repeat(2_000)}`),
  };
  const small = smallView({ ...NEEDS_PERSON, attention: { ...attention, triedLeftOut: 5 } } as BookingView);
  expect(bytesOf(small)).toBeLessThanOrEqual(MAX_VIEW_BYTES);
  expect((small.attention?.tried.length ?? 0) + (small.attention?.triedLeftOut ?? 0)).toBe(25);
  expect(small.attention?.tried.at(-1)).toMatch(/^19 /);
});

it('cuts long texts where leaving out the past does not do, between characters', () => {
  const small = smallView({ ...CONFIRMED, attempts: attempts(2, '😀'.repeat(20_000)) });
  expect(bytesOf(small)).toBeLessThanOrEqual(MAX_VIEW_BYTES);
  // Half a character cannot be encoded as it is.
  expect(small.attempts.at(-1)?.reason).toMatch(/^(😀)+…$/u);
  expect(bookingViewSchema.safeParse(small).success).toBe(true);
});
