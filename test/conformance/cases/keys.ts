import { test } from '../case';
import { eventually, type Cases } from '../desk';

/** Idempotency keys of the book call, where the provider has them and the account too. */
export const keyCases: Cases = (desk) => {
  test('a key goes out where it counts, told not to replay failures, and nowhere else', async () => {
    const trial = await desk().open();
    await trial.held();
    await trial.cancel('1');
    const other = await desk().open();
    await other.book({ key: 'booking/book/1', slot: other.slot(2) });
    const keys = desk()
      .hand.made('book')
      .map(({ headers }) => [headers['x-idempotency-key'], headers['x-idempotency-error']]);
    const none = [undefined, undefined];
    const { takesBookKey } = desk().subject;
    expect(keys).toEqual([none, takesBookKey ? ['booking/book/1', 'no-cache'] : none]);
  });

  test('an answer that was replayed is not believed: what the provider shows now counts', async () => {
    const { subject, hand } = desk();
    if (!subject.takesBookKey) return expect(subject.capabilities.bookKeyLifetimeMs).toBe(0);
    const trial = await desk().open(subject.request(subject.patience));
    await hand.plan('decline');
    const key = `${trial.bookingId}/book/1`;
    expect(await trial.book({ key })).toMatchObject({ is: 'held', appointment: { phase: 'pending' } });
    await eventually(trial.look, ({ live }) => live.length === 0);
    expect(await trial.book({ key })).toMatchObject({ is: 'unknown' });
    expect((await hand.live()).appointments).toBe(0);
  });
};
