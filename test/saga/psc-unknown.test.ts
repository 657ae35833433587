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
      expect(await booksOf(view.order?.id)).toBe(1);
      expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
    });

    test('one without effect is looked for over the whole window before the next slot', async () => {
      await rig.sandbox.fail('book', { when: 'before', answer: GONE });
      const view = await settled(await start(atSite({ account })));
      expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'confirmed']);
      const [lost, next] = view.attempts.map(({ at }) => Date.parse(at));
      expect(Number(next) - Number(lost)).toBeGreaterThanOrEqual(1_500);
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
   * A call that answers 503 although it took effect, and a look before the next try that does not show it yet:
   * the second call with the same key gets the first one's answer, as it was then.
   */
  async function replayed(meanwhile: string): Promise<string> {
    await rig.sandbox.control('confirmation', { mode: 'async', afterMs: 60_000 });
    await rig.sandbox.fail('book', {
      when: 'after',
      answer: { status: 503, headers: { 'retry-after': '1' }, body: 'Busy' },
    });
    const id = await start(atSite({ account: 'keyed', ...ASYNC }));
    const waiting = await rig.until(id, ({ waitingFor }) => waitingFor?.what === 'another try at booking');
    await rig.sandbox.fail('appointment', {
      of: waiting.order?.id,
      when: 'before',
      answer: { status: 404, body: { detail: 'This order does not have an appointment.' } },
    });
    const { appointments } = await rig.sandbox.state();
    await rig.sandbox.control(`appointments/${appointments[0]?.id}`, { status: meanwhile });
    return id;
  }

  test('a replayed answer is frozen at pending: what the provider shows now counts', async () => {
    const view = await settled(await replayed('confirmed'));
    expect(await booksOf(view.order?.id)).toBe(2);
    expect(answers).toMatchObject([
      { is: 'held', earlier: false, appointment: { status: 'confirmed', eventStatus: 'scheduled' } },
    ]);
    expect((await rig.sandbox.state()).appointments).toHaveLength(1);
  });

  test('a replay of an appointment that is gone holds nothing: another slot is taken', async () => {
    const view = await settled(await replayed('cancelled'));
    expect(answers.map(({ is }) => is)).toEqual(['unknown', 'held']);
    expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['unknown', 'confirmed']);
    expect(await rig.sandbox.live(view.order?.id ?? '')).toEqual({ order: true, appointments: 1 });
  });
});
