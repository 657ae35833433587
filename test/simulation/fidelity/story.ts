import fc from 'fast-check';
import { CHANGES, POINTS, story as racing, WRONGS, type Command, type Story } from '../../property/commands';

/**
 * A story that is played on the real server and in the simulator. At rest: its messages wait until nothing goes on any
 * more, so nothing is left to the order in which things happen to come. Racing: they do not wait.
 */
export interface FidelityStory {
  kind: 'at rest' | 'racing';
  at: Place;
  booking: Story;
}

export type Place = 'home' | 'site' | 'by phone' | 'practice';

const PLACES: readonly Place[] = ['home', 'home', 'site', 'by phone', 'practice'];

type Faults = Extract<Command, { do: 'fault' }>;

const way = fc.constantFrom('update' as const, 'signal' as const);

const fault: fc.Arbitrary<Faults> = fc.record({
  do: fc.constant('fault' as const),
  at: fc.constantFrom(...POINTS),
  wrong: fc.constantFrom(...WRONGS),
  times: fc.integer({ min: 1, max: 2 }),
});

/** What may happen to a booking that rests, with how often. */
const happening: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fault },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), by: way }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('reschedule' as const),
      by: way,
      fromDay: fc.integer({ min: 2, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), by: way }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('resolve' as const), by: way, nth: fc.nat(3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('provider' as const),
      change: fc.constantFrom(...CHANGES),
      tells: fc.constant(false),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'wake', kind: 'appointment', times: 1 }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'lock_out' }) },
  { weight: 2, arbitrary: fc.constant<Command>({ do: 'mend' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'restart' }) },
);

/** Faults that come first are there before the booking begins. */
const atRest: fc.Arbitrary<Story> = fc
  .record({
    order: fc.constantFrom('placed' as const, 'cancel' as const, 'keep' as const),
    cancelOrder: fc.constantFrom(null, 'cancel' as const, 'keep' as const),
    provider: fc.constantFrom(
      'at once' as const,
      'at once' as const,
      'later' as const,
      'declines first' as const,
    ),
    onProviderCancel: fc.constantFrom('rebook' as const, 'compensate' as const, 'attention' as const),
    onCannotReschedule: fc.constantFrom('refuse' as const, 'cancel_and_book' as const),
    before: fc.array(fault, { maxLength: 2 }),
    commands: fc.array(happening, { minLength: 1, maxLength: 6, size: 'max' }),
  })
  .map(({ before, commands, ...rest }) => ({ ...rest, commands: [...before, ...commands] }));

/** The story of a seed. */
export function storyOf(seed: number, kind: FidelityStory['kind']): FidelityStory {
  const at = fc.constantFrom<Place>(
    ...(kind === 'at rest' ? PLACES : (['home', 'home', 'practice'] as const)),
  );
  const made = fc.record({
    kind: fc.constant(kind),
    at,
    booking: kind === 'at rest' ? atRest : racing,
  });
  const [story] = fc.sample(made, { seed, numRuns: 1 });
  if (!story) throw new Error('fast-check made no story');
  return story;
}

/** Stories that are always among them, each for a rule of the server that chance may leave out. */
function known(commands: Command[]): FidelityStory {
  return {
    kind: 'at rest',
    at: 'home',
    booking: {
      ...{ order: 'placed', cancelOrder: null, provider: 'at once' },
      ...{ onProviderCancel: 'rebook', onCannotReschedule: 'refuse', commands },
    },
  };
}

/** An update that its validator refuses, and a failure that is final. */
export const KNOWN: readonly FidelityStory[] = [
  known([{ do: 'retry', by: 'update' }]),
  known([{ do: 'lock_out' }, { do: 'mend' }, { do: 'retry', by: 'update' }]),
];

/** A life that goes on as a new run. */
export const KNOWN_LONG: readonly FidelityStory[] = [
  known([5, 8, 11].map((fromDay) => ({ do: 'reschedule', by: 'update', fromDay }))),
];
