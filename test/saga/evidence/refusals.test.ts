import { readFileSync } from 'node:fs';
import type { FaultAnswer } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { adopting, atHome, atSite } from '../../support/saga';
import { AT_SITE_TEST } from '../../support/sandbox';
import { useSaga } from '../../support/use-saga';

/** A refusal in words that we do not know: looked at once, explained by reading, and never believed. */

const ODD: FaultAnswer = { status: 409, body: { detail: 'There is a conflict of some kind.' } };

const rig = useSaga({ resets: ['sandbox'] });
const start = async (request: Record<string, unknown>) => (await rig.bookings.start(request)).booking.id;
const confirmed = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);
const sandbox = () => ({ sandbox: rig.sandbox });

/** For an order that is kept: one that is cancelled would keep a late call from taking effect. */
const keptAtSite = (orderId: string): Record<string, unknown> => {
  const { patient: _patient, ...rest } = atSite();
  return { ...rest, order: { id: orderId, onFailure: 'keep' } };
};

describe.each([
  ['at home', atHome, {}, (orderId: string) => adopting(orderId, 'keep')],
  ['at a draw site', atSite, { order_set: { lab_test_ids: [AT_SITE_TEST] } }, keptAtSite],
])('a book call %s that is refused so', (_where, request, placing, keeping) => {
  test('asks at once, and stays noted as unknown', async () => {
    await rig.sandbox.fail('book', { answer: ODD });
    const asking = await asked(await start(request()));
    expect(asking).toMatchObject({
      attention: { reason: 'unexpected_answer', choices: ['retry', 'end'] },
      attempts: [{ outcome: 'unknown' }],
    });
    const [book] = await rig.sandbox.callsOf('book');
    expect(Date.parse(asking.attention?.since ?? '') - Date.parse(book?.at ?? '')).toBeLessThan(1_500);
  });

  test('after its effect is held', async () => {
    await rig.sandbox.fail('book', { when: 'after', answer: ODD });
    const view = await confirmed(await start(request()));
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
    await expectOneAppointment(sandbox(), { of: view.order?.id, id: view.appointment?.id });
  });

  test('and takes effect late leaves nothing when a person ends it', async () => {
    await rig.sandbox.fail('book', { when: 'late', answer: ODD, delayMs: 1_200 });
    const orderId = await rig.sandbox.placeOrder(placing);
    const id = await start(keeping(orderId));
    await asked(id);
    await rig.bookings.resolve(id, { choice: 'end', why: 'they do not want it' });
    await rig.until(id, ({ status }) => status === 'failed');
    expect((await rig.sandbox.state()).appointments).toHaveLength(1);
    await expectNothingLive(sandbox(), { kept: orderId });
  });

  test('and takes effect late is found when a person has it tried again', async () => {
    await rig.sandbox.fail('book', { when: 'late', answer: ODD, delayMs: 1_200 });
    const id = await start(request());
    await asked(id);
    await rig.bookings.retry(id, {});
    const view = await confirmed(id);
    expect(await rig.sandbox.callsOf('book')).toHaveLength(1);
    await expectOneAppointment(sandbox(), { of: view.order?.id, id: view.appointment?.id });
  });

  test('and takes effect late leaves nothing when its caller cancels while a person is asked', async () => {
    await rig.sandbox.fail('book', { when: 'late', answer: ODD, delayMs: 1_200 });
    const orderId = await rig.sandbox.placeOrder(placing);
    const id = await start(keeping(orderId));
    await asked(id);
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect((await rig.sandbox.state()).appointments).toHaveLength(1);
    await expectNothingLive(sandbox(), { kept: orderId });
  });

  test('is made again at the same slot after the window, when a person has it tried again', async () => {
    await rig.sandbox.fail('book', { answer: ODD });
    const id = await start(request());
    const { attempts } = await asked(id);
    await rig.bookings.retry(id, {});
    const view = await confirmed(id);
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed', startsAt: attempts[0]?.startsAt }]);
    const [lost, again] = (await rig.sandbox.callsOf('book')).map(({ at }) => Date.parse(at));
    expect(Number(again) - Number(lost)).toBeGreaterThanOrEqual(1_500);
  });
});

test('a refusal that cannot be explained at once is asked about as it is', async () => {
  await rig.sandbox.fail('book', { answer: ODD });
  await rig.sandbox.fail('list_orders', { answer: 503, times: 50 });
  const asking = await asked(await start(adopting(await rig.sandbox.placeOrder(), 'keep')));
  expect(asking.attention?.reason).toBe('unexpected_answer');
  expect(await rig.sandbox.callsOf('list_orders')).toHaveLength(1);
});

describe('a patient who has an appointment already', () => {
  const explains = (id: string | undefined) => expect.stringContaining(String(id));

  test('the example twice: the second names what is in the way, and whose it is', async () => {
    const example = JSON.parse(readFileSync('examples/at-home.json', 'utf8')) as Record<string, unknown>;
    const first = await confirmed(await start(example));
    const second = await start({ ...example, reference: 'another' });
    const asking = await asked(second);
    expect(asking.attention).toMatchObject({
      reason: 'patient_has_appointment',
      choices: ['retry', 'end'],
    });
    for (const named of [first.id, first.order?.id, first.appointment?.id, first.appointment?.startsAt])
      expect(asking.attention?.message).toEqual(explains(named ?? undefined));
    // Once that is given up, the other is to be had.
    await rig.bookings.cancel(first.id, {});
    await rig.until(first.id, ({ status }) => status === 'cancelled');
    await rig.bookings.retry(second, {});
    const view = await confirmed(second);
    await expectOneAppointment(sandbox(), { id: view.appointment?.id });
  });

  test('one that nobody here booked is named as well, also for an order that is adopted', async () => {
    const theirs = await rig.sandbox.placeOrder();
    await rig.sandbox.control('appointments', { order_id: theirs, status: 'confirmed' });
    const orderId = await rig.sandbox.placeOrder();
    const id = await start(adopting(orderId, 'keep'));
    const asking = await asked(id);
    expect(asking.attention?.reason).toBe('patient_has_appointment');
    expect(asking.attention?.message).toEqual(explains(theirs));
    await rig.bookings.resolve(id, { choice: 'end', why: 'she has one' });
    await rig.until(id, ({ status }) => status === 'failed');
    expect(await rig.sandbox.live(theirs)).toEqual({ order: true, appointments: 1 });
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });

  test('at a draw site: named where the words do not say so', async () => {
    const theirs = await rig.sandbox.placeOrder({ order_set: { lab_test_ids: [AT_SITE_TEST] } });
    await rig.sandbox.control('appointments', { order_id: theirs, status: 'confirmed' });
    await rig.sandbox.fail('book', { answer: ODD });
    const asking = await asked(await start(atSite()));
    expect(asking.attention?.reason).toBe('patient_has_appointment');
    expect(asking.attention?.message).toEqual(explains(theirs));
  });
});
