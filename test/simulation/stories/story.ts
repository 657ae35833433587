import fc from 'fast-check';
import { story as booking, WRONGS, type Story } from '../../property/commands';

/** A story as data: what happens to a booking, and how restless the machines are meanwhile. It shrinks and prints whole. */
export interface SimulatedStory {
  at: 'home' | 'practice';
  booking: Story;
  /** Governs latencies, ids, the date, and which calls the weather spoils. */
  seed: number;
  /** How probable it is that any call goes wrong, 0 to 1. */
  weather: number;
  /** When a worker is lost with all that it holds, in ms since the beginning. */
  losses: number[];
  /** Workflow tasks, counted over the story, before which the cache is lost. */
  evictions: number[];
  news: 'lost' | 'some' | 'all';
}

export const simulatedStory: fc.Arbitrary<SimulatedStory> = fc.record({
  at: fc.constantFrom('home', 'home', 'home', 'practice'),
  booking,
  seed: fc.nat(),
  weather: fc.constantFrom(0, 0, 0.03, 0.15),
  losses: fc.oneof(
    { weight: 2, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 1, maxLength: 3 }) },
  ),
  evictions: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 2 }),
  news: fc.constantFrom('lost', 'some', 'all'),
});

/** What the weather does to a call. */
export const WEATHER = WRONGS;
