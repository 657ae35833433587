import { createSimulation } from '../simulation';
import type { Breaking } from '../stage';
import { playStory } from './play';
import type { Happening, Part, SimulatedStory } from './story';

/** Stories for tests of the checks: nothing happens in them but what they tell, at the times that they tell. */

export function partOf(order: Part['order'], commands: Happening[]): Part {
  return {
    ...{ order, commands, cancelOrder: null, provider: 'at once', existing: 'none', fees: 'none' },
    ...{ onProviderCancel: 'rebook', onCannotReschedule: 'refuse', confirmTimeoutMs: null },
    wordAfterMs: 300,
  };
}

export function plainStory(
  told: Pick<SimulatedStory, 'at' | 'booking' | 'seed'> & Partial<SimulatedStory>,
): SimulatedStory {
  return {
    ...{ other: null, weather: 0, wayMs: 20, skewMs: 0, news: 'lost', isStrict: true, late: [] },
    ...{ losses: [], freezes: [], evictions: [], newRunAfterEvents: 4_096, lastFaults: [] },
    ...told,
  };
}

/** Plays a story, maybe with a rule of the saga broken: the events of all its runs. */
export async function playedOnce(story: SimulatedStory, breaking: Breaking = {}): Promise<string[]> {
  const simulation = await createSimulation(breaking);
  try {
    return (await playStory(simulation, story)).histories.flat();
  } finally {
    await simulation.close();
  }
}
