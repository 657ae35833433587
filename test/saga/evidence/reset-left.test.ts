import { randomUUID } from 'node:crypto';
import { toApplicationFailure } from '../../../activities/failures';
import type { CoreActivities } from '../../../activities/contract';
import type { Swept } from '../../../src/booking/ops';
import { Failure } from '../../../src/booking/failures';
import { cleanupIdOf, TASK_QUEUE, workflowIdOf } from '../../../src/booking/names';
import type { BookingView } from '../../../src/booking/schema/view';
import { cancel as cancelSignal } from '../../../workflows/messages';
import { expectNothingLive, expectOneAppointment } from '../../support/live';
import { resetBooking } from '../../support/resets';
import { adopting, atHome, atPractice, atSite } from '../../support/saga';
import { AT_SITE_TEST } from '../../support/sandbox';
import { eventually } from '../../support/stand-in';
import { useSaga } from '../../support/use-saga';

/** What a run made is not hidden by a reset and what happens to the booking after it. */

let areDaysOver = false;

/** As it is on the day after: every door but the one for what is over refuses the request's days. */
const withDays = (core: CoreActivities): CoreActivities => ({
  ...core,
  openBooking: (input) =>
    areDaysOver && input.afterwards !== true
      ? Promise.reject(toApplicationFailure(new Failure('invalid_request', { field: 'windows.0.to' })))
      : core.openBooking(input),
});

const rig = useSaga({
  resets: ['sandbox'],
  capabilities: { callTimeoutMs: 3_000 },
  accounts: { second: { callTimeoutMs: 3_000 } },
  wrap: ({ core, junction }) => ({ core: withDays(core), junction }),
});

beforeEach(() => {
  areDaysOver = false;
});

const handleOf = (id: string) => rig.server.client.workflow.getHandle(workflowIdOf(id));
const confirmed = async (request: Record<string, unknown>): Promise<BookingView> => {
  const { booking } = await rig.bookings.start(request);
  return rig.until(booking.id, ({ status }) => status === 'confirmed');
};
const asked = (id: string) => rig.until(id, ({ attention }) => attention !== null);
const outcomes = ({ compensation }: BookingView) => compensation.map(({ outcome }) => outcome);

const AT_SITE_ORDER = { order_set: { lab_test_ids: [AT_SITE_TEST] } };
const atSiteOf = (orderId: string): Record<string, unknown> => {
  const { patient: _patient, ...rest } = atSite();
  return { ...rest, order: { id: orderId, onFailure: 'cancel' } };
};

describe('a reset booking whose request is refused by now', () => {
  test.each([
    ['at home', () => atHome()],
    ['at a draw site', () => atSite()],
  ])('because its days are over, %s: what it had placed and booked is undone', async (_where, request) => {
    const { id } = await confirmed(request());
    areDaysOver = true;
    await resetBooking(rig.server, id);
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('invalid_request');
    expect(outcomes(view)).toEqual(['undone', 'undone']);
    await expectNothingLive(rig);
  });

  test('on an order that it had adopted: appointment and order are undone as the request says', async () => {
    const orderId = await rig.sandbox.placeOrder();
    const { id } = await confirmed(adopting(orderId, 'cancel'));
    areDaysOver = true;
    await resetBooking(rig.server, id);
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(outcomes(view)).toEqual(['undone', 'undone']);
    await expectNothingLive(rig);
  });

  test('and was before the reset: the order that it names stays', async () => {
    const orderId = await rig.sandbox.placeOrder();
    areDaysOver = true;
    const { booking } = await rig.bookings.start(adopting(orderId, 'cancel'));
    await rig.until(booking.id, ({ status }) => status === 'failed');
    await resetBooking(rig.server, booking.id);
    const view = await rig.until(
      booking.id,
      ({ status, compensation }) => status === 'failed' && compensation.length > 0,
    );
    expect(outcomes(view)).toEqual(['nothing_to_undo', 'nothing_to_undo']);
    expect((await rig.sandbox.live(orderId)).order).toBe(true);
  });

  test('because its account is gone, and ended: it is not over before what it made is undone', async () => {
    const { id } = await confirmed(atHome({ account: 'second' }));
    await rig.stopWorkers();
    await resetBooking(rig.server, id);
    const { second: _second, ...junction } = rig.config.accounts.junction;
    await rig.startWorkers({ ...rig.config, accounts: { ...rig.config.accounts, junction } });
    expect((await asked(id)).attention).toMatchObject({ reason: 'account_unknown' });
    await rig.bookings.resolve(id, { choice: 'end', why: 'no longer wanted' });
    await rig.until(id, ({ attention }) => attention?.choices.includes('leave') ?? false);
    await rig.stopWorkers();
    await rig.startWorkers();
    await rig.bookings.retry(id, {});
    const view = await rig.until(id, ({ status }) => status === 'failed');
    expect(view.failure?.code).toBe('account_unknown');
    expect(outcomes(view)).toEqual(['undone', 'undone']);
    await expectNothingLive(rig);
  });

  test('a booking that nobody reset, refused at once, calls no provider', async () => {
    areDaysOver = true;
    const { booking } = await rig.bookings.start(atHome());
    const view = await rig.until(booking.id, ({ status }) => status === 'failed');
    expect(view.compensation).toEqual([]);
    expect((await rig.sandbox.state()).calls).toEqual([]);
  });
});

