import { sightingMark } from '../../../src/booking/sighting';
import { test } from '../case';
import type { Cases } from '../desk';

/** Booking and what comes of it. */
export const bookingCases: Cases = (desk, { refReturns }) => {
  const patient = () => desk().open(desk().subject.request(desk().subject.patience));

  test('confirmed at once', async () => {
    const trial = await desk().open();
    await desk().hand.plan('confirm');
    // The last on offer: its time is no round one that many a wrong reading would also come to.
    const slot = trial.slot(trial.slots.length - 1);
    const appointment = await trial.held({ slot });
    const { startsAt, endsAt } = slot;
    expect(appointment).toMatchObject({ phase: 'confirmed', startsAt, endsAt });
    expect((await trial.look()).live).toMatchObject([{ id: appointment.id, phase: 'confirmed' }]);
    expect((await desk().hand.live()).appointments).toBe(1);
  });

  test('pending, then confirmed', async () => {
    const trial = await patient();
    await desk().hand.plan('pending');
    const { id, phase } = await trial.held();
    expect(phase).toBe('pending');
    const first = await trial.look();
    const later = first.live[0]?.phase === 'pending' ? await trial.change(first) : first;
    expect(later.live).toMatchObject([{ id, phase: 'confirmed' }]);
  });

  test('pending, then declined: nothing live is left and what ended is shown', async () => {
    const trial = await patient();
    await desk().hand.plan('decline');
    const { id, phase } = await trial.held();
    expect(phase).toBe('pending');
    const first = await trial.look();
    const later = first.live.length > 0 ? await trial.change(first) : first;
    expect(later).toMatchObject({ live: [], ended: [{ id, phase: 'cancelled' }] });
    expect(await trial.ownership()).toEqual({ is: 'none' });
    expect((await desk().hand.live()).appointments).toBe(0);
  });

  test('pending for ever: looking again is no news', async () => {
    const trial = await patient();
    await desk().hand.plan('never');
    const { id } = await trial.held();
    const first = await trial.look();
    expect(first.live).toMatchObject([{ id, phase: 'pending' }]);
    expect(sightingMark(await trial.look())).toBe(sightingMark(first));
  });

  test('a slot that somebody else was quicker for is gone, and the next one can be had', async () => {
    const trial = await desk().open();
    await desk().hand.snatch();
    expect(await trial.book()).toMatchObject({ is: 'gone' });
    expect(await trial.look()).toMatchObject({ live: [] });
    expect((await desk().hand.live()).appointments).toBe(0);
    const other = trial.slots.find(({ startsAt }) => startsAt !== trial.slot().startsAt);
    await trial.held({ slot: other });
  });

  test('a key that books nothing is gone, and neither a bad request nor unclear', async () => {
    const trial = await desk().open();
    const slot = { ...trial.slot(), key: 'not-a-key-that-was-ever-handed-out' };
    expect(await trial.book({ slot })).toMatchObject({ is: 'gone' });
    expect((await desk().hand.live()).appointments).toBe(0);
  });

  if (refReturns) {
    test('booking again with what is booked already holds the same, and makes no second', async () => {
      const trial = await desk().open();
      const { id } = await trial.held();
      const again = await trial.book({ slot: trial.slot(1) });
      expect(again).toMatchObject({ is: 'held', earlier: true, appointment: { id } });
      expect((await desk().hand.live()).appointments).toBe(1);
    });
  }
};
