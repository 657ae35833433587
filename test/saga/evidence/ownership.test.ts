import { workflowIdOf } from '../../../src/booking/names';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { resetBooking } from '../../support/resets';
import { adopting, atPractice } from '../../support/saga';
import { useSaga } from '../../support/use-saga';

/** Where no ref returns, nothing is inferred to be ours that another booking of ours holds or may hold. */

const rig = useSaga({ resets: ['sandbox'], clinicCapabilities: { callTimeoutMs: 3_000 } });

let who = { clientId: '', client: { remoteId: '' }, patient: { remoteId: '' } };
let tests = 0;
beforeEach(async () => {
  tests += 1;
  const made = await rig.clinic.control('clients', {
    ...{ first_name: 'Test', last_name: `Owner${tests}`, remote_id: `C-O${tests}` },
    email: `owner${tests}@example.com`,
    patients: [{ name: 'Biscuit', remote_id: `P-O${tests}` }],
  });
  const clientId = String(Reflect.get(Object(made), 'id'));
  who = { clientId, client: { remoteId: `C-O${tests}` }, patient: { remoteId: `P-O${tests}` } };
  await rig.clinic.mend();
  await rig.clinic.control('clinic', { accept: 'auto', completesTasks: true, afterTaskMs: 0 });
});

const visit = (overrides: Record<string, unknown> = {}) =>
  atPractice({ client: who.client, patient: who.patient, ...overrides });
const start = async (request: Record<string, unknown>) => (await rig.bookings.start(request)).booking.id;
const confirmed = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);
const unanswered = (id: string) => rig.until(id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
const created = async () => (await rig.clinic.callsOf('create_appointment')).length;

describe('a booking whose create was lost without effect', () => {
  test('does not take for its own what another booking of the same client and patient made at that start', async () => {
    await rig.clinic.fail('create_appointment', { answer: 'reset' });
    const lost = await start(visit());
    const { attempts } = await unanswered(lost);
    const [slot] = await rig.bookings.searchSlots(visit());
    expect(slot?.startsAt).toBe(attempts[0]?.startsAt);
    const other = await confirmed(await start(visit()));
    expect(other.appointment?.startsAt).toBe(attempts[0]?.startsAt);
    const view = await confirmed(lost);
    expect(view.appointment?.id).not.toBe(other.appointment?.id);
    expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['gone', 'confirmed']);
    // Cancelling it leaves the other's alone.
    await rig.bookings.cancel(lost, {});
    await rig.until(lost, ({ status }) => status === 'cancelled');
    await expectOneAppointment(rig, { of: who.clientId, id: other.appointment?.id });
  });

  test('is not held up by what another booking made at another start meanwhile', async () => {
    await rig.clinic.fail('create_appointment', { answer: 'reset' });
    const lost = await start(visit());
    await unanswered(lost);
    const other = await confirmed(await start(visit({ windows: [{ from: '+5d', to: '+7d' }] })));
    const view = await confirmed(lost);
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed' }]);
    expect(view.appointment?.id).not.toBe(other.appointment?.id);
  });

  test('and that wants no other slot ends without a question, and asks about the other’s appointment once', async () => {
    const [slot] = await rig.bookings.searchSlots(visit());
    const { key, startsAt, endsAt } = slot ?? {};
    await rig.clinic.fail('create_appointment', { answer: 'reset' });
    const { windows: _windows, ...rest } = visit({ slot: { key, startsAt, endsAt } });
    const lost = await start(rest);
    await unanswered(lost);
    const other = await confirmed(await start(visit()));
    expect(other.appointment?.startsAt).toBe(startsAt);
    const view = await rig.until(lost, ({ status }) => status === 'failed');
    expect(view).toMatchObject({
      failure: { code: 'no_slot' },
      attempts: [{ outcome: 'gone' }],
      compensation: [{ outcome: 'nothing_to_undo' }],
    });
    const { events = [] } = await rig.server.client.workflow.getHandle(workflowIdOf(lost)).fetchHistory();
    const asked = events?.filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'othersClaims',
    );
    expect(asked).toHaveLength(1);
    await expectOneAppointment(rig, { of: who.clientId, id: other.appointment?.id });
  });

  test('cancelled meanwhile does not undo what another booking made there', async () => {
    await rig.clinic.fail('create_appointment', { answer: 'reset' });
    const lost = await start(visit());
    await unanswered(lost);
    const other = await confirmed(await start(visit()));
    await rig.bookings.cancel(lost, {});
    const view = await rig.until(lost, ({ status }) => status === 'cancelled');
    expect(view.compensation).toMatchObject([{ outcome: 'nothing_to_undo' }]);
    await expectOneAppointment(rig, { of: who.clientId, id: other.appointment?.id });
  });
});