describe('a reset booking whose adopted order has ended alone', () => {
  test.each([
    ['finds the appointment that it had made', false],
    ['and which is cancelled finds the appointment that it had made', true],
  ])('at a draw site %s', async (_what, isCancelled) => {
    const orderId = await rig.sandbox.placeOrder(AT_SITE_ORDER);
    const { id } = await confirmed(atSiteOf(orderId));
    await rig.stopWorkers();
    await rig.sandbox.control(`orders/${orderId}`, { status: 'cancelled' });
    expect((await rig.sandbox.live(orderId)).appointments).toBe(1);
    if (isCancelled) await handleOf(id).signal(cancelSignal, {});
    await resetBooking(rig.server, id);
    await rig.startWorkers();
    const view = await rig.until(id, ({ status }) => status === (isCancelled ? 'cancelled' : 'failed'));
    expect(outcomes(view)[0]).toBe('undone');
    await expectNothingLive(rig);
  });
});

describe('at a practice, where no ref tells', () => {
  const visit = async (overrides: Record<string, unknown> = {}) => {
    const remoteId = randomUUID().slice(0, 8);
    const made = await rig.clinic.control('clients', {
      ...{ first_name: 'Test', last_name: 'Client', remote_id: `C-${remoteId}` },
      patients: [{ name: 'Biscuit', remote_id: `P-${remoteId}` }],
    });
    const who = { client: { remoteId: `C-${remoteId}` }, patient: { remoteId: `P-${remoteId}` } };
    await rig.clinic.control('clinic', { accept: 'auto', completesTasks: true });
    const view = await confirmed(atPractice({ ...who, ...overrides }));
    return { view, clientId: String(Reflect.get(Object(made), 'id')) };
  };

  /** Resets it, and has it go on by a person's word once its appointment is gone. */
  const resetAndAccepted = async ({ view }: { view: BookingView }): Promise<BookingView> => {
    await resetBooking(rig.server, view.id);
    await rig.until(view.id, ({ attention }) => attention?.reason === 'booking_reset');
    await rig.clinic.control(`appointments/${view.appointment?.id}`, { status: 'DELETED' });
    await rig.bookings.retry(view.id, {});
    return rig.until(view.id, ({ status }) => status === 'confirmed');
  };

  const sweep = (): Promise<Swept> =>
    rig.server.client.workflow.execute('sweep', {
      workflowId: `sweep:${randomUUID()}`,
      taskQueue: TASK_QUEUE.bookings,
    });
  const cutOff = async (id: string): Promise<void> => {
    await handleOf(id).terminate('pressed by mistake');
    await eventually(sweep, ({ begun }) => begun.includes(id));
  };
  const shown = (id: string, fits: (view: BookingView) => boolean) =>
    eventually(() => rig.bookings.get(id), fits);

  test('a person’s word for one reset does not hold for the next', async () => {
    const one = await visit({ policy: { onProviderCancel: 'rebook' } });
    const again = await resetAndAccepted(one);
    await rig.clinic.control(`appointments/${again.appointment?.id}`, { status: 'DELETED' });
    const rebooked = await rig.until(
      again.id,
      ({ status, appointment }) => status === 'confirmed' && appointment?.id !== again.appointment?.id,
    );
    await resetBooking(rig.server, again.id, 'searchSlots', 'last');
    const asking = await asked(again.id);
    expect(asking.attention).toMatchObject({ reason: 'booking_reset', choices: ['retry', 'end'] });
    await expectOneAppointment(rig, { of: one.clientId, id: rebooked.appointment?.id });
  });

  test('one that is cut off while it asks is cleaned up with the same question', async () => {
    const { view, clientId } = await visit();
    await resetBooking(rig.server, view.id);
    await rig.until(view.id, ({ attention }) => attention?.reason === 'booking_reset');
    await cutOff(view.id);
    const asking = await shown(view.id, ({ attention }) => attention !== null);
    expect(asking).toMatchObject({
      attention: { reason: 'booking_reset', choices: ['retry', 'undone', 'leave'] },
      compensation: [{ step: 'appointment', outcome: 'pending' }],
    });
    await expectOneAppointment(rig, { of: clientId, id: view.appointment?.id });
    await rig.bookings.resolve(view.id, { choice: 'leave', why: 'the desk cancels it' });
    const ended = await rig.server.client.workflow.getHandle(cleanupIdOf(view.id)).result();
    expect(ended).toMatchObject({ compensation: [{ outcome: 'left_to_person' }] });
  });

  test('one that is cut off before it reads anything is cleaned up with the same question', async () => {
    const { view } = await visit();
    await rig.stopWorkers();
    await resetBooking(rig.server, view.id);
    await handleOf(view.id).terminate('pressed by mistake');
    await rig.startWorkers();
    await eventually(sweep, ({ begun }) => begun.includes(view.id));
    const asking = await shown(view.id, ({ attention }) => attention !== null);
    expect(asking.attention?.reason).toBe('booking_reset');
    await rig.bookings.resolve(view.id, { choice: 'leave', why: 'the desk cancels it' });
    await rig.server.client.workflow.getHandle(cleanupIdOf(view.id)).result();
  });

  test('one that a person had go on is cleaned up as any other', async () => {
    const one = await visit();
    const { id } = await resetAndAccepted(one);
    await cutOff(id);
    await shown(id, ({ attention }) => attention?.reason === 'booking_cut_off');
    await rig.bookings.resolve(id, { choice: 'end', why: 'no longer wanted' });
    const ended = await rig.server.client.workflow.getHandle(cleanupIdOf(id)).result();
    expect(ended).toMatchObject({ compensation: [{ outcome: 'undone' }] });
    await expectNothingLive(rig, { of: one.clientId });
  });
});
