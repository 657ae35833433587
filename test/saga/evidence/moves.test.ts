import { workflowIdOf } from '../../../src/booking/names';
import type { FaultAnswer } from '../../support/calls';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { adopting, atHome, atPractice, atSite } from '../../support/saga';
import { AT_SITE_TEST } from '../../support/sandbox';
import { useSaga } from '../../support/use-saga';

/** Moves: an unanswered one is accounted for before anything else, and what is gone is not moved. */

const LATER = { windows: [{ from: '+5d', to: '+9d' }] };
const ODD: FaultAnswer = { status: 409, body: { detail: 'There is a conflict of some kind.' } };

// No poll between what a test does to an appointment and the move that it asks for.
const rig = useSaga({ resets: ['sandbox'], limits: { keepPollMs: 60_000 } });

const keptAtSite = (orderId: string): Record<string, unknown> => {
  const { patient: _patient, ...rest } = atSite();
  return { ...rest, order: { id: orderId, onFailure: 'keep' } };
};

const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);
const slotOf = async (when: typeof LATER) => {
  const [slot] = await rig.bookings.searchSlots(atHome(when));
  return { key: slot?.key, startsAt: slot?.startsAt, endsAt: slot?.endsAt };
};

const PLACES = [
  ['at home', {}, (orderId: string) => adopting(orderId, 'keep')],
  ['at a draw site', { order_set: { lab_test_ids: [AT_SITE_TEST] } }, keptAtSite],
] as const;

describe.each(PLACES)('a move %s', (_where, placing, request) => {
  const confirmed = async () => {
    const orderId = await rig.sandbox.placeOrder(placing);
    const { booking } = await rig.bookings.start(request(orderId));
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    return { id: booking.id, orderId, old: appointment };
  };
  const moved = (id: string, from: string | null | undefined) =>
    rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== (from ?? null),
    );
  const refused = (id: string) =>
    rig.until(id, ({ status, lastRequest }) => status === 'confirmed' && lastRequest?.outcome === 'refused');

  test.each<[string, FaultAnswer]>([
    ['503', 503],
    ['409 in words that nobody knows', ODD],
    ['302', { status: 302, headers: { location: '/elsewhere' }, body: '' }],
  ])('answered %s after its effect has moved it', async (_status, answer) => {
    const { id, orderId, old } = await confirmed();
    await rig.sandbox.fail('reschedule', { when: 'after', answer });
    await rig.bookings.reschedule(id, LATER);
    const view = await moved(id, old?.startsAt);
    expect(await rig.sandbox.callsOf('reschedule', orderId)).toHaveLength(1);
    await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
  });

  test('refused in words that nobody knows is for a person, who may give it up: what lands late counts', async () => {
    const { id, orderId, old } = await confirmed();
    await rig.sandbox.fail('reschedule', { when: 'late', answer: ODD, delayMs: 1_200 });
    await rig.bookings.reschedule(id, LATER);
    const asking = await asked(id);
    expect(asking.attention).toMatchObject({ reason: 'unexpected_answer', choices: ['retry', 'keep'] });
    await rig.bookings.resolve(id, { choice: 'keep', why: 'the patient changed her mind' });
    const view = await moved(id, old?.startsAt);
    expect(view.lastRequest?.outcome).toBe('accepted');
    await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
    const { appointments } = await rig.sandbox.state();
    expect(appointments.map(({ start_at: startAt }) => Date.parse(startAt ?? ''))).toEqual([
      Date.parse(view.appointment?.startsAt ?? ''),
    ]);
  });

  test('refused so without effect and given up leaves it where it was, after the window', async () => {
    const { id, orderId, old } = await confirmed();
    await rig.sandbox.fail('reschedule', { answer: ODD });
    await rig.bookings.reschedule(id, LATER);
    await asked(id);
    await rig.bookings.resolve(id, { choice: 'keep', why: 'the patient changed her mind' });
    const view = await refused(id);
    expect(view).toMatchObject({
      appointment: { startsAt: old?.startsAt },
      lastRequest: { code: 'unexpected_answer' },
    });
    const [move] = await rig.sandbox.callsOf('reschedule', orderId);
    expect(Date.parse(view.lastRequest?.at ?? '') - Date.parse(move?.at ?? '')).toBeGreaterThanOrEqual(1_500);
  });

  test('that stays unanswered is asked about, with no other slot tried', async () => {
    const { id, orderId, old } = await confirmed();
    await rig.sandbox.fail('reschedule', { answer: 503, times: 50 });
    await rig.bookings.reschedule(id, LATER);
    const asking = await asked(id);
    expect(asking).toMatchObject({
      attention: { reason: 'outcome_unknown', choices: ['retry', 'keep'] },
      attempts: [{ outcome: 'confirmed' }, { outcome: 'unknown' }],
    });
    await rig.sandbox.mend();
    await rig.bookings.resolve(id, { choice: 'keep', why: 'not that important' });
    const view = await refused(id);
    expect(view.appointment?.startsAt).toBe(old?.startsAt);
    await expectOneAppointment(rig, { of: orderId, id: old?.id });
  });

  test('of an appointment that was cancelled says so before it tries a slot', async () => {
    const { id, orderId, old } = await confirmed();
    await rig.sandbox.control(`appointments/${old?.id}`, { status: 'cancelled' });
    await rig.bookings.reschedule(id, { ...LATER, id: 'm-1' });
    const view = await rig.until(id, ({ lastRequest }) => lastRequest?.outcome === 'refused');
    expect(view).toMatchObject({
      lastRequest: { code: 'appointment_gone', id: 'm-1' },
      attempts: [{ outcome: 'confirmed' }],
    });
    expect(await rig.sandbox.callsOf('reschedule', orderId)).toEqual([]);
  });

  test('of an appointment that is not shown at all says so before it tries a slot', async () => {
    const { id, orderId } = await confirmed();
    const answer = { status: 404, body: { detail: 'This order does not have an appointment.' } };
    await rig.sandbox.control(`orders/${orderId}`, { status: 'ordered' }); // its order tells of none either
    await rig.sandbox.fail('appointment', { of: orderId, answer, times: 1_000 });
    await rig.bookings.reschedule(id, { ...LATER, id: 'm-1' });
    const view = await rig.until(id, ({ lastRequest }) => lastRequest?.outcome === 'refused');
    expect(view).toMatchObject({
      lastRequest: { code: 'appointment_missing', id: 'm-1' },
      attempts: [{ outcome: 'confirmed' }],
    });
    expect(await rig.sandbox.callsOf('reschedule', orderId)).toEqual([]);
    await rig.sandbox.mend();
  });
});

