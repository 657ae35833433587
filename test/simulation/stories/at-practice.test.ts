import { BREAKS } from '../breaks';
import { partOf, plainStory, playedOnce } from './plain';

/** Whose an appointment at a practice is to the checks: stories as data, whose times fit what they tell. */

/** In winter, so that the desk books at the practice's first hour. */
const SEED = 3;

/** The desk books after so long; calls take their time, so that there is some between two of them. */
const deskBooks = (afterMs: number) =>
  plainStory({
    ...{ at: 'practice', seed: SEED, wayMs: 150 },
    booking: partOf('placed', [
      { do: 'fault', at: 'book', wrong: { when: 'before', answer: 'reset' }, times: 1 },
      { do: 'pass', ms: afterMs },
      { do: 'stranger', day: 2 },
      { do: 'rest' },
    ]),
  });

/** Between the create, which was lost, and the look for what it did. */
const AFTER_THE_CREATE = deskBooks(1_780);

/** Between the look before the create and the one that the create makes itself, so that none is sent. */
const BEFORE_THE_CREATE = deskBooks(1_545);

/** Between the look before the create and the create, which its worker did not live to send. */
const AFTER_THE_LOSS = plainStory({
  ...{ at: 'practice', seed: SEED, wayMs: 400, losses: [0, 4_716] },
  booking: partOf('placed', [{ do: 'rest' }, { do: 'rest' }, { do: 'stranger', day: 2 }, { do: 'rest' }]),
});

describe('what the desk has booked at the start that a booking aims at', () => {
  test('may be undone as its own where that came after its create: nothing tells them apart', async () => {
    const events = await playedOnce(AFTER_THE_CREATE);
    expect(events).toContain('ActivityTaskScheduled othersClaims');
    expect(events).toContain('ActivityTaskScheduled cancelAppointment');
  });

  test('may where the worker was lost that was to create: nobody knows that nothing was sent', async () => {
    const events = await playedOnce(AFTER_THE_LOSS);
    expect(events).toContain('ActivityTaskTimedOut bookSlot');
    expect(events).toContain('ActivityTaskScheduled cancelAppointment');
  });

  test('may not where it came before the create, which was never sent', async () => {
    await playedOnce(BEFORE_THE_CREATE);
    const breaking = BREAKS['what stood there before the call was sent counts as its effect'];
    await expect(playedOnce(BEFORE_THE_CREATE, breaking)).rejects.toThrow('which this booking had not made');
  });
});
