import { ALWAYS } from '../support/calls';
import { expectNothingLive, expectOneAppointment } from '../support/live';
import { atPractice } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

describe('a visit at a practice (Oliver)', () => {
  // Each test has a client of its own: the adapter's sweep remembers a practice for as long as it runs, as it should.
  const rig = useSaga({ resets: [] });
  let client = { id: '', patientId: '', remoteId: '' };
  let tests = 0;
  beforeEach(async () => {
    tests += 1;
    const remoteId = `C-T${tests}`;
    const made = (await rig.clinic.control('clients', {
      first_name: 'Test',
      last_name: `Client${tests}`,
      remote_id: remoteId,
      email: `client${tests}@example.com`,
      patients: [{ name: 'Biscuit', remote_id: `P-T${tests}` }],
    })) as { id: string; patients: { id: string }[] }; // the sandbox's own answer
    client = { id: made.id, patientId: made.patients[0]?.id ?? '', remoteId };
    await rig.clinic.mend();
    await rig.clinic.control('clinic', { accept: 'auto', completesTasks: false });
  });
  const visit = (overrides: Record<string, unknown> = {}) =>
    atPractice({
      client: { remoteId: client.remoteId },
      patient: { remoteId: client.remoteId.replace('C', 'P') },
      ...overrides,
    });

  const mine = async () => {
    const { appointments, live } = await rig.clinic.state();
    return appointments.filter(
      ({ id, client_id: of }) => of === client.id && live.appointments.includes(String(id)),
    );
  };
  const live = async () => (await mine()).map(({ id }) => id);
  const created = async () =>
    (await rig.clinic.state()).appointments.filter(({ client_id: of }) => of === client.id).length;

  test('is confirmed once the clinic accepts; our reference is in the note', async () => {
    const { booking } = await rig.bookings.start(visit());
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view).toMatchObject({ provider: 'oliver', order: null, attempts: [{ outcome: 'confirmed' }] });
    await expectOneAppointment(rig, { of: client.id, id: view.appointment?.id });
    expect((await mine())[0]?.note).toMatch(/^Annual vaccines\nref:.+\/book\/1$/);
  });

  test('that the clinic answers later is awaited by polling', async () => {
    await rig.clinic.control('clinic', { accept: 'confirm', afterMs: 800 });
    const { booking } = await rig.bookings.start(visit());
    await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
  });

  test('that the clinic declines is followed by another slot', async () => {
    await rig.clinic.control('clinic', { accept: 'decline', afterMs: 500 });
    const { booking } = await rig.bookings.start(visit({ limits: { maxSlotAttempts: 2 } }));
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view).toMatchObject({
      failure: { code: 'no_slot' },
      attempts: [{ outcome: 'declined' }, { outcome: 'declined' }],
    });
    await expectNothingLive(rig, { of: client.id });
  });

  test.each([
    ['client', { client: { remoteId: 'C-9999' } }, 'client_not_found'],
    ['patient', { patient: { id: 99_999 } }, 'patient_not_found'],
  ])('for an unknown %s fails before any slot is tried', async (_who, overrides, code) => {
    const { booking } = await rig.bookings.start(visit(overrides));
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view).toMatchObject({ failure: { code }, attempts: [] });
    expect(await created()).toBe(0);
  });

  test('is cancelled by a staff task: compensating and left to a person until the clinic has done it', async () => {
    const { booking } = await rig.bookings.start(visit());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.cancel(booking.id, {});
    const waiting = await rig.until(
      booking.id,
      ({ waitingFor }) => waitingFor?.what.includes('staff') ?? false,
    );
    expect(waiting).toMatchObject({
      status: 'compensating',
      compensation: [{ step: 'appointment', outcome: 'left_to_person' }],
    });
    const { staffTasks } = await rig.clinic.state();
    expect(
      staffTasks.filter((task) => JSON.stringify(task).includes(String(waiting.appointment?.id))),
    ).toHaveLength(1);
    await rig.clinic.control('clinic', { completesTasks: true, afterTaskMs: 0 });
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation[0]?.outcome).toBe('undone');
    await expectNothingLive(rig, { of: client.id });
  });

  test.each(['timeout', 'reset', 'garbage'] as const)(
    'whose create took effect before a %s is adopted, not created twice',
    async (answer) => {
      await rig.clinic.fail('create_appointment', { when: 'after', answer });
      const { booking } = await rig.bookings.start(visit());
      const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
      expect(await created()).toBe(1);
      await expectOneAppointment(rig, { of: client.id, id: view.appointment?.id });
    },
  );

  test('whose create takes effect late, after the first look-ups, is found', async () => {
    await rig.clinic.fail('create_appointment', { when: 'late', answer: 'reset', delayMs: 900 });
    const { booking } = await rig.bookings.start(visit());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(await created()).toBe(1);
    expect(await live()).toHaveLength(1);
  });

  test('whose create had no effect is tried again at the same slot after the window', async () => {
    await rig.clinic.fail('create_appointment', { when: 'before', answer: 'reset' });
    const { booking } = await rig.bookings.start(visit());
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.attempts).toMatchObject([{ outcome: 'confirmed', startsAt: view.appointment?.startsAt }]);
    const [lost, again] = (await rig.clinic.callsOf('create_appointment'))
      .slice(-2)
      .map(({ at }) => Date.parse(at));
    expect(Number(again) - Number(lost)).toBeGreaterThanOrEqual(1_500);
    expect(await live()).toEqual([view.appointment?.id]);
  });

  test('two that match are for a person: neither adopted nor undone', async () => {
    const [slot] = await rig.bookings.searchSlots(visit());
    await rig.clinic.fail('create_appointment', { when: 'before', answer: 'timeout' });
    const { booking } = await rig.bookings.start(visit());
    // While the create hangs, the desk makes two: the first look after it shows both.
    await rig.until(booking.id, ({ status }) => status === 'booking');
    for (const status of ['ACCEPTED', 'CONFIRMED']) {
      await rig.clinic.control('appointments', {
        client_id: client.id,
        patient_id: client.patientId,
        start_at: slot?.startsAt,
        end_at: slot?.endsAt,
        status,
      });
    }
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking.attention?.reason).toBe('ambiguous_match');
    expect(await live()).toHaveLength(2);
  });

  test('is moved by booking the new one and having the old one cancelled', async () => {
    await rig.clinic.control('clinic', { completesTasks: true, afterTaskMs: 100 });
    const { booking } = await rig.bookings.start(visit());
    const before = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+12d' }] });
    const view = await rig.until(
      booking.id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.id !== before.appointment?.id,
    );
    expect(view.appointment?.replaces).toBeNull();
    await expectOneAppointment(rig, { of: client.id, id: view.appointment?.id });
  });

  test('that took place before the clinic could cancel it for a move is for a person', async () => {
    const { booking } = await rig.bookings.start(visit());
    const before = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+12d' }] });
    await rig.until(booking.id, ({ waitingFor }) => waitingFor?.what.includes('staff') ?? false);
    await rig.clinic.control(`appointments/${before.appointment?.id}`, { status: 'DONE' });
    const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
    expect(asking.attention?.reason).toBe('visit_begun');
    await rig.bookings.resolve(booking.id, { choice: 'leave', why: 'she was there' });
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    expect(view.appointment).toMatchObject({ replaces: null });
    await expectOneAppointment(rig, { of: client.id, id: view.appointment?.id });
  });

  describe('in the middle of a move', () => {
    const LATER = { windows: [{ from: '+5d', to: '+7d' }] };
    const confirmed = async (overrides: Record<string, unknown> = {}) => {
      const { booking } = await rig.bookings.start(visit(overrides));
      const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
      return { id: booking.id, old: appointment?.id ?? '' };
    };
    const waitingForStaff = (id: string) =>
      rig.until(id, ({ waitingFor }) => waitingFor?.what.includes('staff') ?? false);

    test('whose create was not answered: a cancel undoes both, also when the new one has landed', async () => {
      const { id } = await confirmed();
      await rig.clinic.fail('create_appointment', { when: 'after', answer: 'timeout' });
      await rig.bookings.reschedule(id, LATER);
      await eventually(live, (ids) => ids.length === 2);
      await rig.clinic.control('clinic', { completesTasks: true, afterTaskMs: 50 });
      await rig.bookings.cancel(id, {});
      const view = await rig.until(id, ({ status }) => status === 'cancelled');
      expect(view.compensation[0]?.outcome).toBe('undone');
      await expectNothingLive(rig, { of: client.id });
    });

    test('a cancel does not wait for the staff that is to cancel the old one: both are asked for at once', async () => {
      const { id } = await confirmed();
      await rig.bookings.reschedule(id, LATER);
      await waitingForStaff(id);
      const both = await live();
      expect(both).toHaveLength(2);
      await rig.bookings.cancel(id, {});
      const asked = async () =>
        (await rig.clinic.state()).staffTasks.map((task) => JSON.stringify(task)).join('\n');
      await eventually(asked, (tasks) => both.every((one) => tasks.includes(`appointment ${String(one)}`)));
      await rig.clinic.control('clinic', { completesTasks: true, afterTaskMs: 50 });
      await rig.until(id, ({ status }) => status === 'cancelled');
      await expectNothingLive(rig, { of: client.id });
    });

    test('the new one, not confirmed and left standing by a person, ends the move: no third is booked', async () => {
      const quick = { limits: { confirmTimeoutMs: 1_000 } };
      const { id, old } = await confirmed(quick);
      await rig.clinic.control('clinic', { accept: 'leave' });
      await rig.bookings.reschedule(id, LATER);
      await waitingForStaff(id);
      await rig.clinic.fail('list_appointments', {
        when: 'before',
        answer: { status: 401, body: { success: false, message: 'Unauthorized' } },
        times: ALWAYS,
      });
      await rig.until(id, ({ attention }) => attention !== null, 30_000);
      await rig.clinic.mend();
      await rig.bookings.resolve(id, { choice: 'leave', why: 'the desk looks after it' });
      const view = await rig.until(
        id,
        ({ status, lastRequest }) => status === 'confirmed' && lastRequest?.outcome === 'refused',
      );
      expect(view).toMatchObject({
        appointment: { id: old, replaces: null },
        lastRequest: { code: 'undo_failed' },
        compensation: [{ step: 'appointment', outcome: 'left_to_person' }],
      });
      expect(await live()).toHaveLength(2);
      // What was left to a person stays theirs when the booking ends: nobody is asked for it again.
      const left = (await live()).filter((one) => one !== old);
      const { staffTasks } = await rig.clinic.state();
      await rig.bookings.cancel(id, {});
      await waitingForStaff(id);
      await rig.clinic.control(`appointments/${old}`, { status: 'DELETED' });
      const ended = await rig.until(id, ({ status }) => status === 'cancelled');
      expect(ended.compensation[0]?.outcome).toBe('left_to_person');
      expect(await live()).toEqual(left);
      expect((await rig.clinic.state()).staffTasks).toHaveLength(staffTasks.length + 1);
    }, 60_000);

    test('the old one may be gone by itself: the new one stands, and nobody is asked to cancel', async () => {
      const { id, old } = await confirmed();
      const { staffTasks } = await rig.clinic.state();
      await rig.clinic.control('clinic', { accept: 'leave' });
      await rig.bookings.reschedule(id, LATER);
      await rig.until(id, ({ waitingFor }) => waitingFor?.what === 'confirmation');
      const taken = (await live()).find((one) => one !== old);
      await rig.clinic.control(`appointments/${old}`, { status: 'DELETED' });
      await rig.clinic.control(`appointments/${taken}`, { status: 'ACCEPTED' });
      const view = await rig.until(id, ({ status }) => status === 'confirmed');
      expect(view).toMatchObject({ appointment: { id: taken, replaces: null }, attempts: [{}, {}] });
      expect(await live()).toEqual([taken]);
      expect((await rig.clinic.state()).staffTasks).toHaveLength(staffTasks.length);
    });

    test('the old one, left standing by a person, ends no later search for a slot', async () => {
      const { id, old } = await confirmed();
      await rig.bookings.reschedule(id, LATER);
      await waitingForStaff(id);
      await rig.clinic.fail('list_appointments', {
        when: 'before',
        answer: { status: 401, body: { success: false, message: 'Unauthorized' } },
        times: ALWAYS,
      });
      await rig.until(id, ({ attention }) => attention !== null, 30_000);
      await rig.clinic.mend();
      await rig.bookings.resolve(id, { choice: 'leave', why: 'the desk looks after it' });
      const moved = await rig.until(id, ({ status }) => status === 'confirmed');
      // Cancelled by the clinic, which declines the next one too, and takes the one after that.
      await rig.clinic.control('clinic', { accept: 'decline', afterMs: 300 });
      await rig.clinic.control(`appointments/${moved.appointment?.id}`, { status: 'DELETED' });
      await rig.until(id, ({ attempts }) => attempts.some(({ outcome }) => outcome === 'declined'));
      await rig.clinic.control('clinic', { accept: 'auto' });
      const view = await rig.until(
        id,
        ({ status, attempts }) => ['confirmed', 'failed'].includes(status) && attempts.length > 2,
      );
      expect(view.status).toBe('confirmed');
      expect(await live()).toContain(old);
    }, 60_000);

    test('one that the clinic restores beside the one that was booked instead is for a person', async () => {
      const { id, old } = await confirmed();
      await rig.clinic.control(`appointments/${old}`, { status: 'DELETED' });
      await rig.until(
        id,
        ({ status, appointment }) => status === 'confirmed' && appointment !== null && appointment.id !== old,
      );
      await rig.clinic.control(`appointments/${old}`, { status: 'ACCEPTED' });
      const asking = await rig.until(id, ({ attention }) => attention !== null);
      expect(asking.attention?.reason).toBe('ambiguous_match');
    });
  });

  describe('far away in time from where it was', () => {
    const FAR = { windows: [{ from: '+14d', to: '+18d' }] };
    const confirmed = async (overrides: Record<string, unknown> = {}) => {
      const { booking } = await rig.bookings.start(visit(overrides));
      const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
      return { id: booking.id, old: appointment };
    };

    test('the old one of a move that is cancelled in its middle is undone too', async () => {
      const { id } = await confirmed();
      await rig.clinic.control('clinic', { accept: 'confirm', afterMs: 600_000 });
      await rig.bookings.reschedule(id, FAR);
      await rig.until(id, ({ waitingFor }) => waitingFor?.what === 'confirmation');
      expect(await live()).toHaveLength(2);
      await rig.clinic.control('clinic', { completesTasks: true, afterTaskMs: 100 });
      await rig.bookings.cancel(id, {});
      await rig.until(id, ({ status }) => status === 'cancelled');
      await expectNothingLive(rig, { of: client.id });
    });

    test('the old one stays known after a move there was declined', async () => {
      const { id, old } = await confirmed({ limits: { maxSlotAttempts: 1 } });
      await rig.clinic.control('clinic', { accept: 'decline', afterMs: 300 });
      await rig.bookings.reschedule(id, FAR);
      await rig.until(id, ({ lastRequest }) => lastRequest?.outcome === 'refused', 40_000);
      await rig.clinic.control('clinic', { accept: 'auto' });
      await rig.until(id, ({ waitingFor }) => waitingFor?.what === 'the final word on the visit');
      await rig.bookings.wake(id, 'appointment');
      await eventually(
        () => rig.bookings.explain(id),
        ({ steps }) => steps.some(({ what, until }) => what.includes('after its news') && until !== null),
      );
      const view = await rig.until(id, ({ status, waitingFor }) => status === 'confirmed' && !!waitingFor);
      expect(view.appointment).toMatchObject({ id: old?.id, status: old?.status });
      expect(await live()).toEqual([old?.id]);
    }, 60_000);

    test('one that the clinic moved there is followed, and nothing is booked in its place', async () => {
      const { id, old } = await confirmed();
      const later = (time: string | null | undefined) =>
        new Date(Date.parse(time ?? '') + 10 * 86_400_000).toISOString();
      const times = { start_at: later(old?.startsAt), end_at: later(old?.endsAt) };
      await rig.clinic.control(`appointments/${old?.id}`, times);
      const view = await rig.until(id, ({ appointment }) => appointment?.startsAt !== old?.startsAt);
      expect(view).toMatchObject({ status: 'confirmed', appointment: { id: old?.id } });
      expect(await live()).toEqual([old?.id]);
    });
  });

  test('whose move is declined keeps the old one', async () => {
    const { booking } = await rig.bookings.start(visit());
    const before = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await rig.clinic.control('clinic', { accept: 'decline', afterMs: 300 });
    await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+12d' }], id: 'm' });
    const view = await rig.until(booking.id, ({ lastRequest }) => lastRequest?.outcome === 'refused', 40_000);
    expect(view.appointment?.id).toBe(before.appointment?.id);
    expect(await live()).toEqual([before.appointment?.id]);
  }, 60_000);

  describe('for a client whose name is spelled in several ways', () => {
    /** A client of the practice with a patient, of whom the practice's own system knows nothing. */
    const enrol = async (firstName: string, lastName: string, email: string) => {
      const made = (await rig.clinic.control('clients', {
        first_name: firstName,
        last_name: `${lastName}${tests}`,
        email,
        patients: [{ name: 'Biscuit' }],
      })) as { id: string; patients: { id: string }[] }; // the sandbox's own answer
      return { id: made.id, patientId: made.patients[0]?.id ?? '' };
    };

    test('finds and books the one on record, and makes no second one', async () => {
      const email = `pat${tests}@example.com`;
      const { id, patientId } = await enrol('Pat', 'O’Brien', email);
      const { booking } = await rig.bookings.start(
        visit({
          client: { firstName: 'Pat', lastName: `O'Brien${tests}`, email },
          patient: { id: Number(patientId) },
        }),
      );
      const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
      await expectOneAppointment(rig, { of: id, id: view.appointment?.id });
    });

    // The last one of this file: it is left asking, and no booking at that start can be told from it any more.
    test('takes nothing of somebody of nearly that name for its own: a person is asked', async () => {
      const email = `jose${tests}@example.com`;
      const jose = await enrol('Jose', 'Ek', email);
      const other = await enrol('José', 'Ek', `other${tests}@example.com`);
      const request = visit({
        client: { firstName: 'Jose', lastName: `Ek${tests}`, email },
        patient: { id: Number(jose.patientId) },
      });
      const [slot] = await rig.bookings.searchSlots(request);
      await rig.clinic.fail('create_appointment', { when: 'before', answer: 'timeout' });
      const { booking } = await rig.bookings.start(request);
      await rig.until(booking.id, ({ status }) => status === 'booking');
      await rig.clinic.control('appointments', {
        client_id: other.id,
        patient_id: other.patientId,
        start_at: slot?.startsAt,
        end_at: slot?.endsAt,
      });
      const asking = await rig.until(booking.id, ({ attention }) => attention !== null);
      expect(asking.attention?.reason).toBe('ambiguous_match');
    });
  });
});
