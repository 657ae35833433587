import fc from 'fast-check';
import { story as booking, WRONGS, type Point, type Story } from '../../property/commands';

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
  /** Workflow tasks, counted over the story, before which the cache is lost: the run is built anew, and compared. */
  evictions: number[] | 'every';
  news: 'lost' | 'some' | 'all';
  /** Whether the provider itself refuses a second appointment on an order or of a patient: nothing documents that it does. */
  isStrict: boolean;
  /** Calls whose effect comes after their answer, from the beginning on. */
  late: Late[];
}

export interface Late {
  at: Point;
  answer: 'reset' | 'timeout' | { status: number; body: string };
  delayMs: number;
}

/** The late-commit window is 1,500 ms; an effect that comes later is beyond what anybody promises. */
const LATEST_MS = 1_300;

const late: fc.Arbitrary<Late> = fc.record({
  at: fc.constantFrom<Point>('book', 'book', 'cancel', 'move', 'cancel_order'),
  answer: fc.constantFrom<Late['answer']>(
    'reset',
    'timeout',
    { status: 503, body: 'Service Unavailable' },
    { status: 504, body: 'Gateway Timeout' },
  ),
  delayMs: fc.integer({ min: 1, max: LATEST_MS }),
});

export const simulatedStory: fc.Arbitrary<SimulatedStory> = fc.record({
  at: fc.constantFrom('home', 'home', 'home', 'practice'),
  booking,
  seed: fc.nat(),
  weather: fc.constantFrom(0, 0, 0.03, 0.15),
  losses: fc.oneof(
    { weight: 2, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 1, maxLength: 3 }) },
  ),
  evictions: fc.oneof(
    { weight: 49, arbitrary: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant('every' as const) },
  ),
  news: fc.constantFrom('lost', 'some', 'all'),
  isStrict: fc.boolean(),
  late: fc.array(late, { maxLength: 3 }),
});

/** What the weather does to a call. */
export const WEATHER = WRONGS;
