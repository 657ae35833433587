import { partOf, plainStory, playedOnce } from './plain';

/** Whose an appointment on an order is to the checks: stories as data, whose times fit what they tell. */

test('what somebody else booked on the order stays theirs where a late move reached it: a move names no appointment', async () => {
  const events = await playedOnce(
    plainStory({
      ...{ at: 'home', seed: 1_576_247_836, news: 'some' },
      late: [{ at: 'move', answer: { status: 504, body: 'Gateway Timeout' }, delayMs: 500 }],
      booking: partOf('placed', [
        { do: 'rest' },
        { do: 'reschedule', by: 'update', fromDay: 2 },
        { do: 'pass', ms: 322 },
        { do: 'stranger', day: 2 },
      ]),
    }),
  );
  expect(events).toContain('ActivityTaskScheduled moveAppointment');
});
