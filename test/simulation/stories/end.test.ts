import { BREAKS } from '../breaks';
import { createSimulation } from '../simulation';
import { playStory } from './play';
import type { Happening, Part, SimulatedStory } from './story';

/** What the end of a story forgives a clean-up, and what it does not: stories as data, whose times fit what they tell. */

const part = (order: Part['order'], commands: Happening[]): Part => ({
  ...{ order, commands, cancelOrder: null, provider: 'at once', existing: 'none', fees: 'none' },
  ...{ onProviderCancel: 'rebook', onCannotReschedule: 'refuse', confirmTimeoutMs: null, wordAfterMs: 300 },
});

const story = (booking: Part, other: SimulatedStory['other']): SimulatedStory => ({
  ...{ at: 'home', booking, other, seed: 18, weather: 0, wayMs: 20, skewMs: 0, news: 'lost', isStrict: true },
  ...{ losses: [], freezes: [], evictions: [], newRunAfterEvents: 4_096, late: [], lastFaults: [] },
});

const sharing = (afterMs: number, booking: Part): SimulatedStory['other'] => ({
  ...{ shares: 'order', afterMs, booking },
});

/** The first is cut off with an order and no more; the second takes that on, and keeps it. */
const TAKEN_ON = story(
  part('placed', [{ do: 'pass', ms: 200 }, { do: 'terminate' }]),
  sharing(190, part('keep', [{ do: 'rest' }, { do: 'sweep' }, { do: 'rest' }])),
);

/** The second is cut off before it knows that the order is in use; when it is cleaned up after, the sample was drawn. */
const DRAWN = story(
  part('placed', [{ do: 'rest' }, { do: 'provider', change: 'begin', tells: false }]),
  sharing(1_400, part('placed', [{ do: 'pass', ms: 110 }, { do: 'terminate' }])),
);

/** One that is cut off with an order, which nobody else has. */
const CUT_OFF = story(part('placed', [{ do: 'pass', ms: 300 }, { do: 'terminate' }]), null);

async function played(one: SimulatedStory, breaking?: string): Promise<void> {
  const simulation = await createSimulation(breaking === undefined ? {} : BREAKS[breaking]);
  try {
    await playStory(simulation, one);
  } finally {
    await simulation.close();
  }
}

describe('a booking that was cut off', () => {
  test.each([
    ['another booking had taken on when it was cleaned up after', TAKEN_ON],
    ['had gone to the lab', DRAWN],
  ])('may leave an order that %s', async (_what, one) => {
    await expect(played(one)).resolves.toBeUndefined();
  });

  test('may leave no other order', async () => {
    await expect(played(CUT_OFF)).resolves.toBeUndefined();
    await expect(played(CUT_OFF, 'the order is never undone')).rejects.toThrow('with a live order');
  });
});
