import { test } from '../case';
import { eventually, refusal, final, type Cases, type Trial } from '../desk';
import { LOST_IN_SHORT } from '../faults';

/** Visits without slots, where the provider has a request tier. */
export const visitCases: Cases = (desk, { requestTier }) => {
  if (!requestTier) return;

  const open = async (): Promise<{ trial: Trial; vendor: string }> => {
    const request = desk().subject.visit;
    if (!request) throw new Error('a provider with a request tier needs a request for it');
    const trial = await desk().openWithout(request);
    const tier = await desk().activities.chooseTier({ target: trial.target, request, order: trial.order });
    if (tier.tier !== 'request') throw new Error('the area has slots');
    return { trial, vendor: tier.vendor };
  };

  test('the area decides: slots where there are some, else a vendor to ask', async () => {
    const { subject, activities } = desk();
    const tier = await activities.chooseTier({
      target: desk().target(),
      request: subject.request(),
      order: null,
    });
    expect(tier).toEqual({ tier: 'book' });
    expect((await open()).vendor).not.toBe('');
    const [unserved] = subject.hopeless;
    if (!unserved) throw new Error('no area that is not served');
    const nobody = activities.chooseTier({ target: desk().target(), request: unserved.request, order: null });
    expect(await refusal(nobody)).toEqual(final('area_not_served'));
  });

  test('a visit that was asked for is pending without times, ours, and not asked for twice', async () => {
    const { trial, vendor } = await open();
    const asked = await trial.requestVisit(vendor);
    expect(asked).toMatchObject({ is: 'held', appointment: { phase: 'pending', startsAt: null } });
    expect(await trial.ownership()).toMatchObject({ is: 'ours' });
    expect(await trial.requestVisit(vendor)).toMatchObject({ is: 'held', earlier: true });
    expect(desk().hand.made('visit')).toHaveLength(1);
    expect((await desk().hand.live()).appointments).toBe(1);
  });

  test.each(LOST_IN_SHORT)(
    'asked for, but the answer is lost to $how: unknown, then found',
    async ({ answer, limitMs }) => {
      const { trial, vendor } = await open();
      await desk().hand.fault('visit', { when: 'after', answer });
      expect(await trial.requestVisit(vendor, limitMs)).toMatchObject({ is: 'unknown' });
      expect(await trial.ownership()).toMatchObject({ is: 'ours', appointment: { startsAt: null } });
      expect((await desk().hand.live()).appointments).toBe(1);
    },
  );

  test('asked for with a late effect: not there, then found', async () => {
    const { trial, vendor } = await open();
    await desk().hand.fault('visit', { when: 'late', answer: { status: 504 }, delayMs: 1_500 });
    expect(await trial.requestVisit(vendor)).toMatchObject({ is: 'unknown' });
    expect(await trial.ownership()).toEqual({ is: 'none' });
    expect(await eventually(trial.ownership, ({ is }) => is !== 'none')).toMatchObject({ is: 'ours' });
  });
};
