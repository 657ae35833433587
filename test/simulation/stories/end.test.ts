import { BREAKS } from '../breaks';
import { partOf, plainStory, playedOnce } from './plain';
import type { Part, SimulatedStory } from './story';

/** What the end of a story forgives a clean-up, and what it does not: stories as data, whose times fit what they tell. */

const SEED = 18;

const sharing = (afterMs: number, booking: Part): SimulatedStory['other'] => ({
  ...{ shares: 'order', afterMs, booking },
});

/** The first is cut off with an order and no more; the second takes that on, and keeps it. */
const TAKEN_ON = plainStory({
  ...{ at: 'home', seed: SEED },
  booking: partOf('placed', [{ do: 'pass', ms: 200 }, { do: 'terminate' }]),
  other: sharing(190, partOf('keep', [{ do: 'rest' }, { do: 'sweep' }, { do: 'rest' }])),
});

/** The second is cut off before it knows that the order is in use; when it is cleaned up after, the sample was drawn. */
const DRAWN = plainStory({
  ...{ at: 'home', seed: SEED },
  booking: partOf('placed', [{ do: 'rest' }, { do: 'provider', change: 'begin', tells: false }]),
  other: sharing(1_400, partOf('placed', [{ do: 'pass', ms: 110 }, { do: 'terminate' }])),
});

/** One that is cut off with an order, which nobody else has. */
const CUT_OFF = plainStory({
  ...{ at: 'home', seed: SEED },
  booking: partOf('placed', [{ do: 'pass', ms: 300 }, { do: 'terminate' }]),
});

describe('a booking that was cut off', () => {
  test.each([
    ['another booking had taken on when it was cleaned up after', TAKEN_ON],
    ['had gone to the lab', DRAWN],
  ])('may leave an order that %s', async (_what, story) => {
    const events = await playedOnce(story);
    expect(events).toContain('ActivityTaskScheduled isOrderUsedElsewhere');
    expect(events).not.toContain('ActivityTaskScheduled cancelOrder');
  });

  test('may leave no other order', async () => {
    await playedOnce(CUT_OFF);
    const breaking = BREAKS['the order is never undone'];
    await expect(playedOnce(CUT_OFF, breaking)).rejects.toThrow('with a live order');
  });
});
