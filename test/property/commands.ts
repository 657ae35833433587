import fc from 'fast-check';

/** What may happen to one booking, as data: a sequence of these is what fast-check makes up, repeats and shrinks. */

/** What a provider does to an appointment, or to its order, by itself. */
export const CHANGES = ['cancel', 'move', 'begin', 'complete', 'cancel_order'] as const;
export type Change = (typeof CHANGES)[number];

/** The calls that can be made to go wrong. */
export const POINTS = ['book', 'cancel', 'move', 'cancel_order', 'look', 'read_order', 'search'] as const;
export type Point = (typeof POINTS)[number];

/** How a call goes wrong: what the sandbox's fault rules take. */
export const WRONGS = [
  { when: 'before', answer: 'reset' },
  { when: 'before', answer: 'garbage' },
  { when: 'before', answer: { status: 500, body: { detail: 'Internal Server Error' } } },
  { when: 'before', answer: { status: 429, body: 'Too Many Requests' } },
  { when: 'after', answer: 'timeout' },
  { when: 'after', answer: 'reset' },
  { when: 'after', answer: { status: 502, body: 'Bad Gateway' } },
  { when: 'late', answer: { status: 504, body: 'Gateway Timeout' }, delayMs: 400 },
  { when: 'after', delayMs: 300 },
] as const;
export type Wrong = (typeof WRONGS)[number];

/** Signals that no caller of ours sends; the booking must neither break nor act on them. */
const MALFORMED = [
  ['cancel', 'now'],
  ['cancel', { order: 'burn' }],
  ['cancel', { acceptFees: 'yes' }],
  ['reschedule', {}],
  ['reschedule', { windows: 'soon' }],
  ['reschedule', { windows: [{ from: 'yesterday', to: 'today' }] }],
  ['resolve', { choice: 'dance', why: 'no reason' }],
  ['resolve', { choice: 'end' }],
  ['retry', [1, 2, 3]],
] as const;

export type Command =
  /** Until the booking rests: settled, or 3 s. */
  | { do: 'rest' }
  | { do: 'pass'; ms: number }
  | { do: 'cancel'; by: Way }
  | { do: 'reschedule'; by: Way; fromDay: number }
  | { do: 'retry'; by: Way }
  | { do: 'resolve'; by: Way; nth: number }
  | { do: 'garble'; message: (typeof MALFORMED)[number] }
  | { do: 'wake'; kind: 'appointment' | 'order'; times: number }
  | { do: 'provider'; change: Change; tells: boolean }
  | { do: 'fault'; at: Point; wrong: Wrong; times: number }
  | { do: 'lock_out' }
  | { do: 'mend' }
  | { do: 'restart' }
  /** While no worker runs the workflows somebody queries the booking, and something may be sent to it. */
  | { do: 'read_while_away'; awayMs: number; then: Sent };

/** What is sent to a booking whose workers are away. */
export type Sent = 'nothing' | 'cancel by signal' | 'cancel by update' | 'retry by signal' | 'news';

/** A message goes in by signal, which cannot be answered, or by update. */
export type Way = 'signal' | 'update';

/** One booking: what it asks for, how its provider is disposed, and what happens to it. */
export interface Story {
  order: 'placed' | 'cancel' | 'keep';
  /** What callers' cancels say about the order. */
  cancelOrder: 'cancel' | 'keep' | null;
  provider: 'at once' | 'later' | 'declines first';
  onProviderCancel: 'rebook' | 'compensate' | 'attention';
  onCannotReschedule: 'refuse' | 'cancel_and_book';
  commands: Command[];
  /** Whether callers' cancels accept fees; they do when it is not said. */
  acceptFees?: boolean;
}

const way = fc.constantFrom<Way>('update', 'signal');

/** One happening of a story. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Command>({ do: 'rest' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.integer({ min: 0, max: 600 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel'), by: way }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('reschedule'),
      by: way,
      fromDay: fc.integer({ min: 2, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry'), by: way }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resolve'), by: way, nth: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('garble'), message: fc.constantFrom(...MALFORMED) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wake'),
      kind: fc.constantFrom('appointment' as const, 'order' as const),
      times: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('provider'),
      change: fc.constantFrom(...CHANGES),
      tells: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('fault'),
      at: fc.constantFrom(...POINTS),
      wrong: fc.constantFrom(...WRONGS),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'lock_out' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'mend' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ do: 'restart' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('read_while_away'),
      awayMs: fc.integer({ min: 0, max: 1_500 }),
      then: fc.constantFrom<Sent>(
        'nothing',
        'nothing',
        'cancel by signal',
        'cancel by update',
        'retry by signal',
        'news',
      ),
    }),
  },
);

/** Stories of up to a dozen happenings. */
export const story: fc.Arbitrary<Story> = fc.record({
  order: fc.constantFrom('placed', 'cancel', 'keep'),
  cancelOrder: fc.constantFrom(null, 'cancel', 'keep'),
  provider: fc.constantFrom('at once', 'at once', 'later', 'declines first'),
  onProviderCancel: fc.constantFrom('rebook', 'compensate', 'attention'),
  onCannotReschedule: fc.constantFrom('refuse', 'cancel_and_book'),
  commands: fc.array(command, { minLength: 1, maxLength: 12, size: 'max' }),
});
