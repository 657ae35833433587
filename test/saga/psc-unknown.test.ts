import type { Fault, FaultAnswer } from '../support/calls';
import type { BookAnswer, ProviderActivities } from '../../activities/contract';
import { AT_SITE_TEST } from '../support/sandbox';
import { atSite } from '../support/saga';
import { useSaga } from '../support/use-saga';

const ASYNC = { confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 3_600_000 } };
const GONE: FaultAnswer = { status: 504, body: 'Gateway Timeout' };

describe('unknown outcomes at draw sites', () => {
  /** What the book activity answered, oldest first. */
  const answers: BookAnswer[] = [];

  const overheard = (junction: ProviderActivities): ProviderActivities => ({
    ...junction,
    bookSlot: async (input) => {
      const answer = await junction.bookSlot(input);
      answers.push(answer);
      return answer;
    },
  });

  const rig = useSaga({
    accounts: { keyed: { bookKeyLifetimeMs: 1_209_600_000 } },
    wrap: ({ core, junction }) => ({ core, junction: overheard(junction) }),
  });
  beforeEach(() => void (answers.length = 0));

  const start = async (request: Record<string, unknown>) => (await rig.bookings.start(request)).booking.id;
  const settled = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
  const booksOf = async (orderId = '') => (await rig.sandbox.callsOf('book', orderId)).length;

  describe.each(['default', 'keyed'])('account %s', (account) => {
    test.each<[string, Fault]>([
      ['that took effect', { when: 'after', answer: 'timeout' }],
      ['that took effect, reset', { when: 'after', answer: 'reset' }],
      ['that takes effect late', { when: 'late', answer: GONE, delayMs: 1_000 }],
    ])('a book call without answer %s is found, and no other is made', async (_name, rule) => {
      await rig.sandbox.fail('book', rule);
      const view = await settled(await start(atSite({ account })));
      expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
      // With a key that counts the call may be repeated, to the same effect.
      const most = account === 'keyed' && rule.when === 'late' ? 2 : 1;
      expect(await booksOf(view.order?.id)).toBeLessThanOrEqual(most);
      expect((await rig.sandbox.state()).appointments).toHaveLength(1);
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    });

    test('one without effect: the same slot again, with its key at once, without one after the window', async () => {
      await rig.sandbox.fail('book', { when: 'before', answer: GONE });
      const view = await settled(await start(atSite({ account })));
      expect(view.attempts).toMatchObject([
        { outcome: 'confirmed', startsAt: view.appointment?.startsAt, reason: expect.any(String) },
      ]);
      const [lost, next] = (await rig.sandbox.callsOf('book', view.order?.id)).map(({ at }) =>
        Date.parse(at),
      );
      const pauseMs = Number(next) - Number(lost);
      if (account === 'keyed') expect(pauseMs).toBeLessThan(1_500);
      else expect(pauseMs).toBeGreaterThanOrEqual(1_500);
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    });

    test('cancelled meanwhile: the late appointment is undone, and the order kept as it was', async () => {
      const orderId = await rig.sandbox.placeOrder({ order_set: { lab_test_ids: [AT_SITE_TEST] } });
      await rig.sandbox.fail('book', { when: 'late', answer: 'reset', delayMs: 900 });
      const { patient: _patient, ...rest } = atSite({ account });
      const id = await start({ ...rest, order: { id: orderId, onFailure: 'keep' } });
      await rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
      await rig.bookings.cancel(id, {});
      const view = await rig.until(id, ({ status }) => status === 'cancelled');
      expect(view.compensation).toMatchObject([
        { step: 'appointment', outcome: 'undone' },
        { step: 'order', outcome: 'nothing_to_undo' },
      ]);
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
    });
  });

  /**
   * A call that answers 503 although it took effect, and a look before its repeat that does not show it yet: the second
   * call with the same key gets the first one's answer, as it was then.
   */
  async function replayed(meanwhile: { appointment: string; order?: string }): Promise<string> {
    await rig.sandbox.control('confirmation', { mode: 'async', afterMs: 60_000 });
    const answer = { status: 503, headers: { 'retry-after': '1' }, body: 'Busy' };
    await rig.sandbox.fail('book', { when: 'after', answer, delayMs: 1_000 });
    const id = await start(atSite({ account: 'keyed', ...ASYNC }));
    const { appointments } = await rig.sandbox.until(({ appointments: made }) => made.length === 1);
    await rig.sandbox.fail('appointment', {
      when: 'before',
      answer: { status: 404, body: { detail: 'This order does not have an appointment.' } },
    });
    const [made] = appointments;
    await rig.sandbox.control(`appointments/${made?.id}`, { status: meanwhile.appointment });
    if (meanwhile.order) await rig.sandbox.control(`orders/${made?.order_id}`, { status: meanwhile.order });
    return id;
  }

  test('a replayed answer is frozen at pending: what the provider shows now counts', async () => {
    // Its order does not tell of it yet either.
    const view = await settled(await replayed({ appointment: 'confirmed', order: 'ordered' }));
    expect(await booksOf(view.order?.id)).toBe(2);
    expect(answers).toMatchObject([
      { is: 'unknown' },
      { is: 'held', earlier: false, appointment: { status: 'confirmed', eventStatus: 'scheduled' } },
    ]);
    expect((await rig.sandbox.state()).appointments).toHaveLength(1);
  });

  test('a replay of an appointment that is gone holds nothing: the slot is taken anew, under a key of its own', async () => {
    const view = await settled(await replayed({ appointment: 'cancelled' }));
    expect(answers.map(({ is }) => is)).toEqual(['unknown', 'unknown', 'held']);
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed', startsAt: view.appointment?.startsAt }]);
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
  });
});
