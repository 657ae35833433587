import { test } from '../case';
import { refusal, retried, type Cases } from '../desk';

/** Calls that Temporal has given up: another attempt may be under way. */
export const fenceCases: Cases = (desk, { reschedule, orderKind }) => {
  test('a write that was given up is not sent', async () => {
    const { hand } = desk();
    const trial = await desk().open();
    const other = await desk().open();
    const { id } = await trial.held();
    desk().giveUp();
    const slot = other.slots.find(({ startsAt }) => startsAt !== trial.slot().startsAt);
    expect(await refusal(other.book({ slot }))).toEqual(retried('provider_unavailable'));
    expect(await refusal(trial.cancel(id))).toEqual(retried('provider_unavailable'));
    if (reschedule === 'native' && slot)
      expect(await refusal(trial.move(id, slot))).toEqual(retried('provider_unavailable'));
    if (orderKind !== null)
      expect(await refusal(other.cancelOrder())).toEqual(retried('provider_unavailable'));
    expect(hand.made('book')).toHaveLength(1);
    expect(hand.made('cancel')).toEqual([]);
    expect((await hand.live()).appointments).toBe(1);
  });
};
