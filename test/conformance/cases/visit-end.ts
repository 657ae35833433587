import { test } from '../case';
import { final, refusal, type Cases } from '../desk';

/** The end of a visit: told by the provider, or by nobody but the clock. */
export const visitEndCases: Cases = (desk, { visitEnds, confirmedBy }) => {
  if (visitEnds === 'told') {
    test('a visit that took place is seen to be over, and is not cancelled any more', async () => {
      const { endVisit } = desk().hand;
      if (!endVisit) throw new Error('a provider that tells the end of a visit needs a hand for it');
      const trial = await desk().open();
      const { id } = await trial.held();
      await endVisit(id);
      const { live, ended } = await trial.look();
      expect([...live, ...ended]).toMatchObject([{ id, phase: 'completed' }]);
      expect(await refusal(trial.cancel(id))).toEqual(final('visit_begun'));
      expect(desk().hand.made('cancel')).toEqual([]);
    });
    return;
  }

  test('a visit that is over by the clock is still shown, as it stood: nothing else tells that it took place', async () => {
    const trial = await desk().open();
    const { id } = await trial.held();
    const begunMs = new Date().setMinutes(0, 0, 0) - SINCE_MS;
    const moved = await desk().hand.move(id, new Date(begunMs).toISOString());
    const { live } = await trial.look();
    expect(live.map((one) => [one.id, Date.parse(one.startsAt ?? '')])).toEqual([[moved, begunMs]]);
    expect(confirmedBy).toContain(live[0]?.phase);
  });
};

/** Long enough ago that no visit is still under way, in ms. */
const SINCE_MS = 6 * 3_600_000;
