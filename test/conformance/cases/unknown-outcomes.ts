import { test } from '../case';
import { eventually, type Cases } from '../desk';
import { LOST, SHORT_MS } from '../faults';

/** Book calls whose answer got lost: never assumed, always told by a look. */
export const unknownCases: Cases = (desk, { refReturns }) => {
  /** After the appointment surfaced: the saga holds it, and a call that comes again makes no second one. */
  const expectHeldOnce = async (trial: Awaited<ReturnType<ReturnType<typeof desk>['open']>>) => {
    if (refReturns) expect(await trial.book()).toMatchObject({ is: 'held', earlier: true });
    expect((await desk().hand.live()).appointments).toBe(1);
  };

  test.each(LOST)(
    'booked, but the answer is lost to $how: unknown, then found',
    async ({ answer, limitMs }) => {
      const trial = await desk().open();
      await desk().hand.fault('book', { when: 'after', answer });
      expect(await trial.book({ callTimeoutMs: limitMs })).toMatchObject({ is: 'unknown' });
      // The saga decides whether and when to try again.
      expect(desk().hand.made('book')).toHaveLength(1);
      expect(await trial.ownership()).toMatchObject({
        is: 'ours',
        appointment: { startsAt: trial.slot().startsAt, phase: 'confirmed' },
      });
      await expectHeldOnce(trial);
    },
  );

  test.each(LOST)(
    'not booked, and the answer is lost to $how: unknown, then empty',
    async ({ answer, limitMs }) => {
      const trial = await desk().open();
      await desk().hand.fault('book', { when: 'before', answer });
      expect(await trial.book({ callTimeoutMs: limitMs })).toMatchObject({ is: 'unknown' });
      expect(await trial.ownership()).toEqual({ is: 'none' });
      expect((await desk().hand.live()).appointments).toBe(0);
      await trial.held();
    },
  );

  test('booked after the first look: not there, then found within the late-commit window', async () => {
    const trial = await desk().open();
    await desk().hand.fault('book', { when: 'late', answer: { status: 504 }, delayMs: 1_500 });
    expect(await trial.book()).toMatchObject({ is: 'unknown' });
    expect(await trial.ownership()).toEqual({ is: 'none' });
    const found = await eventually(trial.ownership, ({ is }) => is !== 'none');
    expect(found).toMatchObject({ is: 'ours', appointment: { startsAt: trial.slot().startsAt } });
    await expectHeldOnce(trial);
  });

  test('an answer that is slow but comes in time is an answer', async () => {
    const trial = await desk().open();
    await desk().hand.fault('book', { delayMs: 400 });
    await trial.held();
    expect((await desk().hand.live()).appointments).toBe(1);
  });

  test('an answer that comes after the time limit is unknown, and its effect is found', async () => {
    const trial = await desk().open();
    await desk().hand.fault('book', { delayMs: 2 * SHORT_MS });
    expect(await trial.book({ callTimeoutMs: SHORT_MS })).toMatchObject({ is: 'unknown' });
    expect(await eventually(trial.ownership, ({ is }) => is !== 'none')).toMatchObject({ is: 'ours' });
    await expectHeldOnce(trial);
  });
};
