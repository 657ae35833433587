import { partOf, plainStory, playedOnce } from './plain';
import type { Happening, Part } from './story';

/** Two bookings of one order that their callers name, the first of which was cut off at once: they share an id. */

const SEED = 18;

const twoOf = (afterwards: Happening[], second: Part) =>
  plainStory({
    ...{ at: 'home', seed: SEED },
    booking: partOf('cancel', [{ do: 'terminate' }, ...afterwards]),
    other: { shares: 'order', afterMs: 50, booking: second },
  });

test('the end of the second waits for its own clean-up, and not for that of the first', async () => {
  const events = await playedOnce(twoOf([], partOf('cancel', [{ do: 'rest' }, { do: 'terminate' }])));
  expect(events.filter((event) => event === 'ActivityTaskCompleted readLeftBehind')).toHaveLength(2);
});

test('what a caller of the first asks after the second has begun is asked of the second', async () => {
  const cancelled: Happening[] = [
    { do: 'pass', ms: 2_000 },
    { do: 'cancel', by: 'update' },
  ];
  const second: Part = { ...partOf('cancel', [{ do: 'pass', ms: 4_000 }]), cancelOrder: 'keep' };
  const events = await playedOnce(twoOf(cancelled, second));
  expect(events).toContain('ActivityTaskCompleted cancelOrder');
});
