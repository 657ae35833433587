import type { FaultAnswer } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { atHome, atSite } from '../../support/saga';
import { useSaga } from '../../support/use-saga';

/** An order may have been placed whatever the answer to placing it: it is noted before any pause or question. */

const rig = useSaga({
  resets: ['sandbox'],
  accounts: { keyless: { orderKeyLifetimeMs: 0 } },
});
const start = async (request: Record<string, unknown>) => (await rig.bookings.start(request)).booking.id;
const confirmed = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);
const sandbox = () => ({ sandbox: rig.sandbox });

/** In the vendor's own error form, in words that no row names. */
const REFUSALS: readonly [string, FaultAnswer][] = [
  ['404', { status: 404, body: { detail: 'Not found, for once.' } }],
  ['400', { status: 400, body: { detail: 'The moon is in the wrong house.' } }],
  ['409', { status: 409, body: { detail: 'There is a conflict of some kind.' } }],
];

describe.each([
  ['at home', atHome],
  ['for a draw site', atSite],
])('placing an order %s', (_where, request) => {
  test.each(REFUSALS)(
    'that is answered %s after its effect goes on with the order',
    async (_status, answer) => {
      await rig.sandbox.fail('place_order', { when: 'after', answer });
      const view = await confirmed(await start(request()));
      expect((await rig.sandbox.state()).orders.map(({ id }) => id)).toEqual([view.order?.id]);
      await expectOneAppointment(sandbox(), { of: view.order?.id });
    },
  );

  test.each(REFUSALS)(
    'that is answered %s asks at once; `end` undoes what lands late',
    async (_status, answer) => {
      await rig.sandbox.fail('place_order', { when: 'late', answer, delayMs: 1_000 });
      const id = await start(request());
      const asking = await asked(id);
      expect(asking.attention).toMatchObject({ reason: 'unexpected_answer', choices: ['retry', 'end'] });
      expect((await rig.sandbox.state()).orders).toEqual([]);
      await rig.bookings.resolve(id, { choice: 'end', why: 'they do not want it' });
      const view = await rig.until(id, ({ status }) => status === 'failed');
      expect(view.compensation).toMatchObject([
        { step: 'appointment', outcome: 'nothing_to_undo' },
        { step: 'order', outcome: 'undone' },
      ]);
      expect((await rig.sandbox.state()).orders).toHaveLength(1);
      await expectNothingLive(sandbox());
    },
  );
});

test.each(['default', 'keyless'])(
  'account %s: a person who has it tried again gets one order, and the booking goes on',
  async (account) => {
    const answer = { status: 404, body: { detail: 'Not found, for once.' } };
    await rig.sandbox.fail('place_order', { when: 'late', answer, delayMs: 1_000 });
    const id = await start(atHome({ account }));
    await asked(id);
    await rig.bookings.retry(id, {});
    const view = await confirmed(id);
    expect((await rig.sandbox.state()).orders.map((order) => order.id)).toEqual([view.order?.id]);
  },
);

describe.each([503, 408, 429, 502])('placing an order that is answered a bare %s', (status) => {
  test('after its effect: a caller who cancels in the pause has it undone', async () => {
    await rig.sandbox.fail('place_order', { when: 'late', answer: status, delayMs: 700 });
    const id = await start(atHome({ account: 'keyless' }));
    await rig.until(id, ({ waitingFor }) => waitingFor?.what === 'the order to show up');
    await rig.bookings.cancel(id, {});
    await rig.until(id, (view) => view.status === 'cancelled');
    expect((await rig.sandbox.state()).orders).toHaveLength(1);
    await expectNothingLive(sandbox());
  });

  test('goes on with the order that is there', async () => {
    await rig.sandbox.fail('place_order', { when: 'after', answer: status });
    const view = await confirmed(await start(atHome()));
    expect((await rig.sandbox.state()).orders.map(({ id }) => id)).toEqual([view.order?.id]);
  });
});
