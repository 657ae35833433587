import { test } from '../case';
import { EPOCH, placed, type Cases } from '../desk';

/** Lists with more than a page before what is looked for. */
export const longListCases: Cases = (desk, { orderKind }) => {
  if (orderKind !== null) {
    test('an order whose answer was lost is found behind a page of others, and not placed twice', async () => {
      const trial = await desk().open();
      await desk().hand.crowd(trial.request);
      const before = (await desk().hand.live()).orders;
      const target = desk().target();
      await desk().hand.fault('placeOrder', { when: 'after', answer: { status: 504 } });
      expect(await placed(desk(), target, trial.request)).toMatchObject({ is: 'unknown' });
      const userId = trial.request.patient?.userId ?? '';
      const found = await desk().activities.findOrder({ target, userId, createdSince: EPOCH });
      expect(found).toMatchObject({ passthrough: target.bookingId });
      expect(await placed(desk(), target, trial.request)).toMatchObject({ is: 'done' });
      expect((await desk().hand.live()).orders).toBe(before + 1);
    });
    return;
  }

  test('an appointment whose answer was lost is found behind a page of others', async () => {
    const trial = await desk().open();
    await desk().hand.crowd(trial.request);
    await desk().hand.fault('book', { when: 'after', answer: { status: 504 } });
    expect(await trial.book()).toMatchObject({ is: 'unknown' });
    expect(await trial.ownership()).toMatchObject({
      is: 'ours',
      appointment: { startsAt: trial.slot().startsAt },
    });
  });
};
