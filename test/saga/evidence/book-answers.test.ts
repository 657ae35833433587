import type { FaultAnswer } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { adopting, atHome, atPractice, atSite } from '../../support/saga';
import { useSaga } from '../../support/use-saga';

/** What no row of an adapter's table names proves nothing, whatever its status: it is looked up and never booked beside. */

const PLAIN: readonly [string, FaultAnswer][] = [
  ['302', { status: 302, headers: { location: '/elsewhere' }, body: '' }],
  ['408', { status: 408, body: 'Request Timeout' }],
  ['425', { status: 425, body: 'Too Early' }],
  ['429 of a gateway', { status: 429, headers: { 'retry-after': '1' }, body: '<html>slow down</html>' }],
  ['499', { status: 499, body: '' }],
  ['503', { status: 503, headers: { 'retry-after': '1' }, body: 'Service Unavailable' }],
  ['507', { status: 507, body: 'Insufficient Storage' }],
];

const rig = useSaga({ resets: ['sandbox'] });
const confirmed = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);
const start = async (request: Record<string, unknown>) => (await rig.bookings.start(request)).booking.id;

describe.each([
  ['at home', atHome],
  ['at a draw site', atSite],
])('a book call %s', (_where, request) => {
  test.each(PLAIN)('that is answered %s after its effect is found', async (_status, answer) => {
    await rig.sandbox.fail('book', { when: 'after', answer });
    const view = await confirmed(await start(request()));
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
    await expectOneAppointment(rig, { of: view.order?.id, id: view.appointment?.id });
    expect(await rig.sandbox.callsOf('book')).toHaveLength(1);
  });

  test.each(PLAIN.slice(-3))(
    'that is answered %s and takes effect late is found',
    async (_status, answer) => {
      await rig.sandbox.fail('book', { when: 'late', answer, delayMs: 900 });
      const view = await confirmed(await start(request()));
      expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
      expect(await rig.sandbox.callsOf('book')).toHaveLength(1);
      await expectOneAppointment(rig, { of: view.order?.id, id: view.appointment?.id });
    },
  );

  test('that is answered 503 leaves nothing when it is cancelled before anybody could look', async () => {
    await rig.sandbox.fail('book', { when: 'late', answer: 503, delayMs: 900 });
    const id = await start(request());
    await rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    await expectNothingLive({ sandbox: rig.sandbox });
  });
});

describe('a call to a practice', () => {
  const client = { remoteId: 'C-1001' };

  test.each([...PLAIN, ['409', { status: 409, body: { success: false, message: 'Conflict' } }] as const])(
    'that is answered %s after its effect is found: no second appointment is made',
    async (_status, answer) => {
      const before = (await rig.clinic.state()).live.appointments;
      const calls = (await rig.clinic.callsOf('create_appointment')).length;
      await rig.clinic.fail('create_appointment', { when: 'after', answer });
      const view = await confirmed(await start(atPractice({ client })));
      expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
      const made = (await rig.clinic.state()).live.appointments.filter((one) => !before.includes(one));
      expect(made).toEqual([view.appointment?.id]);
      expect(await rig.clinic.callsOf('create_appointment')).toHaveLength(calls + 1);
    },
  );

  test('that is refused as invalid after its effect is found as well', async () => {
    const before = (await rig.clinic.state()).live.appointments;
    const answer = { status: 400, body: { success: false, message: 'Something went wrong' } };
    await rig.clinic.fail('create_appointment', { when: 'after', answer });
    const view = await confirmed(await start(atPractice({ client })));
    const made = (await rig.clinic.state()).live.appointments.filter((one) => !before.includes(one));
    expect(made).toEqual([view.appointment?.id]);
  });
});

describe('the only slot that is wanted', () => {
  const wanted = async () => {
    const [slot] = await rig.bookings.searchSlots(atHome());
    const { windows: _windows, ...rest } = atHome();
    return { ...rest, slot: { key: slot?.key, startsAt: slot?.startsAt, endsAt: slot?.endsAt } };
  };

  test.each<[string, FaultAnswer]>([
    ['503', 503],
    ['no answer', 'reset'],
    ['408', 408],
  ])('is tried again after %s: its order is not cancelled', async (_said, answer) => {
    await rig.sandbox.fail('book', { answer });
    const request = await wanted();
    const view = await confirmed(await start(request));
    expect(view).toMatchObject({
      appointment: { startsAt: request.slot.startsAt },
      attempts: [{ outcome: 'confirmed' }],
      compensation: [],
    });
    await expectOneAppointment(rig, { of: view.order?.id });
  });

  test('is tried again with a key of now', async () => {
    await rig.sandbox.fail('book', { answer: 503 });
    const request = await wanted();
    const id = await start(request);
    const { attempts } = await rig.until(id, (view) => view.attempts.at(-1)?.outcome === 'unknown');
    expect(attempts).toHaveLength(1);
    const before = await rig.sandbox.callsOf('availability');
    await confirmed(id);
    expect((await rig.sandbox.callsOf('availability')).length).toBeGreaterThan(before.length);
  });

  test('that nobody answers for is asked about in the end, and is to be had when a person says so', async () => {
    await rig.sandbox.fail('book', { answer: 503, times: 50 });
    const id = await start(await wanted());
    const asking = await asked(id);
    expect(asking).toMatchObject({
      attention: { reason: 'outcome_unknown', choices: ['retry', 'end'] },
      attempts: [{ outcome: 'unknown' }],
      compensation: [],
    });
    await rig.sandbox.mend();
    await rig.bookings.retry(id, {});
    const view = await confirmed(id);
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
    await expectOneAppointment(rig, { of: view.order?.id });
  });

  test('that was taken meanwhile is gone, and nothing else is booked', async () => {
    await rig.sandbox.fail('book', { answer: 503 });
    const id = await start(await wanted());
    await rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    await rig.sandbox.control('slots', { empty: 10 });
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view).toMatchObject({ failure: { code: 'no_slot' }, attempts: [{ outcome: 'gone' }] });
    await expectNothingLive({ sandbox: rig.sandbox });
  });
});

test('an unanswered slot among several is tried again before any other', async () => {
  const orderId = await rig.sandbox.placeOrder();
  await rig.sandbox.fail('book', { answer: 503 });
  const id = await start(adopting(orderId, 'keep'));
  const { attempts } = await rig.until(id, (view) => view.attempts.at(-1)?.outcome === 'unknown');
  const view = await confirmed(id);
  expect(view.appointment?.startsAt).toBe(attempts[0]?.startsAt);
  expect(view.attempts).toHaveLength(1);
  expect(await rig.sandbox.callsOf('book', orderId)).toHaveLength(2);
});
