import { pino } from 'pino';
import { workflowIdOf } from '../../src/booking/names';
import { installRuntime } from '../../src/temporal/runtime';
import { appointmentUpdated, cancel, reschedule, resolve, retry } from '../../workflows/messages';
import { adopting } from '../support/saga';
import { useSaga } from '../support/use-saga';

/**
 * A booking that is kept open through thousands of messages stays under Temporal's limits on a history, with the
 * limits that it is delivered with, and forgets nothing. MESSAGES says how many; `npm run test:soak` sends more.
 * 5,000 were seen to make three runs of 4,029 events at most.
 */

const MESSAGES = Number(process.env.MESSAGES ?? 5_000);
/** Sent at a time: providers' webhooks come in bursts. */
const BURST = 20;

/** Where Temporal begins to warn about a history; it ends an execution at five times as much. */
const WARNS_AT_EVENTS = 10_240;

beforeAll(() => installRuntime(pino({ level: 'silent' })));
const rig = useSaga({ on: 'server', resets: [], limits: { keepPollMs: 600_000 } });

/** What comes in a burst: mostly news, and now and then a message that is refused. */
const MIX = [
  ...Array.from({ length: BURST - 4 }, () => [appointmentUpdated, {}] as const),
  [retry, {}],
  [resolve, { choice: 'end', why: 'there is nothing to decide' }],
  [reschedule, { windows: 'nonsense' }],
  [cancel, { order: 'nonsense' }],
] as const;

test(`${MESSAGES} messages`, async () => {
  const orderId = await rig.sandbox.placeOrder();
  const { booking } = await rig.bookings.start(adopting(orderId, 'keep'));
  const first = await rig.until(booking.id, ({ status }) => status === 'confirmed');
  const handle = rig.server.client.workflow.getHandle(workflowIdOf(booking.id));

  for (let sent = 0; sent < MESSAGES; sent += BURST) {
    await Promise.all(MIX.map(([message, body]) => handle.signal<[unknown]>(message.name, body)));
    // A query is answered when the burst has been handled: the bursts do not melt into one. Watching outlasts a busy server.
    await rig.until(booking.id, () => true, 60_000);
  }
  await handle.signal(cancel, { by: 'the last', order: 'nonsense', id: 'm-last' });
  const seen = await rig.until(booking.id, ({ lastRequest }) => lastRequest?.id === 'm-last');
  expect(seen).toMatchObject({
    status: 'confirmed',
    createdAt: first.createdAt,
    appointment: first.appointment,
    attempts: first.attempts,
    lastRequest: { outcome: 'refused', code: 'malformed_message' },
  });

  await rig.bookings.reschedule(booking.id, { windows: [{ from: '+5d', to: '+9d' }] });
  await rig.until(
    booking.id,
    ({ status, appointment }) =>
      status === 'confirmed' && appointment?.startsAt !== first.appointment?.startsAt,
  );
  await rig.bookings.cancel(booking.id, {});
  await rig.until(booking.id, ({ status }) => status === 'cancelled');
  expect(await rig.sandbox.live(orderId)).toEqual({ order: true, appointments: 0 });

  const lengths = await historyLengths(workflowIdOf(booking.id));
  expect(Math.max(...lengths)).toBeLessThan(WARNS_AT_EVENTS);
  expect(lengths.length).toBeGreaterThan(1);
}, 300_000);

/** Events of each run, the first run first. */
async function historyLengths(workflowId: string): Promise<number[]> {
  const lengths: number[] = [];
  const { client } = rig.server;
  for (
    let runId: string | undefined = (await client.workflow.getHandle(workflowId).describe()).runId;
    runId;
  ) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    lengths.unshift(events?.length ?? 0);
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;
  }
  return lengths;
}
