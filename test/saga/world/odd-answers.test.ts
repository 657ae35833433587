import { z } from 'zod';
import { useWorld, type Lane } from './world';

/**
 * Whole bookings at providers whose answers are odd (src/sandbox/oddities.ts, src/sandbox/bytes.ts): each ends
 * confirmed with one appointment, and its cancel leaves nothing live.
 */

const NOTES = 'Zoë’s gate – código 12 🐕';
const world = useWorld();

describe.each<[Lane, string[]]>([
  ['home', ['oddSlots', 'oddDays', 'oddElements', 'textNumbers', 'textBooleans', 'spaceTimes']],
  ['site', ['oddSlots', 'oddDays', 'oddElements', 'textNumbers', 'textBooleans', 'minuteTimes']],
  ['practice', ['oddSlots', 'oddDays', 'textNumbers', 'textBooleans', 'spaceTimes', 'utcTimes']],
  ['home', ['bomAnswers', 'localTimes', 'basicOffsetTimes']],
  ['site', ['bomAnswers', 'basicTimes']],
  ['practice', ['bomAnswers', 'basicOffsetTimes', 'bigIds']],
  ['home', ['latin1Answers', 'lowerCaseTimes']],
  ['site', ['windows1252Answers', 'localTimes', 'microTimes']],
  ['practice', ['latin1Answers', 'localTimes', 'lowerCaseTimes', 'swappedIds', 'bigIds']],
  ['site', ['utf16Answers', 'spaceTimes', 'localTimes']],
  ['practice', ['utf16Answers', 'utcTimes', 'microTimes']],
  ['home', ['utf16beAnswers', 'microTimes']],
  ['practice', ['windows1252Answers', 'basicTimes']],
  ['practice', ['oddElements', 'minuteTimes']],
])('%s, %j', (lane, quirks) => {
  test('is confirmed once and cancelled whole', async () => {
    await world.odd(lane, ...quirks);
    const id = await world.start(await world.request(lane, { notes: NOTES }));
    const view = await world.confirmed(id);
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
    await world.stands(view);
    await world.cancelled(id);
  });
});

test('at home, a price that is a text is a price: the cheapest is booked', async () => {
  const windows = [{ from: '+2d', to: '+9d' }];
  const request = await world.request('home', { windows, preference: 'cheapest' });
  const plain = z
    .array(z.object({ startsAt: z.string(), price: z.number() }))
    .parse(await world.rig.bookings.searchSlots(request));
  await world.odd('home', 'textNumbers');
  const { appointment } = await world.confirmed(await world.start(request));
  const booked = plain.find(({ startsAt }) => startsAt === appointment?.startsAt);
  expect(booked?.price).toBe(Math.min(...plain.map(({ price }) => price)));
});

describe('bytes that cannot be read', () => {
  const BROKEN = {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    bytes: Buffer.from('{"success": true, "id": "caf\xe9"}', 'latin1').toString('base64'),
  };

  test.each<[Lane]>([['home'], ['site'], ['practice']])(
    '%s: in the answer to a book that took effect are looked up; one appointment stands',
    async (lane) => {
      const fault = { when: 'after', answer: BROKEN } as const;
      if (lane === 'practice') await world.rig.clinic.fail('create_appointment', fault);
      else await world.rig.sandbox.fail('book', fault);
      const id = await world.start(await world.request(lane));
      const view = await world.confirmed(id);
      expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
      await world.stands(view);
      await world.cancelled(id);
    },
  );

  test.each<[Lane, string]>([
    ['home', 'mislabelledAnswers'],
    ['practice', 'mislabelledAnswers'],
    ['site', 'unknownCharsetAnswers'],
  ])(
    '%s: %s in every answer: a person is asked, and once it is mended nothing is double or left',
    async (lane, quirk) => {
      await world.odd(lane, quirk);
      const id = await world.start(await world.request(lane));
      const first = await world.rig.until(
        id,
        ({ status, attention }) => status === 'confirmed' || attention !== null,
      );
      expect(first.status === 'confirmed').toBe(
        quirk === 'unknownCharsetAnswers' && first.attention === null,
      );
      await world.mended();
      if (first.attention) await world.rig.bookings.retry(id, { by: 'tests' });
      const view = await world.confirmed(id);
      await world.stands(view);
      if (lane !== 'practice') expect((await world.rig.sandbox.state()).orders).toHaveLength(1);

      await world.odd(lane, quirk);
      await world.rig.bookings.cancel(id, {});
      await world.rig.until(
        id,
        ({ status, attention, compensation }) =>
          status === 'cancelled' || attention !== null || compensation.some(({ attempts }) => attempts > 0),
      );
      await world.mended();
      await world.undone(id);
    },
  );
});
