import type { Slot } from '../../../src/booking/model';
import { test } from '../case';
import { eventually, final, refusal, type Cases, type Trial } from '../desk';
import { LOST_IN_SHORT } from '../faults';

/** Moving an appointment, where the provider does; else it must say that it does not. */
export const moveCases: Cases = (desk, { reschedule, moveKeepsId }) => {
  if (reschedule === 'none') {
    test('what cannot be moved is refused as such, and stays where it is', async () => {
      const trial = await desk().open();
      const { id, startsAt } = await trial.held();
      expect(await refusal(trial.move(id, otherThan(trial)))).toEqual(final('cannot_reschedule'));
      expect((await trial.look()).live).toMatchObject([{ id, startsAt }]);
    });
    return;
  }

  test('a moved appointment stays ours and is the only one; moving it there again changes nothing', async () => {
    const trial = await desk().open();
    const { id } = await trial.held();
    const slot = otherThan(trial);
    const moved = await trial.move(id, slot);
    expect(moved).toMatchObject({ is: 'held', earlier: false, appointment: { startsAt: slot.startsAt } });
    const now = moved.is === 'held' ? moved.appointment.id : '';
    expect(now === id).toBe(moveKeepsId);
    expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { startsAt: slot.startsAt } });
    expect(await trial.move(now, slot)).toMatchObject({ is: 'held', earlier: true });
    expect(desk().hand.made('move')).toHaveLength(1);
    expect((await desk().hand.live()).appointments).toBe(1);
  });

  test('a moved appointment is cancelled under the id that it has then, and nothing is left', async () => {
    const trial = await desk().open();
    const { id } = await trial.held();
    const moved = await trial.move(id, otherThan(trial));
    if (moved.is !== 'held') throw new Error(`it did not move: ${JSON.stringify(moved)}`);
    await trial.cancel(moved.appointment.id);
    const { live, ended } = await trial.look();
    expect(live).toEqual([]);
    expect(ended.map((one) => one.id)).toContain(moved.appointment.id);
    expect((await desk().hand.live()).appointments).toBe(0);
  });

  test('what has ended cannot be moved: said so, and nothing is sent', async () => {
    const trial = await desk().open();
    const { id } = await trial.held();
    await trial.cancel(id);
    expect(await refusal(trial.move(id, otherThan(trial)))).toEqual(final('appointment_gone'));
    expect(desk().hand.made('move')).toEqual([]);
  });

  test('a slot that somebody else was quicker for leaves the appointment where it was', async () => {
    const trial = await desk().open();
    const { id, startsAt } = await trial.held();
    await desk().hand.snatch();
    expect(await trial.move(id, otherThan(trial))).toMatchObject({ is: 'gone' });
    expect((await trial.look()).live).toMatchObject([{ id, startsAt }]);
  });

  test.each(LOST_IN_SHORT)(
    'moved, but the answer is lost to $how: unknown, then seen at its new time',
    async ({ answer, limitMs }) => {
      const trial = await desk().open();
      const { id } = await trial.held();
      const slot = otherThan(trial);
      await desk().hand.fault('move', { when: 'after', answer });
      expect(await trial.move(id, slot, limitMs)).toMatchObject({ is: 'unknown' });
      expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { startsAt: slot.startsAt } });
    },
  );

  test('a move that takes effect late is seen then, and until then the old time stands', async () => {
    const trial = await desk().open();
    const { id, startsAt } = await trial.held();
    const slot = otherThan(trial);
    await desk().hand.fault('move', { when: 'late', answer: { status: 504 }, delayMs: 1_500 });
    expect(await trial.move(id, slot)).toMatchObject({ is: 'unknown' });
    expect((await trial.look()).live).toMatchObject([{ startsAt }]);
    await eventually(trial.look, ({ live }) => live[0]?.startsAt === slot.startsAt);
  });
};

/** A slot at another time than the first one. */
function otherThan({ slots, slot }: Trial): Slot {
  const other = slots.find(({ startsAt }) => startsAt !== slot().startsAt);
  if (!other) throw new Error('all slots are at one time');
  return other;
}
