import fc from 'fast-check';
import {
  command,
  story as booking,
  WRONGS,
  type Command,
  type Point,
  type Story,
} from '../../property/commands';

/** A story as data: what happens to bookings, and how restless the machines are meanwhile. It shrinks and prints whole. */
export interface SimulatedStory {
  at: Place;
  booking: Part;
  /** A second booking at the same provider. */
  other: Other | null;
  /** Governs latencies, ids, the date, and which calls the weather spoils. */
  seed: number;
  /** How probable it is that any call goes wrong, 0 to 1. */
  weather: number;
  /** Longest way of a call to a provider, and of its answer, in ms. */
  wayMs: number;
  /** When a worker is lost with all that it holds, in ms since the beginning. */
  losses: number[];
  /** When one freezes, and for how long: others take its place, and what it had begun goes on when it thaws. */
  freezes: { atMs: number; forMs: number }[];
  /** How far clocks of workers are from the server's, in ms. */
  skewMs: number;
  /** Workflow tasks, counted over the story, before which the cache is lost: the run is built anew, and compared. */
  evictions: number[] | 'every';
  /** Events after which a confirmed booking goes on as a new run. */
  newRunAfterEvents: number;
  news: 'lost' | 'some' | 'all';
  /** Whether the provider itself refuses a second appointment on an order or of a patient: nothing documents that it does. */
  isStrict: boolean;
  /** Calls whose effect comes after their answer, from the beginning on. */
  late: Late[];
  /** What goes wrong while everything comes to its end: the calls of undos are among them. */
  lastFaults: { at: Point; wrong: (typeof WRONGS)[number]; times: number }[];
}

/** At home; at a draw site; where the vendor's people phone the patient; at a practice. */
export type Place = 'home' | 'site' | 'phone' | 'practice';

/** One booking of a story. */
export interface Part extends Omit<Story, 'commands'> {
  commands: Happening[];
  /** An appointment that somebody else has made on the adopted order before, or for the same client. */
  existing: 'none' | 'refuse' | 'adopt';
  /** Whether undoing costs, and whether its callers accept that. */
  fees: 'none' | 'refused' | 'accepted';
  /** How long a slot may stay unconfirmed, in ms; as the settings have it where it is null. */
  confirmTimeoutMs: number | null;
  /** When a provider that does not confirm at once does, in ms. */
  wordAfterMs: number;
}

export interface Other {
  booking: Part;
  shares: 'account' | 'patient' | 'order';
  afterMs: number;
}

/** What happens in the simulator only, beside what the real server's stories know. */
export type Happening =
  | Command
  /** Somebody ends the execution in Temporal. */
  | { do: 'terminate' }
  | { do: 'sweep' }
  /** Somebody else books for the same client, or on the order. */
  | { do: 'stranger'; day: number }
  | { do: 'lose_worker' }
  | { do: 'freeze'; ms: number };

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

const ms = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 24, arbitrary: command },
  { weight: 1, arbitrary: fc.constant<Happening>({ do: 'terminate' }) },
  { weight: 1, arbitrary: fc.constant<Happening>({ do: 'sweep' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stranger'), day: fc.integer({ min: 2, max: 8 }) }) },
  { weight: 1, arbitrary: fc.constant<Happening>({ do: 'lose_worker' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('freeze'), ms: ms(8_000) }) },
);

const part: fc.Arbitrary<Part> = fc
  .tuple(
    booking,
    fc.record({
      commands: fc.array(happening, { minLength: 1, maxLength: 12, size: 'max' }),
      existing: fc.constantFrom<Part['existing']>('none', 'none', 'none', 'refuse', 'adopt'),
      fees: fc.constantFrom<Part['fees']>('none', 'none', 'refused', 'accepted'),
      confirmTimeoutMs: fc.constantFrom(null, null, 1_000, 1_000, 1_500),
      wordAfterMs: fc.constantFrom(300, 500, 900, 980, 1_100),
    }),
  )
  .map(([known, more]) => ({ ...known, ...more }));

const other: fc.Arbitrary<Other> = fc.record({
  booking: part,
  shares: fc.constantFrom<Other['shares']>('account', 'patient', 'patient', 'order', 'order'),
  afterMs: ms(6_000),
});

const some = <T>(one: fc.Arbitrary<T>, none: number): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: none, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) },
  );

export const simulatedStory: fc.Arbitrary<SimulatedStory> = fc.record({
  at: fc.constantFrom<Place>('home', 'home', 'home', 'site', 'site', 'phone', 'practice', 'practice'),
  booking: part,
  other: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: other }),
  seed: fc.nat(),
  weather: fc.constantFrom(0, 0, 0.03, 0.15),
  wayMs: fc.constantFrom(20, 20, 150, 400),
  losses: some(ms(6_000), 2),
  freezes: some(fc.record({ atMs: ms(6_000), forMs: ms(8_000) }), 4),
  skewMs: fc.constantFrom(0, 0, 0, 0, -2_000, 2_000, 90_000, -90_000),
  evictions: fc.oneof(
    { weight: 49, arbitrary: fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant('every' as const) },
  ),
  newRunAfterEvents: fc.constantFrom(4_096, 4_096, 60, 120),
  news: fc.constantFrom('lost', 'some', 'all'),
  isStrict: fc.boolean(),
  late: fc.array(late, { maxLength: 3 }),
  lastFaults: some(
    fc.record({
      at: fc.constantFrom<Point>('cancel', 'cancel_order', 'look', 'read_order'),
      wrong: fc.constantFrom(...WRONGS),
      times: fc.integer({ min: 1, max: 3 }),
    }),
    1,
  ),
});

/** What the weather does to a call. */
export const WEATHER = WRONGS;
