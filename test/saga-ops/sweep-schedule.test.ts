import { randomUUID } from 'node:crypto';
import { SWEEP_SCHEDULE_ID, TASK_QUEUE } from '../../src/booking/names';
import type { Swept } from '../../src/booking/ops';
import { ensureSweepSchedule } from '../../src/temporal/schedules';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** The schedule is Temporal's own work: only the real server tells whether it runs. */
const rig = useSaga({ on: 'server', resets: [] });

const sweep = (): Promise<Swept> =>
  rig.server.client.workflow.execute('sweep', {
    workflowId: `sweep:${randomUUID()}`,
    taskQueue: TASK_QUEUE.bookings,
  });

test('the sweep runs by schedule, once however often it is set up, and goes on where the last one ended', async () => {
  const { client } = rig.server;
  await Promise.all([ensureSweepSchedule(client, 10), ensureSweepSchedule(client, 10)]);
  await ensureSweepSchedule(client, 5);
  const schedule = client.schedule.getHandle(SWEEP_SCHEDULE_ID);
  expect((await schedule.describe()).spec.intervals).toMatchObject([{ every: 300_000 }]);
  await schedule.trigger();
  const { info } = await eventually(
    () => schedule.describe(),
    ({ info: { numActionsTaken } }) => numActionsTaken === 1,
  );
  const action = info.recentActions[0]?.action.workflow;
  const byItself = await client.workflow.getHandle<() => Promise<Swept>>(action?.workflowId ?? '').result();
  const next = await eventually(sweep, ({ since }) => since > byItself.since);
  expect(Date.parse(byItself.until) - Date.parse(next.since)).toBeGreaterThanOrEqual(600_000);
  await ensureSweepSchedule(client, 0);
  await expect(schedule.describe()).rejects.toThrow();
});