test('two bookings with an unanswered call at one start ask both: neither takes what is there', async () => {
  await rig.clinic.fail('create_appointment', { answer: 'reset' });
  await rig.clinic.fail('create_appointment', { when: 'after', answer: 'reset' });
  const [one, two] = await Promise.all([start(visit()), start(visit())]);
  const askings = await Promise.all([asked(one), asked(two)]);
  expect(askings.map(({ attention }) => attention?.reason)).toEqual(['ambiguous_match', 'ambiguous_match']);
  expect(askings.map(({ appointment }) => appointment)).toEqual([null, null]);
  await expectOneAppointment(rig, { of: who.clientId });
  // One of them is ended: what is there is neither's to undo.
  await rig.bookings.resolve(one, { choice: 'end', why: 'asked twice by mistake' });
  await rig.until(one, ({ status, attention }) => status === 'compensating' && attention !== null);
  await expectOneAppointment(rig, { of: who.clientId });
});

test('what a person left of a booking with an unanswered call stays its own to another that has one at that start', async () => {
  await rig.clinic.fail('create_appointment', { when: 'late', answer: 'reset', delayMs: 1_000 });
  await rig.clinic.fail('create_appointment', { answer: 'reset' });
  const left = await start(visit());
  await unanswered(left);
  const other = await start(visit());
  await Promise.all([asked(left), asked(other)]);
  await rig.bookings.resolve(left, { choice: 'end', why: 'no longer wanted' });
  await rig.until(left, ({ status, attention }) => status === 'compensating' && attention !== null);
  await rig.bookings.resolve(left, { choice: 'leave', why: 'the desk looks after it' });
  await rig.until(left, ({ status }) => status === 'failed');
  const { attention } = await asked(other);
  await rig.bookings.retry(other, {});
  const again = await rig.until(
    other,
    (view) => view.attention !== null && view.attention.since !== attention?.since,
  );
  expect(again.attention?.reason).toBe('ambiguous_match');
  await expectOneAppointment(rig, { of: who.clientId });
});

test('one alone takes what its unanswered call made', async () => {
  await rig.clinic.fail('create_appointment', { when: 'after', answer: 'reset' });
  const before = await created();
  const view = await confirmed(await start(visit()));
  expect(await created()).toBe(before + 1);
  await expectOneAppointment(rig, { of: who.clientId, id: view.appointment?.id });
});

test('the start that a create aims at is to be found in searches from the task on that schedules it', async () => {
  const { id, appointment } = await confirmed(await start(visit()));
  const handle = rig.server.client.workflow.getHandle(workflowIdOf(id));
  const { events = [] } = await handle.fetchHistory();
  const create = events
    ?.map((event) => event.activityTaskScheduledEventAttributes)
    .find((scheduled) => scheduled?.activityType?.name === 'bookSlot');
  const upsert = events
    ?.map((event) => event.upsertWorkflowSearchAttributesEventAttributes)
    .find(
      (one) => String(one?.workflowTaskCompletedEventId) === String(create?.workflowTaskCompletedEventId),
    );
  const aimed = upsert?.searchAttributes?.indexedFields?.BookingStartsAt?.data;
  const written: unknown = JSON.parse(Buffer.from(aimed ?? []).toString());
  expect(Date.parse(String(written))).toBe(Date.parse(appointment?.startsAt ?? ''));
});

describe('a booking that is reset to the task that scheduled its create', () => {
  test('at a practice: asks a person before it writes, and finds what is there when it is told to go on', async () => {
    const view = await confirmed(await start(visit()));
    const before = await created();
    await resetBooking(rig.server, view.id, 'bookSlot');
    const asking = await asked(view.id);
    expect(asking.attention).toMatchObject({ reason: 'booking_reset', choices: ['retry', 'end'] });
    await expectOneAppointment(rig, { of: who.clientId, id: view.appointment?.id });
    await rig.bookings.retry(view.id, {});
    const again = await confirmed(view.id);
    expect(await created()).toBe(before);
    await expectOneAppointment(rig, { of: who.clientId, id: again.appointment?.id });
  });

  test('at a practice: ended by a person, it undoes what the run before it had made', async () => {
    const view = await confirmed(await start(visit()));
    await resetBooking(rig.server, view.id, 'bookSlot');
    await asked(view.id);
    await rig.bookings.resolve(view.id, { choice: 'end', why: 'no longer wanted' });
    const undoing = await rig.until(
      view.id,
      ({ status, attention }) => status === 'compensating' && attention !== null,
    );
    expect(undoing.attention?.reason).toBe('booking_reset');
    await rig.bookings.retry(view.id, {});
    const ended = await rig.until(view.id, ({ status }) => status === 'failed');
    expect(ended.compensation).toMatchObject([{ outcome: 'undone' }]);
    await expectNothingLive(rig, { of: who.clientId });
  });

  test('at home: holds what it had made', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const view = await confirmed(await start(adopting(orderId, 'keep')));
    await resetBooking(rig.server, view.id, 'bookSlot');
    const again = await rig.until(
      view.id,
      ({ status, updatedAt }) => status === 'confirmed' && updatedAt !== view.updatedAt,
    );
    expect(await rig.sandbox.callsOf('book', orderId)).toHaveLength(1);
    await expectOneAppointment(rig, { of: orderId, id: again.appointment?.id });
  });
});
