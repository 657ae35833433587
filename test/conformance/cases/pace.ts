import { test } from '../case';
import { searched, type Cases } from '../desk';

const PER_SECOND = 3;
const SEARCHES = 10;

/** The shortest time between the first and the last of them, less what a busy machine may blur, in ms. */
const AT_LEAST_MS = 2_400;

/** How fast an account may be called. */
export const paceCases: Cases = (desk) => {
  test('calls that come at once go out no faster than the account’s pace', async () => {
    const { subject, hand } = desk();
    hand.pace({ inFlight: 20, perSecond: PER_SECOND });
    const search = (): ReturnType<typeof searched> => searched(desk(), subject.request(), null, 1);
    await search(); // connects and signs in, which the others need not wait for
    const before = hand.made('search').length;
    const searches = Array.from({ length: SEARCHES }, search);
    for (const slots of await Promise.all(searches)) expect(slots).toHaveLength(1);
    const times = hand
      .made('search')
      .slice(before)
      .map(({ at }) => at);
    expect(times.length).toBeGreaterThanOrEqual(SEARCHES);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(AT_LEAST_MS);
  });
};
