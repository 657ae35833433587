import { ALWAYS } from '../support/calls';
import { SANDBOX } from '../../src/providers/calcom/accounts';
import { atCalcom, calcomHand, type CalcomHand } from '../support/calcom';
import { useSaga } from '../support/use-saga';

describe('a booking at Cal.com', () => {
  const rig = useSaga({ also: ['calcom'], resets: [] });
  let calcom: CalcomHand;
  beforeEach(async () => {
    calcom = rig.at('calcom', calcomHand);
    await calcom.control('reset', {});
  });

  /** What its host does with a booking that has to be confirmed. */
  const host = async (acts: 'confirm' | 'decline' | 'leave'): Promise<void> => {
    await calcom.control('event-types/1001', { requiresConfirmation: true });
    await calcom.control('host', { acts, afterMs: 800 });
  };
  const begun = async (overrides: Record<string, unknown> = {}) =>
    (await rig.bookings.start(atCalcom(overrides))).booking.id;
  const confirmed = async (overrides: Record<string, unknown> = {}) => {
    const view = await rig.until(await begun(overrides), ({ status }) => status === 'confirmed');
    return { id: view.id, uid: view.appointment?.id ?? '', startsAt: view.appointment?.startsAt ?? '' };
  };
  const live = async () => (await calcom.state()).live.appointments;
  const booked = async () => (await calcom.callsOf('book')).length;
  /** A slot's start some days after another: the same time of another working day. */
  const weekAfter = (start: string): string => new Date(Date.parse(start) + 7 * 86_400_000).toISOString();

  test('is confirmed at once; our reference is in its metadata, and the notes go to the host', async () => {
    const id = await begun();
    const view = await rig.until(id, ({ status }) => status === 'confirmed');
    expect(view).toMatchObject({ provider: 'calcom', order: null, attempts: [{ outcome: 'confirmed' }] });
    expect(await live()).toEqual([view.appointment?.id]);
    const [booking] = (await calcom.state()).bookings;
    expect(booking?.metadata).toEqual({
      bookingRef: expect.stringMatching(`^${id}\\.\\w+/book/1$`) as string,
    });
    expect(booking?.bookingFieldsResponses).toMatchObject({ notes: 'First visit' });
  });

  test('that its host has to confirm is awaited', async () => {
    await host('confirm');
    const id = await begun();
    await rig.until(id, ({ status }) => status === 'awaiting_confirmation');
    await rig.until(id, ({ status }) => status === 'confirmed');
    expect(await booked()).toBe(1);
  });

  test('that its host declines is followed by another time', async () => {
    await host('decline');
    const view = await rig.until(
      await begun({ limits: { maxSlotAttempts: 2 } }),
      ({ status }) => status === 'failed',
    );
    expect(view).toMatchObject({
      failure: { code: 'no_slot' },
      attempts: [{ outcome: 'declined' }, { outcome: 'declined' }],
    });
    expect(await live()).toEqual([]);
  });

  test('that nobody confirms is given back at its deadline', async () => {
    await host('leave');
    const view = await rig.until(
      await begun({ limits: { maxSlotAttempts: 1, confirmTimeoutMs: 1_500 } }),
      ({ status }) => status === 'failed',
    );
    expect(view.compensation).toMatchObject([{ step: 'appointment' }]);
    expect(await live()).toEqual([]);
  });

  test('for an event type that nobody knows fails before any time is tried', async () => {
    const view = await rig.until(
      await begun({ appointmentType: '999999' }),
      ({ status }) => status === 'failed',
    );
    expect(view).toMatchObject({ failure: { code: 'request_refused' }, attempts: [] });
    expect(await booked()).toBe(0);
  });

  test('is cancelled by its caller, with a reason; other visits of the client stay', async () => {
    const { id, uid, startsAt } = await confirmed();
    await calcom.control('bookings', {
      start: weekAfter(startsAt),
      attendee: { name: 'Ana Reyes', email: 'ana@example.com' },
    });
    await rig.bookings.cancel(id, { reason: 'The client is ill' });
    const view = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(view.compensation).toMatchObject([{ step: 'appointment', outcome: 'undone' }]);
    expect(await live()).toHaveLength(1);
    expect(await live()).not.toContain(uid);
  });

  test('that its host cancels is followed by another', async () => {
    const { id, uid } = await confirmed();
    await calcom.control(`bookings/${uid}`, { acts: 'cancel', reason: 'The host is ill' });
    const view = await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.id !== uid,
    );
    expect(view.attempts).toHaveLength(2);
    expect(await live()).toEqual([view.appointment?.id]);
  });

  test('that its host moves is followed to its new uid, and no second one is booked', async () => {
    const { id, uid, startsAt } = await confirmed();
    const to = weekAfter(startsAt);
    await calcom.control(`bookings/${uid}`, { acts: 'move', start: to });
    const view = await rig.until(id, ({ appointment }) => appointment?.id !== uid);
    expect(view).toMatchObject({ status: 'confirmed', attention: null, appointment: { startsAt: to } });
    expect(await booked()).toBe(1);
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await live()).toEqual([]);
  });

  test('that its host moves as it is cancelled is cancelled where it stands then', async () => {
    const { id, uid, startsAt } = await confirmed();
    await calcom.control(`bookings/${uid}`, { acts: 'move', start: weekAfter(startsAt) });
    await rig.bookings.cancel(id, {});
    const view = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(view.compensation[0]?.outcome).toBe('undone');
    expect(await live()).toEqual([]);
  });

  test('that its host moves in the middle of its cancel is cancelled where it stands then', async () => {
    const { id, uid, startsAt } = await confirmed();
    const message = `Can't cancel booking with uid=${uid} because it has been cancelled already.`;
    const body = { status: 'error', error: { code: 'BadRequestException', message } };
    await calcom.fail('cancel', { answer: { status: 400, body }, delayMs: 600 });
    await rig.bookings.cancel(id, {});
    await calcom.called('cancel');
    await calcom.control(`bookings/${uid}`, { acts: 'move', start: weekAfter(startsAt) });
    const view = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(view.compensation).toMatchObject([{ step: 'appointment', outcome: 'undone' }]);
    expect(await live()).toEqual([]);
  });

  test('is moved by its caller: a new booking stands, and the old one does not', async () => {
    const { id, uid } = await confirmed();
    await rig.bookings.reschedule(id, { windows: [{ from: '+12d', to: '+20d' }] });
    const view = await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.id !== uid,
    );
    expect(await live()).toEqual([view.appointment?.id]);
    expect(await calcom.callsOf('reschedule')).toHaveLength(1);
    expect(await booked()).toBe(1);
  });

  test.each(['timeout', 'reset'] as const)(
    'whose move took effect before a %s is not moved twice',
    async (answer) => {
      const { id, uid } = await confirmed();
      await calcom.fail('reschedule', { when: 'after', answer });
      await rig.bookings.reschedule(id, { windows: [{ from: '+12d', to: '+20d' }] });
      const view = await rig.until(
        id,
        ({ status, appointment }) => status === 'confirmed' && appointment?.id !== uid,
      );
      expect(await calcom.callsOf('reschedule')).toHaveLength(1);
      expect(await live()).toEqual([view.appointment?.id]);
    },
  );

  test.each(['timeout', 'reset', 'garbage', 500] as const)(
    'whose create took effect before a %s is adopted, not created twice',
    async (answer) => {
      await calcom.fail('book', { when: 'after', answer });
      const { uid } = await confirmed();
      expect(await booked()).toBe(1);
      expect(await live()).toEqual([uid]);
    },
  );

  test('whose create takes effect late, after the first look-ups, is found', async () => {
    await calcom.fail('book', { when: 'late', answer: 'reset', delayMs: 900 });
    const { uid } = await confirmed();
    expect(await booked()).toBe(1);
    expect(await live()).toEqual([uid]);
  });

  test('whose create had no effect is tried again at the same time, after the window', async () => {
    await calcom.fail('book', { when: 'before', answer: 'reset' });
    const { uid } = await confirmed();
    const [lost, again] = (await calcom.callsOf('book')).map(({ at }) => Date.parse(at));
    expect(Number(again) - Number(lost)).toBeGreaterThanOrEqual(1_500);
    expect(await live()).toEqual([uid]);
  });

  test('whose create takes effect after all looks for it is shown to a person beside the one that was made since', async () => {
    await calcom.fail('book', { when: 'before', answer: 'reset' });
    const { id, uid, startsAt } = await confirmed();
    const [made] = (await calcom.state()).bookings;
    const attendee = { name: 'Ana Reyes', email: 'ana@example.com' };
    await calcom.control('bookings', { start: startsAt, attendee, metadata: made?.metadata });
    await rig.bookings.wake(id, 'appointment');
    const { attention } = await rig.until(id, (view) => view.attention !== null);
    const late = (await live()).find((one) => one !== uid);
    expect(attention).toMatchObject({ reason: 'ambiguous_match' });
    expect(JSON.stringify(attention?.tried)).toContain(late);
    await calcom.control(`bookings/${late}`, { acts: 'cancel' });
    await rig.bookings.retry(id, {});
    await rig.until(id, (view) => view.status === 'confirmed' && view.attention === null);
    expect(await live()).toEqual([uid]);
  });

  test('that the copy for reading does not show yet is missing, and never booked again', async () => {
    await calcom.control('copy', { lagMs: 1_000 });
    const { id, uid } = await confirmed();
    await rig.until(id, ({ appointment }) => appointment?.id === uid);
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await booked()).toBe(1);
    expect(await live()).toEqual([]);
  });

  describe('that was moved, and then read from a copy from before', () => {
    const moved = async () => {
      const { id, uid } = await confirmed();
      const [before] = (await calcom.state()).bookings;
      await rig.bookings.reschedule(id, { windows: [{ from: '+12d', to: '+20d' }] });
      const { appointment } = await rig.until(
        id,
        ({ status, appointment }) => status === 'confirmed' && appointment?.id !== uid,
      );
      await settled(id);
      const message = 'Booking with uid=x was not found in the database';
      const copy = { status: 'success', data: [before], pagination: { hasNextPage: false, totalItems: 1 } };
      const unseen = { status: 'error', error: { code: 'NotFoundException', message } };
      await calcom.fail('bookings', { answer: { status: 200, body: copy }, times: ALWAYS });
      await calcom.fail('booking', { answer: { status: 404, body: unseen }, times: ALWAYS });
      return { id, uid, newUid: appointment?.id ?? '' };
    };
    /** Returns once the look after a move is over. */
    const settled = async (id: string): Promise<void> => {
      const reads = (await calcom.callsOf('bookings')).length;
      await rig.bookings.wake(id, 'appointment');
      await calcom.called('bookings', { times: reads + 1 });
    };

    test('does not go back to where it was', async () => {
      const { id, newUid } = await moved();
      await settled(id);
      await settled(id);
      expect((await rig.bookings.get(id)).appointment?.id).toBe(newUid);
      await calcom.mend();
      expect(await live()).toEqual([newUid]);
    });

    test('is not moved a second time from there', async () => {
      const { id, newUid } = await moved();
      await rig.bookings.reschedule(id, { windows: [{ from: '+5d', to: '+8d' }] });
      const view = await rig.until(id, ({ lastRequest }) => lastRequest?.outcome === 'refused');
      expect(view.lastRequest?.code).toBe('appointment_missing');
      expect(await calcom.callsOf('reschedule')).toHaveLength(1);
      await calcom.mend();
      await rig.until(id, ({ attention, appointment }) => !attention && appointment?.id === newUid);
      expect(await live()).toEqual([newUid]);
    });
  });

  test('is undone only when a read shows it: a cancel that was only said is made again', async () => {
    const { id } = await confirmed();
    const [shown] = (await calcom.state()).bookings;
    const body = { status: 'success', data: { ...shown, status: 'cancelled' } };
    await calcom.fail('cancel', { when: 'before', answer: { status: 200, body } });
    await rig.bookings.cancel(id, {});
    const view = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(view.compensation[0]?.outcome).toBe('undone');
    expect(await calcom.callsOf('cancel')).toHaveLength(2);
    expect(await live()).toEqual([]);
  });

  test('whose event type forbids cancelling is for a person, and stays theirs', async () => {
    const { id, uid } = await confirmed();
    await calcom.control('event-types/1001', { allowsCancelling: false });
    await rig.bookings.cancel(id, {});
    const view = await rig.until(id, ({ attention }) => attention !== null);
    expect(view).toMatchObject({ status: 'compensating' });
    expect(await live()).toEqual([uid]);
    await calcom.control('event-types/1001', { allowsCancelling: true });
    await rig.bookings.resolve(id, { choice: 'retry', why: 'the host allows it now' });
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await live()).toEqual([]);
  });

  test('with a key that does not work waits for a person, and loses nothing', async () => {
    await calcom.control('keys', { revoked: [SANDBOX.account.apiKey] });
    const id = await begun();
    const view = await rig.until(id, ({ attention }) => attention !== null);
    expect(view.attention?.reason).toBe('credentials_rejected');
    await calcom.control('keys', { revoked: [] });
    await rig.bookings.retry(id, {});
    await rig.until(id, ({ status }) => status === 'confirmed');
    expect(await live()).toHaveLength(1);
  });

  test('while reads fail, nothing is concluded', async () => {
    const { id, uid } = await confirmed();
    await calcom.fail('bookings', { answer: 500, times: ALWAYS });
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ attention }) => attention !== null);
    expect(await live()).toEqual([uid]);
    expect(await calcom.callsOf('cancel')).toEqual([]);
    await calcom.mend();
    await rig.bookings.retry(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await live()).toEqual([]);
  });
});