test('a move that takes effect after its booking was given up never hits the next one on the order', async () => {
  const orderId = await rig.sandbox.placeOrder();
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  const { createdAt } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
  await rig.sandbox.fail('reschedule', { when: 'late', answer: 504, delayMs: 1_200 });
  await rig.bookings.reschedule(booking.id, LATER);
  await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
  await rig.bookings.cancel(booking.id, {});
  await rig.until(booking.id, ({ status }) => status === 'cancelled');
  await expectNothingLive(rig, { of: orderId, kept: orderId });
  const next = await rig.bookings.start(adopting(orderId, 'keep'));
  const view = await rig.until(
    next.booking.id,
    ({ status, createdAt: at }) => status === 'confirmed' && at !== createdAt,
  );
  const [late] = await rig.sandbox.callsOf('reschedule', orderId);
  expect(Date.parse(view.createdAt) - Date.parse(late?.at ?? '')).toBeGreaterThanOrEqual(1_200);
  await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
});

describe('a move of an appointment that the provider’s host has given another id, and does not move', () => {
  const REFUSED = { status: 400, body: { detail: 'This appointment cannot be rescheduled.' } };
  const confirmed = async () => {
    const orderId = await rig.sandbox.placeOrder();
    const policy = { onCannotReschedule: 'cancel_and_book' };
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', { policy }));
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    return { id: booking.id, orderId, old: appointment };
  };
  const followedBy = async (orderId: string, oldId: string | undefined): Promise<string> => {
    const { appointments } = await rig.sandbox.state();
    const old = appointments.find(({ id }) => id === oldId);
    const startsAt = new Date(Date.parse(old?.start_at ?? '') + 3_600_000).toISOString();
    await rig.sandbox.control(`appointments/${oldId}`, { status: 'cancelled' });
    const made = await rig.sandbox.control('appointments', {
      ...{ order_id: orderId, start_at: startsAt, end_at: startsAt, notes: old?.appointment_notes },
    });
    return String(Reflect.get(Object(made), 'id'));
  };

  test('gives that one up and books anew', async () => {
    const { id, orderId, old } = await confirmed();
    const slot = await slotOf(LATER);
    await rig.stopWorkers(); // no poll between the host's change and the move
    const newId = await followedBy(orderId, old?.id);
    await rig.sandbox.fail('reschedule', { answer: REFUSED });
    await rig.server.client.workflow.getHandle(workflowIdOf(id)).signal('reschedule', { slot });
    await rig.startWorkers();
    const view = await rig.until(
      id,
      ({ status, attempts }) =>
        status === 'confirmed' && attempts.at(-1)?.outcome === 'confirmed' && attempts.length > 1,
    );
    expect(view.appointment?.id).not.toBe(newId);
    expect(view.appointment?.startsAt).toBe(view.attempts.at(-1)?.startsAt);
    await expectOneAppointment(rig, { of: orderId, id: view.appointment?.id });
  });

  test('does not count it as given up when it gets that id in the middle of the move', async () => {
    const { id, orderId, old } = await confirmed();
    await rig.sandbox.fail('reschedule', { answer: REFUSED, delayMs: 600 });
    await rig.bookings.reschedule(id, LATER);
    await rig.sandbox.called('reschedule', { of: orderId });
    const newId = await followedBy(orderId, old?.id);
    const asking = await asked(id);
    expect(asking.attention?.reason).toBe('appointment_missing');
    await rig.bookings.resolve(id, { choice: 'leave', why: 'it is where it should be' });
    const view = await rig.until(id, ({ lastRequest }) => lastRequest?.outcome === 'refused');
    expect(view.lastRequest?.code).toBe('undo_failed');
    await expectOneAppointment(rig, { of: orderId, id: newId });
  });
});

describe('at a practice', () => {
  test('a move of one that the clinic deleted says so, and books no other beside it', async () => {
    const { booking } = await rig.bookings.start(atPractice({ policy: { onProviderCancel: 'attention' } }));
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const creates = (await rig.clinic.callsOf('create_appointment')).length;
    await rig.clinic.control(`appointments/${appointment?.id}`, { status: 'DELETED' });
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+12d' }], id: 'm-1' });
    const view = await rig.until(
      booking.id,
      ({ attention, lastRequest }) => attention !== null && lastRequest?.outcome === 'refused',
    );
    expect(view).toMatchObject({
      attention: { reason: 'provider_cancelled' },
      attempts: [{ outcome: 'confirmed' }],
    });
    expect(await rig.clinic.callsOf('create_appointment')).toHaveLength(creates);
  });
});
