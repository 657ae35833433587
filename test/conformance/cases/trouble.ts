import { test } from '../case';
import { final, refusal, retried, searched, type Cases } from '../desk';
import { LOST, LOST_IN_SHORT } from '../faults';

/** Reads that do not come through, load, credentials, and words that nobody knows. */
export const troubleCases: Cases = (desk) => {
  test.each(LOST)(
    'a look that is lost to $how is retried, and never an empty one',
    async ({ answer, limitMs }) => {
      const trial = await desk().open();
      await trial.held();
      await desk().hand.fault('lookUp', { answer });
      const target = desk().target(trial.bookingId, limitMs);
      const look = desk().activities.lookUp({ ...trial.where(), target, startsAt: null });
      expect(await refusal(look)).toEqual(retried('provider_unavailable'));
      expect(await trial.ownership()).toMatchObject({ is: 'ours' });
    },
  );

  test.each(LOST_IN_SHORT)(
    'a search that is lost to $how is retried, and never an empty one',
    async ({ answer, limitMs }) => {
      const { subject, activities } = desk();
      await desk().hand.fault('search', { answer });
      const target = desk().target(undefined, limitMs);
      const search = activities.searchSlots({
        target,
        request: subject.request(),
        order: null,
        capabilities: subject.capabilities,
        max: 5,
        tried: [],
      });
      expect(await refusal(search)).toEqual(retried('provider_unavailable'));
      expect((await searched(desk(), subject.request())).length).toBeGreaterThan(0);
    },
  );

  test.each([429, 503])(
    '%d with Retry-After: retried after as long as was asked, and not sooner',
    async (status) => {
      await desk().hand.fault('search', { answer: { status, headers: { 'retry-after': '40' }, body: {} } });
      const { subject } = desk();
      const asked = { code: 'rate_limited', isRetried: true, retryAfterMs: 40_000 };
      expect(await refusal(searched(desk(), subject.request()))).toEqual(asked);
      const calls = desk().hand.made('search').length;
      const second = await refusal(searched(desk(), subject.request()));
      expect(second).toMatchObject({ code: 'rate_limited', isRetried: true });
      expect(second.retryAfterMs).toBeGreaterThan(30_000);
      expect(desk().hand.made('search')).toHaveLength(calls);
    },
  );

  test("load on a book call, in the vendor's own words, is no outcome: retried, and nothing is booked", async () => {
    const trial = await desk().open();
    const body = desk().subject.errorBody('Too many requests');
    await desk().hand.fault('book', { answer: { status: 429, headers: { 'retry-after': '7' }, body } });
    expect(await refusal(trial.book())).toEqual({
      code: 'rate_limited',
      isRetried: true,
      retryAfterMs: 7_000,
    });
    expect((await desk().hand.live()).appointments).toBe(0);
  });

  test("load in anybody's words proves nothing: a gateway says so after the call went through, too", async () => {
    const trial = await desk().open();
    await desk().hand.fault('book', { when: 'after', answer: { status: 429, body: {} } });
    expect(await trial.book()).toMatchObject({ is: 'unknown' });
    expect(await trial.ownership()).toMatchObject({ is: 'ours' });
    expect((await desk().hand.live()).appointments).toBe(1);
  });

  test('rejected credentials are ours to mend: no retry, no undo, and all is well once they work', async () => {
    const trial = await desk().open();
    const restore = await desk().hand.expireCredentials();
    expect(await refusal(trial.look())).toEqual(final('credentials_rejected'));
    expect(await refusal(trial.book())).toEqual(final('credentials_rejected'));
    expect(await refusal(trial.cancel('1'))).toEqual(final('credentials_rejected'));
    expect(await refusal(searched(desk(), trial.request))).toEqual(final('credentials_rejected'));
    expect((await desk().hand.live()).appointments).toBe(0);
    await restore();
    await trial.held();
  });

  test('a session that ends is signed in again unseen, and a write is made once', async () => {
    const { hand } = desk();
    const trial = await desk().open();
    await hand.expireSession?.();
    await trial.held();
    await hand.expireSession?.();
    expect(await trial.ownership()).toMatchObject({ is: 'ours' });
    expect((await hand.live()).appointments).toBe(1);
  });

  test('words that no contract lists are carried, count as live, and move nothing', async () => {
    const trial = await desk().open();
    await desk().hand.quirk('unknownEnum');
    const { id, phase, status } = await trial.held();
    expect(phase).toBe('unknown');
    expect(status).not.toMatch(/^(confirmed|pending|unknown)?$/i);
    expect(await trial.ownership()).toMatchObject({
      is: 'ours',
      appointment: { id, status, phase: 'unknown' },
    });
    expect((await trial.look()).ended).toEqual([]);
  });
};
