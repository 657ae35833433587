import { reschedule as rescheduleSignal } from '../../workflows/messages';
import { workflowIdOf } from '../../src/booking/names';
import { eventually } from '../support/stand-in';
import { placeForeign } from './attentions/case';
import { adopting, atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

const LATER = { windows: [{ from: '+5d', to: '+9d' }] };

describe('a reschedule', () => {
  const rig = useSaga({ capabilities: { callTimeoutMs: 3_000 } });

  const confirmed = async (overrides: Record<string, unknown> = {}) => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep', overrides));
    const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    return { id: booking.id, orderId, startsAt: view.appointment?.startsAt ?? '' };
  };
  const moves = async (orderId: string) => (await rig.sandbox.callsOf('reschedule', orderId)).length;

  test('moves the appointment to the best slot of the new windows', async () => {
    const { id, orderId, startsAt } = await confirmed();
    await rig.bookings.reschedule(id, { ...LATER, by: 'tests' });
    const view = await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== startsAt,
    );
    expect(Date.parse(view.appointment?.startsAt ?? '')).toBeGreaterThan(
      Date.parse(startsAt) + 2 * 24 * 3_600_000,
    );
    expect(view.lastRequest).toMatchObject({ kind: 'reschedule', outcome: 'accepted', by: 'tests' });
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('by signal does the same', async () => {
    const { id, startsAt } = await confirmed();
    await rig.server.client.workflow.getHandle(workflowIdOf(id)).signal(rescheduleSignal, LATER);
    await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== startsAt,
    );
  });

  test('asked twice has one effect', async () => {
    const { id, orderId, startsAt } = await confirmed();
    await Promise.all([rig.bookings.reschedule(id, LATER), rig.bookings.reschedule(id, LATER)]);
    await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== startsAt,
    );
    await rig.bookings.reschedule(id, LATER);
    expect(await moves(orderId)).toBe(1);
  });

  test('back to where it was is possible', async () => {
    const { id, startsAt } = await confirmed();
    await rig.bookings.reschedule(id, LATER);
    await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== startsAt,
    );
    await rig.bookings.reschedule(id, { windows: [{ from: '+2d', to: '+4d' }] });
    await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt === startsAt,
    );
  });

  test('whose answer got lost is looked up, and counts when the appointment is at the new time', async () => {
    const { id, orderId, startsAt } = await confirmed();
    await rig.sandbox.fail('reschedule', { of: orderId, when: 'after', answer: 'reset' });
    await rig.bookings.reschedule(id, LATER);
    await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== startsAt,
    );
    expect(await moves(orderId)).toBe(1);
  });

  test('without effect and without answer: the whole window is looked over, then the same slot is tried again', async () => {
    const { id, orderId, startsAt } = await confirmed();
    await rig.sandbox.fail('reschedule', { of: orderId, when: 'before', answer: 'reset' });
    await rig.bookings.reschedule(id, LATER);
    const view = await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== startsAt,
    );
    expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['confirmed', 'confirmed']);
    expect(view.appointment?.startsAt).toBe(view.attempts[1]?.startsAt);
    const [lost, again] = (await rig.sandbox.callsOf('reschedule', orderId)).map(({ at }) => Date.parse(at));
    expect(Number(again) - Number(lost)).toBeGreaterThanOrEqual(1_500);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('that finds no slot leaves the appointment as it was, and says so', async () => {
    const { id, orderId, startsAt } = await confirmed();
    await rig.sandbox.control('slots', { empty: 10 });
    await rig.bookings.reschedule(id, { ...LATER, id: 'm-1' });
    const view = await rig.until(id, ({ lastRequest }) => lastRequest?.outcome === 'refused');
    expect(view).toMatchObject({ lastRequest: { kind: 'reschedule', id: 'm-1' }, appointment: { startsAt } });
    await rig.until(id, ({ status }) => status === 'confirmed');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('with windows that make no sense is refused and names the field', async () => {
    const { id } = await confirmed();
    await rig.bookings
      .reschedule(id, { windows: [{ from: 'yesterday', to: 'today' }] })
      .catch(() => undefined);
    const view = await rig.until(id, ({ status }) => status === 'confirmed');
    expect(view.appointment).not.toBeNull();
  });

  test('of an appointment that cannot be moved is refused, or cancels and books anew where that is allowed', async () => {
    const answer = { status: 400, body: { detail: 'This appointment cannot be rescheduled.' } };
    const refusing = await confirmed();
    await rig.sandbox.fail('reschedule', { of: refusing.orderId, when: 'before', answer });
    await rig.bookings.reschedule(refusing.id, LATER);
    const kept = await rig.until(refusing.id, ({ lastRequest }) => lastRequest?.outcome === 'refused');
    expect(kept).toMatchObject({
      lastRequest: { code: 'cannot_reschedule' },
      appointment: { startsAt: refusing.startsAt },
    });
    await rig.bookings.cancel(refusing.id, {});
    await rig.until(refusing.id, ({ status }) => status === 'cancelled');

    const allowing = await confirmed({ policy: { onCannotReschedule: 'cancel_and_book' } });
    await rig.sandbox.fail('reschedule', { of: allowing.orderId, when: 'before', answer });
    await rig.bookings.reschedule(allowing.id, LATER);
    await rig.until(
      allowing.id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== allowing.startsAt,
    );
    expect(await rig.sandbox.live(allowing.orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('that may cancel and book anew takes the very slot that was asked for', async () => {
    const { id, orderId } = await confirmed({ policy: { onCannotReschedule: 'cancel_and_book' } });
    const slots = await rig.bookings.searchSlots(atHome(LATER));
    const slot = slots[0];
    const answer = { status: 400, body: { detail: 'This appointment cannot be rescheduled.' } };
    await rig.sandbox.fail('reschedule', { of: orderId, when: 'before', answer });
    await rig.bookings.reschedule(id, {
      slot: { key: slot?.key, startsAt: slot?.startsAt, endsAt: slot?.endsAt },
    });
    const view = await rig.until(id, ({ status, attempts }) => status === 'confirmed' && attempts.length > 1);
    expect(view.appointment?.startsAt).toBe(slot?.startsAt);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  test('that may cancel and book anew does not touch what somebody else put on the order meanwhile', async () => {
    const { id, orderId } = await confirmed({ policy: { onCannotReschedule: 'cancel_and_book' } });
    const { appointment } = await rig.bookings.get(id);
    const answer = { status: 400, body: { detail: 'This appointment cannot be rescheduled.' } };
    await rig.sandbox.fail('reschedule', { of: orderId, when: 'before', answer, delayMs: 500 });
    await rig.bookings.reschedule(id, LATER);
    await rig.sandbox.called('reschedule', { of: orderId });
    // Nobody tells the booking: its appointment is cancelled, and the patient books by phone.
    await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'cancelled' });
    await placeForeign(rig, orderId);
    await rig.until(
      id,
      ({ attention, lastRequest }) => attention !== null || lastRequest?.outcome === 'refused',
    );
    const { calls } = await rig.sandbox.state();
    expect(calls.filter(({ path }) => path.endsWith('/appointment/cancel'))).toEqual([]);
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });

  describe('whose new time the provider does not confirm', () => {
    /** Moved, but only reserved from then on. */
    const unconfirmed = async (change: (windows: typeof LATER) => Promise<Record<string, unknown>>) => {
      const kept = await confirmed({ limits: { confirmTimeoutMs: 1_000 } });
      const { appointment } = await rig.bookings.get(kept.id);
      await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'reserved' });
      await rig.bookings.reschedule(kept.id, await change(LATER));
      return { ...kept, appointmentId: appointment?.id ?? '' };
    };

    test('books another slot there: the old one is gone, and no third is held', async () => {
      const { id, orderId } = await unconfirmed((windows) => Promise.resolve(windows));
      const view = await rig.until(
        id,
        ({ status, attempts }) => status === 'confirmed' && attempts.length === 3,
      );
      expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['confirmed', 'released', 'confirmed']);
      expect(view.appointment?.startsAt).toBe(view.attempts[2]?.startsAt);
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    });

    test('books another slot there also for one that was taken over: never beside it', async () => {
      const orderId = await rig.sandbox.placeOrder();
      const appointmentId = await placeForeign(rig, orderId);
      const policy = { existingAppointment: 'adopt' };
      const { booking } = await rig.bookings.start(
        adopting(orderId, 'keep', { policy, limits: { confirmTimeoutMs: 1_000 } }),
      );
      await rig.until(booking.id, ({ status }) => status === 'confirmed');
      await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'reserved' });
      await rig.bookings.reschedule(booking.id, LATER);
      const view = await rig.until(
        booking.id,
        ({ status, appointment }) =>
          status === 'confirmed' && appointment !== null && appointment.id !== appointmentId,
      );
      expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['released', 'confirmed']);
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    });

    test('books another slot there when the provider declines it', async () => {
      const { id, orderId, appointmentId } = await unconfirmed((windows) => Promise.resolve(windows));
      await rig.until(id, ({ waitingFor }) => waitingFor?.what === 'confirmation');
      await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'cancelled' });
      const view = await rig.until(
        id,
        ({ status, attempts }) => status === 'confirmed' && attempts.length === 3,
      );
      expect(view.attempts.map(({ outcome }) => outcome)).toEqual(['confirmed', 'declined', 'confirmed']);
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    });

    test('is for a person where no other slot may be had', async () => {
      const { id, orderId } = await unconfirmed(async (windows) => {
        const [slot] = await rig.bookings.searchSlots(atHome(windows));
        return { slot: { key: slot?.key, startsAt: slot?.startsAt, endsAt: slot?.endsAt } };
      });
      const { attention } = await rig.until(id, (view) => view.attention !== null);
      expect(attention?.reason).toBe('reschedule_lost');
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
      await rig.bookings.resolve(id, { choice: 'rebook', why: 'the patient still wants it' });
      await rig.until(id, ({ status }) => status === 'confirmed');
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    });
  });

  test('of an appointment that is gone meanwhile comes to nothing at once, and the loss is followed up', async () => {
    const { id, orderId } = await confirmed({ policy: { onProviderCancel: 'attention' } });
    const { appointment } = await rig.bookings.get(id);
    // Seen before the booking looks again: cancelled between the move's search and its call.
    await rig.sandbox.fail('availability', { when: 'after', delayMs: 1_500 });
    const searches = (await rig.sandbox.callsOf('availability')).length;
    await rig.bookings.reschedule(id, { ...LATER, id: 'm-2' });
    await rig.sandbox.called('availability', { times: searches + 1 });
    await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'cancelled' });
    const asking = await rig.until(id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({
      attention: { reason: 'provider_cancelled' },
      lastRequest: { kind: 'reschedule', outcome: 'refused', code: 'appointment_gone', id: 'm-2' },
    });
    expect(asking.attempts.map(({ outcome }) => outcome)).toEqual(['confirmed', 'refused']);
    expect(await moves(orderId)).toBe(0);
  });

  test('asked for again once the booking is being cancelled is refused', async () => {
    const { id, orderId, startsAt } = await confirmed();
    await rig.bookings.reschedule(id, LATER);
    await rig.until(
      id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.startsAt !== startsAt,
    );
    await rig.sandbox.fail('cancel_appointment', { of: orderId, when: 'after', delayMs: 1_500 });
    await rig.bookings.cancel(id, {});
    await expect(rig.bookings.reschedule(id, LATER)).rejects.toMatchObject({ code: 'already_ending' });
  });

  test('whose slot is lost cannot be tried again, only booked anew or given up', async () => {
    const { id, orderId } = await confirmed({ policy: { onCannotReschedule: 'cancel_and_book' } });
    const answer = { status: 400, body: { detail: 'This appointment cannot be rescheduled.' } };
    await rig.sandbox.fail('reschedule', { of: orderId, when: 'before', answer });
    await rig.sandbox.control('slots', { snatch: 1_000 });
    await rig.bookings.reschedule(id, LATER);
    await rig.until(id, ({ attention }) => attention?.reason === 'reschedule_lost');
    await expect(rig.bookings.retry(id, {})).rejects.toMatchObject({ code: 'choice_not_offered' });
    await rig.server.client.workflow.getHandle(workflowIdOf(id)).signal('retry', {});
    const view = await rig.until(id, ({ lastRequest }) => lastRequest?.code === 'choice_not_offered');
    expect(view.attention?.reason).toBe('reschedule_lost');
    expect((await rig.sandbox.live(orderId)).order).toBe(true);
  });

  test('before the booking is confirmed is refused', async () => {
    await rig.sandbox.control('confirmation', { mode: 'never' });
    const { booking } = await rig.bookings.start(
      atHome({ confirmation: { async: true, syncTimeoutMs: 1000, asyncTimeoutMs: 36_000_000 } }),
    );
    await rig.until(booking.id, ({ status }) => status === 'awaiting_confirmation');
    await expect(rig.bookings.reschedule(booking.id, LATER)).rejects.toMatchObject({
      code: 'cannot_reschedule_now',
    });
  });

  describe('that comes at the same moment as news', () => {
    /** Both are there when a worker takes the booking up again. */
    const together = async (id: string, change: Record<string, unknown>) => {
      const { appointment } = await rig.bookings.get(id);
      const handle = rig.server.client.workflow.getHandle(workflowIdOf(id));
      // Polling has looked and seen no change: its answer is not on its way when the workers stop.
      await eventually(
        async () => (await handle.describe()).raw.pendingActivities ?? [],
        (polls) => polls.some(({ attempt }) => Number(attempt) > 1),
      );
      await rig.stopWorkers();
      await rig.sandbox.control(`appointments/${appointment?.id}`, change);
      await handle.signal(rescheduleSignal, LATER);
      await rig.bookings.wake(id, 'appointment');
      await rig.startWorkers();
    };

    test('of a cancellation: moves what is booked in its place, once that is confirmed', async () => {
      const later = { confirmation: { async: true, syncTimeoutMs: 1_000, asyncTimeoutMs: 36_000_000 } };
      const { id, orderId, startsAt } = await confirmed(later);
      await rig.sandbox.control('confirmation', { mode: 'async', afterMs: 1_500 });
      await together(id, { status: 'cancelled' });
      await rig.until(id, ({ status }) => status === 'awaiting_confirmation');
      await rig.until(
        id,
        ({ status, appointment, attempts }) =>
          status === 'confirmed' && attempts.length === 3 && appointment?.startsAt !== startsAt,
      );
      expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
    });

    test('that the visit has begun: nothing is moved, and the visit is followed to its end', async () => {
      const { id, orderId } = await confirmed();
      await together(id, { status: 'in_progress' });
      const begun = await rig.until(id, ({ status }) => status === 'in_progress');
      expect(begun.lastRequest).toMatchObject({
        kind: 'reschedule',
        outcome: 'refused',
        code: 'cannot_reschedule_now',
      });
      await rig.sandbox.control(`appointments/${begun.appointment?.id}`, { status: 'completed' });
      await rig.bookings.wake(id, 'appointment');
      await rig.until(id, ({ status }) => status === 'completed');
      expect(await moves(orderId)).toBe(0);
    });
  });

  test('cancelled in its middle leaves nothing behind', async () => {
    const { id, orderId } = await confirmed();
    await rig.sandbox.fail('reschedule', { of: orderId, when: 'after', delayMs: 1_500 });
    await rig.bookings.reschedule(id, LATER);
    await rig.until(id, ({ status }) => status === 'rescheduling');
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });
});

