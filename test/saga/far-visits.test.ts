import { setTimeout as pause } from 'node:timers/promises';
import type { BookingView } from '../../src/booking/schema/view';
import { atHome } from '../support/saga';
import type { SagaRig } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** How often a kept appointment is read: seldom while its visit is far off and its provider tells news. In virtual time. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIMITS = { keepPollMs: HOUR_MS, keepPollFarMs: DAY_MS };
const SECRET = 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx';
const FAR = { windows: [{ from: '+8d', to: '+11d' }] };
const DAYS = 6;

const isKept = ({ waitingFor }: BookingView) => waitingFor?.what === 'the final word on the visit';

/** How often the appointment is read in the last day of so many before its visit. */
async function readsOfTheDay(rig: SagaRig, startsAt: string, daysBefore: number): Promise<number> {
  await pause(Math.max(0, Date.parse(startsAt) - daysBefore * DAY_MS - Date.now()));
  const reads = await rig.sandbox.callsOf('appointment');
  return reads.filter(({ at }) => Date.parse(at) > Date.now() - DAY_MS).length;
}

/** The appointment of an order as the provider's API shows it. */
async function appointmentOf(rig: SagaRig, orderId: string): Promise<unknown> {
  const url = `${rig.sandbox.url}/v3/order/${orderId}/phlebotomy/appointment`;
  return (await fetch(url, { headers: { 'x-vital-api-key': 'sk_us_test' } })).json();
}

async function kept(rig: SagaRig) {
  const { booking } = await rig.bookings.start(atHome(FAR));
  const { order, appointment, waitingFor } = await rig.until(booking.id, isKept);
  if (!order || !appointment?.startsAt) throw new Error('there is no appointment');
  const { id: appointmentId, startsAt } = appointment;
  return { id: booking.id, orderId: order.id, appointmentId, startsAt, until: waitingFor?.until ?? '' };
}

describe('a kept appointment whose provider tells news that we hear', () => {
  const env = { JUNCTION_WEBHOOK_SECRET: SECRET };
  const rig = useSaga({ on: 'simulator', resets: ['sandbox'], limits: LIMITS, env });

  test('is read once a day until two days before its visit, and once an hour from then on', async () => {
    const { startsAt } = await kept(rig);
    for (let days = DAYS; days > 2; days -= 1)
      expect(await readsOfTheDay(rig, startsAt, days)).toBeLessThanOrEqual(2);
    expect(await readsOfTheDay(rig, startsAt, 0.5)).toBeGreaterThanOrEqual(23);
  });

  test('shows until when the final word may take all the while', async () => {
    const { startsAt, until } = await kept(rig);
    expect(Date.parse(until)).toBeGreaterThan(Date.parse(startsAt));
  });

  test('is read again at once after a move when the look that came with it was a copy from before', async () => {
    const { id, startsAt } = await kept(rig);
    const { order } = await rig.until(id, isKept);
    const before = await appointmentOf(rig, order?.id ?? '');
    await rig.sandbox.fail('reschedule', { when: 'after', delayMs: 400 });
    await rig.bookings.reschedule(id, { windows: [{ from: '+12d', to: '+14d' }] });
    await rig.sandbox.called('reschedule');
    await rig.sandbox.fail('appointment', {
      when: 'before',
      answer: { status: 200, body: before },
      times: 1,
    });
    await rig.until(id, ({ lastRequest, status }) => lastRequest !== null && status === 'confirmed');
    await rig.until(id, ({ appointment }) => appointment?.startsAt !== startsAt);
  });

  test('is read again within the hour, and not the next day, where a poll failed', async () => {
    const { orderId } = await kept(rig);
    await rig.sandbox.fail('appointment', { of: orderId, answer: 503, times: 3 });
    const sinceMs = Date.now();
    await pause(1.4 * DAY_MS);
    const reads = await rig.sandbox.callsOf('appointment');
    const own = reads.filter(({ at, path }) => path.includes(orderId) && Date.parse(at) > sinceMs);
    expect(own.map(({ status }) => status)).toEqual([503, 503, 503, 200]);
  });

  test('is read at once when there is news', async () => {
    const { id, appointmentId } = await kept(rig);
    await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'cancelled' });
    await rig.bookings.wake(id, 'appointment');
    await rig.until(id, ({ attempts }) => attempts.length > 1);
  });
});

describe('one whose visit the clock ends', () => {
  const rig = useSaga({
    on: 'simulator',
    resets: ['sandbox'],
    limits: LIMITS,
    env: { JUNCTION_WEBHOOK_SECRET: SECRET },
    providersApart: true,
    wrap: ({ core, junction }) => ({
      junction,
      core: {
        ...core,
        openBooking: async (input) => {
          const opened = await core.openBooking(input);
          return { ...opened, capabilities: { ...opened.capabilities, visitEnds: 'clock' } };
        },
      },
    }),
  });

  test('is not over by a look from two days before it, heard only after it', async () => {
    const { id, appointmentId, startsAt } = await kept(rig);
    const until = (ms: number) => pause(Date.parse(startsAt) + ms - Date.now());
    await until(-2.5 * DAY_MS);
    await rig.stopWorkers();
    await until(-DAY_MS);
    await rig.sandbox.control(`appointments/${appointmentId}`, { status: 'cancelled' });
    await until(DAY_MS);
    await rig.startWorkers();
    const isOver = ({ status, attempts, attention }: BookingView) =>
      status === 'completed' || attempts.length > 1 || attention !== null;
    expect((await rig.until(id, isOver)).status).not.toBe('completed');
  });
});

describe('one whose provider’s news nobody here can verify', () => {
  const rig = useSaga({ on: 'simulator', resets: ['sandbox'], limits: LIMITS });

  test('is read once an hour from the beginning', async () => {
    const { startsAt } = await kept(rig);
    expect(await readsOfTheDay(rig, startsAt, DAYS)).toBeGreaterThanOrEqual(23);
  });
});
