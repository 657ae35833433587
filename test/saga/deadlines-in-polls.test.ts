import { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../src/booking/names';
import { atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** The poll of a kept booking keeps the deadline of its wait. The server does its part of that, so these play on a real one. */

const WORD_MS = 4_000;
const SCHEDULED = temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;

const rig = useSaga({
  on: 'server',
  resets: ['sandbox'],
  limits: { keepPollMs: 600_000, finalWordMs: WORD_MS },
});

/** A kept booking whose visit is over now; returns when its final word is due. */
const visited = async () => {
  const { booking } = await rig.bookings.start(atHome());
  const { appointment } = await rig.until(booking.id, ({ status }) => status === 'confirmed');
  const times = { start_at: inMs(-1_000), end_at: inMs(0) };
  // Reserved: the sandbox has the visits of confirmed ones take place by itself.
  await rig.sandbox.control(`appointments/${appointment?.id}`, { status: 'reserved', ...times });
  await rig.bookings.wake(booking.id, 'appointment');
  const dueMs = Date.parse(times.end_at) + WORD_MS;
  await rig.until(booking.id, ({ waitingFor }) => Date.parse(waitingFor?.until ?? '') === dueMs);
  return { id: booking.id, dueMs };
};

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const handleOf = (id: string) => rig.server.client.workflow.getHandle(workflowIdOf(id));
const asked = (id: string) => rig.until(id, ({ attention }) => attention?.reason === 'no_final_word');
/** The poll of this wait between two tries. */
const pollOf = async (id: string) => {
  const { raw } = await eventually(
    () => handleOf(id).describe(),
    ({ raw: { pendingActivities: pending } }) => pending?.length === 1 && pending[0]?.state === SCHEDULED,
  );
  return raw.pendingActivities?.[0];
};

test('its last try is at the deadline, and is told as the poll’s finding', async () => {
  const { id, dueMs } = await visited();
  const { attention } = await asked(id);
  const askedMs = Date.parse(attention?.since ?? '');
  expect(askedMs - dueMs).toBeGreaterThanOrEqual(0);
  expect(askedMs - dueMs).toBeLessThan(5_000);
  const { events } = await handleOf(id).fetchHistory();
  const ended = (events ?? []).filter(
    ({ activityTaskFailedEventAttributes: failed, activityTaskTimedOutEventAttributes: late }) =>
      failed ?? late,
  );
  expect(ended).toEqual([]);
});

test('a time without workers over the deadline only delays it', async () => {
  const { id, dueMs } = await visited();
  await rig.stopWorkers();
  await eventually(
    () => Promise.resolve(Date.now()),
    (nowMs) => nowMs > dueMs + 500,
  );
  await rig.startWorkers();
  await asked(id);
});

test('it waits while somebody has paused the poll, which the booking shows, and is due at once after that', async () => {
  const { id, dueMs } = await visited();
  const poll = await pollOf(id);
  const { workflowService, options } = rig.server.client;
  const paused = {
    namespace: options.namespace,
    execution: { workflowId: workflowIdOf(id) },
    id: poll?.activityId,
  };
  await workflowService.pauseActivity(paused);
  await eventually(
    () => Promise.resolve(Date.now()),
    (nowMs) => nowMs > dueMs + 1_000,
  );
  expect(await rig.bookings.get(id)).toMatchObject({ attention: null, stalled: { why: 'paused' } });
  await workflowService.unpauseActivity(paused);
  await asked(id);
});