describe('a reschedule inside the fee window', () => {
  const rig = useSaga({ resets: [], capabilities: { feeWindowMs: 30 * 24 * 3_600_000 } });

  test('whose fee was accepted accepts no later one', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    await expect(rig.bookings.reschedule(booking.id, LATER)).rejects.toMatchObject({
      code: 'fees_not_accepted',
    });
    await rig.bookings.reschedule(booking.id, { ...LATER, acceptFees: true });
    await rig.until(
      booking.id,
      (view) => view.status === 'confirmed' && view.appointment?.startsAt !== appointment?.startsAt,
    );
    await expect(rig.bookings.cancel(booking.id, {})).rejects.toMatchObject({ code: 'fees_not_accepted' });
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 1 });
  });
});

describe('a long life', () => {
  const rig = useSaga({ resets: [], limits: { maxHistoryEvents: 60 } });

  test('continues as new and forgets nothing', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
    const first = await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));
    const firstRun = (await handle.describe()).runId;
    while ((await handle.describe()).runId === firstRun) {
      await rig.bookings.wake(booking.id, 'appointment');
    }
    const carried = await rig.bookings.get(booking.id);
    expect(carried).toMatchObject({
      status: 'confirmed',
      createdAt: first.createdAt,
      appointment: first.appointment,
      attempts: first.attempts,
    });
    await rig.bookings.reschedule(booking.id, LATER);
    await rig.until(
      booking.id,
      ({ status, appointment }) =>
        status === 'confirmed' && appointment?.startsAt !== first.appointment?.startsAt,
    );
    await rig.bookings.cancel(booking.id, {});
    const view = await rig.until(booking.id, ({ status }) => status === 'cancelled');
    expect(view.compensation[0]?.outcome).toBe('undone');
    expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });
  });
});
