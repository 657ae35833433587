import { ALWAYS } from '../../support/calls';
import { expectNothingLive } from '../../support/live';
import { atPractice } from '../../support/saga';
import { cleanupIdOf, workflowIdOf } from '../../../src/booking/names';
import { useSaga } from '../../support/use-saga';

/**
 * A worker that was frozen between its last check and its call sends it whenever it thaws. At Oliver no ref tells whose it
 * is, so what shows at the start of an attempt that was not answered is for a person, once.
 */

describe('at a practice, at the start of an attempt that was not answered', () => {
  const rig = useSaga({ resets: [], clinicCapabilities: { callTimeoutMs: 3_000 } });

  let client = { id: '', patientId: '', remoteId: '' };
  let tests = 0;
  beforeEach(async () => {
    tests += 1;
    const remoteId = `C-L${tests}`;
    const made = (await rig.clinic.control('clients', {
      ...{ first_name: 'Test', last_name: `Late${tests}`, remote_id: remoteId },
      email: `late${tests}@example.com`,
      patients: [{ name: 'Biscuit', remote_id: `P-L${tests}` }],
    })) as { id: string; patients: { id: string }[] }; // the sandbox's own answer
    client = { id: made.id, patientId: made.patients[0]?.id ?? '', remoteId };
    await rig.clinic.mend();
    await rig.clinic.control('clinic', { accept: 'auto', completesTasks: true, afterTaskMs: 0 });
  });
  const visit = (overrides: Record<string, unknown> = {}) =>
    atPractice({
      client: { remoteId: client.remoteId },
      patient: { remoteId: client.remoteId.replace('C', 'P') },
      ...overrides,
    });

  /** A booking that is confirmed by its second call, the first of which had no answer and no effect. */
  const confirmed = async (overrides: Record<string, unknown> = {}) => {
    await rig.clinic.fail('create_appointment', { when: 'before', answer: 'reset' });
    const { booking } = await rig.bookings.start(visit(overrides));
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    return { id: booking.id, startsAt: view.attempts[0]?.startsAt ?? '', own: view.appointment?.id ?? '' };
  };
  /** An appointment of the same client and patient, as the late call would make it. */
  const appear = async (startsAt: string): Promise<string> => {
    const end = new Date(Date.parse(startsAt) + 1_800_000).toISOString();
    const made = await rig.clinic.control('appointments', {
      ...{ client_id: client.id, patient_id: client.patientId, start_at: startsAt, end_at: end },
    });
    return String(Reflect.get(Object(made), 'id'));
  };
  const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);
  /** Waits until the booking has looked at the list twice more. */
  const looked = async (id: string) => {
    for (const _look of [1, 2]) {
      const before = (await rig.clinic.callsOf('list_appointments')).length;
      await rig.bookings.wake(id, 'appointment');
      await rig.clinic.called('list_appointments', { times: before + 1 });
    }
  };

  test('another appointment is for a person, who is asked once about each', async () => {
    const { id, startsAt, own } = await confirmed();
    const first = await appear(startsAt);
    await rig.bookings.wake(id, 'appointment');
    const asking = await asked(id);
    expect(asking).toMatchObject({ status: 'confirmed', attention: { reason: 'ambiguous_match' } });
    expect(asking.attention?.tried.join()).toContain(first);
    await rig.bookings.retry(id, {});
    await rig.until(id, ({ attention }) => attention === null);
    await looked(id);
    expect(await rig.bookings.get(id)).toMatchObject({ attention: null, appointment: { id: own } });
    const second = await appear(startsAt);
    await rig.bookings.wake(id, 'appointment');
    expect((await asked(id)).attention?.tried.join()).toContain(second);
    const { live } = await rig.clinic.state();
    expect(live.appointments).toEqual(expect.arrayContaining([own, first, second]));
  });

  test('what is there when the visit is confirmed is for a person too', async () => {
    await rig.clinic.control('clinic', { accept: 'leave' });
    await rig.clinic.fail('create_appointment', { when: 'before', answer: 'reset' });
    const { booking } = await rig.bookings.start(visit());
    const view = await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    const stray = await appear(view.attempts[0]?.startsAt ?? '');
    await rig.clinic.control(`appointments/${view.appointment?.id}`, { status: 'CONFIRMED' });
    const asking = await asked(booking.id);
    expect(asking.attention?.reason).toBe('ambiguous_match');
    expect(asking.attention?.tried.join()).toContain(stray);
  });

  test('an appointment at another time is nobody’s question', async () => {
    const { id, startsAt } = await confirmed();
    await appear(new Date(Date.parse(startsAt) + 2 * 3_600_000).toISOString());
    await looked(id);
    expect((await rig.bookings.get(id)).attention).toBeNull();
  });

  test('an appointment that another booking knows as its own is not asked about', async () => {
    const { id, startsAt } = await confirmed();
    const other = await rig.bookings.start(visit({ windows: [{ from: '+4d', to: '+9d' }] }));
    const { appointment } = await rig.until(other.booking.id, ({ status }) => status === 'confirmed');
    const end = new Date(Date.parse(startsAt) + 1_800_000).toISOString();
    await rig.clinic.control(`appointments/${appointment?.id}`, { start_at: startsAt, end_at: end });
    await rig.bookings.wake(other.booking.id, 'appointment');
    await rig.until(other.booking.id, (view) => view.appointment?.startsAt === startsAt);
    await looked(id);
    expect((await rig.bookings.get(id)).attention).toBeNull();
  });

  const GONE = { status: 400, body: { success: false, message: 'This slot is no longer available' } };
  /** Refuses every slot at the earliest start as gone: several people may be had at one time. */
  const refuseFirstStart = async (overrides: Record<string, unknown>) => {
    const slots = await rig.bookings.searchSlots(visit(overrides));
    const times = slots.filter(({ startsAt }) => startsAt === slots[0]?.startsAt).length;
    await rig.clinic.fail('create_appointment', { answer: GONE, times });
    return times;
  };
  /** A booking that is confirmed at its last slot: those before were refused as gone. */
  const refused = async () => {
    const { booking } = await rig.bookings.start(visit());
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    return { id: booking.id, startsAt: view.attempts.map((attempt) => attempt.startsAt ?? '') };
  };

  test('a slot that was refused as gone is doubted as well', async () => {
    await rig.clinic.fail('create_appointment', { answer: GONE });
    const { id, startsAt } = await refused();
    expect(startsAt).toHaveLength(2);
    const stray = await appear(startsAt[0] ?? '');
    await rig.bookings.wake(id, 'appointment');
    expect((await asked(id)).attention?.tried.join()).toContain(stray);
  });

  test('what surfaces there while yet another slot is tried does not pass for what was there before', async () => {
    const apart = { windows: [{ from: '+5d', to: '+9d' }] };
    const before = (await rig.clinic.callsOf('create_appointment')).length;
    const refused = await refuseFirstStart(apart);
    await rig.clinic.fail('create_appointment', { answer: GONE, delayMs: 1_500 });
    const { booking } = await rig.bookings.start(visit(apart));
    await rig.clinic.called('create_appointment', { times: before + refused + 1 });
    const { attempts } = await rig.bookings.get(booking.id);
    const stray = await appear(attempts[0]?.startsAt ?? '');
    const asking = await asked(booking.id);
    expect(asking.attempts.at(-2)?.outcome).toBe('gone');
    expect(asking.attempts.at(-1)?.outcome).toBe('confirmed');
    expect(asking.attention?.tried.join()).toContain(stray);
  });

  test('a person’s word that it is undone is held against what stands there', async () => {
    const { id, startsAt } = await confirmed();
    const stray = await appear(startsAt);
    await rig.bookings.cancel(id, {});
    const undoing = ({ status, attention }: { status: string; attention: unknown }) =>
      status === 'compensating' && attention !== null;
    const { attention } = await rig.until(id, undoing);
    expect(attention?.reason).toBe('ambiguous_match');
    await rig.bookings.resolve(id, { choice: 'undone', why: 'the desk says so' });
    await rig.until(id, (view) => undoing(view) && view.attention?.since !== attention?.since);
    await rig.clinic.control(`appointments/${stray}`, { status: 'DELETED' });
    await rig.bookings.resolve(id, { choice: 'undone', why: 'the desk deleted it' });
    await rig.until(id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig, { of: client.id });
  });

  test('a clean-up after several such attempts undoes what surfaced at any of them', async () => {
    const apart = { windows: [{ from: '+6d', to: '+9d' }] }; // where no other booking has an unanswered call
    await refuseFirstStart(apart);
    await rig.clinic.fail('create_appointment', { answer: 'reset' });
    const { booking } = await rig.bookings.start(visit(apart));
    const { attempts } = await rig.until(booking.id, (view) => view.attempts.at(-1)?.outcome === 'unknown');
    const starts = [...new Set(attempts.map(({ startsAt }) => startsAt ?? ''))];
    expect(starts).toHaveLength(2);
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    for (const startsAt of starts) await appear(startsAt);
    expect(await rig.bookings.cleanUp(booking.id)).toBe(true);
    const view = await rig.server.client.workflow.getHandle(cleanupIdOf(booking.id)).result();
    expect(view).toMatchObject({ compensation: [{ outcome: 'undone' }] });
    await expectNothingLive(rig, { of: client.id });
  });

  test('a cancel in the pause after a create that was refused for load leaves no call on its way', async () => {
    const answer = { status: 429, body: { success: false, message: 'Too many requests' } };
    const before = (await rig.clinic.callsOf('create_appointment')).length;
    await rig.clinic.fail('create_appointment', { answer: { ...answer, headers: { 'retry-after': '30' } } });
    const { booking } = await rig.bookings.start(visit());
    await rig.clinic.called('create_appointment', { times: before + 1 });
    await rig.until(booking.id, ({ waitingFor }) => waitingFor !== null);
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.attempts).toMatchObject([{ outcome: 'refused' }]);
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    const { typedSearchAttributes } = await handle.describe();
    const start = typedSearchAttributes.getAll().find(({ key }) => key.name === 'BookingStartsAt');
    expect(start).toBeUndefined();
  });

  /** A booking whose move to a far day stayed unanswered, without effect, and is for a person. */
  const movedInVain = async () => {
    const { booking } = await rig.bookings.start(visit());
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.clinic.fail('create_appointment', { when: 'before', answer: 'reset', times: ALWAYS });
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+20d', to: '+25d' }] });
    const { attempts } = await rig.until(
      booking.id,
      ({ attention }) => attention?.reason === 'outcome_unknown',
    );
    await rig.clinic.mend();
    return { id: booking.id, own: appointment?.id, startsAt: attempts.at(-1)?.startsAt ?? '' };
  };
  const giveUp = (id: string) => rig.bookings.resolve(id, { choice: 'keep', why: 'not that important' });
  const strayed = (id: string) => rig.until(id, ({ attention }) => attention?.reason === 'ambiguous_match');

  test('what a move has left there is for a person when the move is given up, however far away', async () => {
    const { id, startsAt } = await movedInVain();
    const stray = await appear(startsAt);
    await giveUp(id);
    expect((await strayed(id)).attention?.tried.join()).toContain(stray);
  });

  test('and before the booking is completed', async () => {
    const { id, startsAt, own } = await movedInVain();
    await giveUp(id);
    await rig.until(id, ({ status, attention }) => status === 'confirmed' && attention === null);
    await looked(id);
    const stray = await appear(startsAt);
    // Found by a poll, which looks around the kept one; a look after news would be around the last try.
    await rig.clinic.control(`appointments/${own}`, { status: 'DONE' });
    expect((await strayed(id)).attention?.tried.join()).toContain(stray);
    await rig.bookings.retry(id, {});
    await rig.until(id, ({ status }) => status === 'completed');
  });

  test('of two that the staff is asked to cancel, one that is not shown any more has not ended', async () => {
    await rig.clinic.control('clinic', { accept: 'auto', completesTasks: false });
    const { booking } = await rig.bookings.start(visit());
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const creates = (await rig.clinic.callsOf('create_appointment')).length;
    await rig.clinic.fail('create_appointment', { when: 'after', answer: 'reset', delayMs: 600 });
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+12d' }] });
    await rig.clinic.called('create_appointment', { times: creates + 1 });
    // Nobody can look until it is cancelled: then both show at once.
    await rig.clinic.fail('list_appointments', { answer: 503, times: ALWAYS });
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'compensating');
    await rig.clinic.mend();
    await rig.clinic.called('create_task', { times: 2 });
    const { appointments, live } = await rig.clinic.state();
    const mine = appointments.filter(
      ({ id, client_id: of }) => of === client.id && live.appointments.includes(String(id)),
    );
    const second = mine.find(({ id }) => String(id) !== appointment?.id);
    await rig.stopWorkers(); // the next ones have not read the list yet
    await rig.clinic.control(`appointments/${appointment?.id}`, { listed: false });
    await rig.clinic.control(`appointments/${second?.id}`, { status: 'DELETED' });
    await rig.startWorkers();
    const asking = await asked(booking.id);
    expect(asking).toMatchObject({
      status: 'compensating',
      attention: { reason: 'appointment_missing' },
      compensation: [{ step: 'appointment', outcome: 'pending' }],
    });
    await rig.clinic.control(`appointments/${appointment?.id}`, { listed: true, status: 'DELETED' });
    await rig.bookings.retry(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'cancelled');
    await expectNothingLive(rig, { of: client.id });
  });

  test('what surfaces after the end is found by a clean-up', async () => {
    const window = { lateCommitWindowMs: 900 };
    await rig.clinic.fail('create_appointment', { when: 'late', answer: 'reset', delayMs: 4_000 });
    const { booking } = await rig.bookings.start(visit());
    await rig.until(booking.id, ({ attempts }) => attempts.at(-1)?.outcome === 'unknown');
    await rig.bookings.cancel(booking.id, {});
    await rig.until(booking.id, ({ status }) => status === 'cancelled', window.lateCommitWindowMs * 20);
    await rig.clinic.until(({ appointments, live }) =>
      appointments.some(
        ({ id, client_id: of }) => of === client.id && live.appointments.includes(String(id)),
      ),
    );
    expect(await rig.bookings.cleanUp(booking.id)).toBe(true);
    await rig.server.client.workflow.getHandle(cleanupIdOf(booking.id)).result();
    await expectNothingLive(rig, { of: client.id });
  });
});
