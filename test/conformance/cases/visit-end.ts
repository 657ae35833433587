import { test } from '../case';
import { final, refusal, type Cases } from '../desk';

/** The end of a visit: told by the provider, or by nobody but the clock. */
export const visitEndCases: Cases = (desk) => {
  test('a visit that took place is seen to be over, and is not cancelled any more', async () => {
    const { endVisit } = desk().hand;
    const trial = await desk().open();
    const { id } = await trial.held();
    if (!endVisit) {
      // Nobody tells the end, so nothing may look like one.
      expect((await trial.look()).live).toMatchObject([{ id, phase: 'confirmed' }]);
      return;
    }
    await endVisit(id);
    const { live, ended } = await trial.look();
    expect([...live, ...ended]).toMatchObject([{ id, phase: 'completed' }]);
    expect(await refusal(trial.cancel(id))).toEqual(final('visit_begun'));
    expect(desk().hand.made('cancel')).toEqual([]);
  });
};
