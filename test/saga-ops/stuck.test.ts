import { randomUUID } from 'node:crypto';
import { defineSearchAttributeKey } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { warningsOf } from '../../src/api/readiness';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../src/booking/names';
import type { StuckReport, Swept } from '../../src/booking/ops';
import { stuckText } from '../../src/cli/format/ops';
import { findStuckBookings } from '../../src/client/ops/stuck';
import { dataConverterOf } from '../../src/temporal/encryption';
import { loadKeys } from '../../src/temporal/keys';
import { testBundle } from '../support/bundles';
import { describing } from '../support/describing';
import { atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

describe('bookings that cannot report themselves', () => {
  const rig = useSaga({ on: 'server' });

  const confirmed = async (): Promise<string> => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    // Its poll has seen that all is well, and will be tried again.
    await eventually(
      () => rig.server.client.workflow.getHandle(workflowIdOf(booking.id)).describe(),
      ({ raw }) => (raw.pendingActivities ?? []).some(({ attempt }) => (attempt ?? 0) > 1),
    );
    return booking.id;
  };

  test('are told when nobody picks up their activity', async () => {
    const id = await confirmed();
    await rig.stopWorkers();
    const context = { client: rig.server.client, idKey: loadKeys(rig.config).idKey };
    const found = await eventually(
      () => findStuckBookings(context, { pickUpMs: 0, pollerFreshMs: 0 }),
      ({ stuck }) => stuck.some(({ bookingId }) => bookingId === id),
    );
    expect(found.stuck).toContainEqual({
      bookingId: id,
      cause: 'activity_waiting',
      detail: 'awaitAppointmentChange',
      since: expect.stringMatching(/Z$/),
    });
    expect(found.unattendedQueues).toEqual(['bookings', 'bookings-junction']);
    await rig.startWorkers();
    await rig.bookings.cancel(id, {});
  });

  test('one that Temporal does not describe is told as such, and costs no other', async () => {
    const id = await confirmed();
    const refused = randomUUID();
    await rig.server.client.workflow.start(WORKFLOW_TYPE.booking, {
      workflowId: workflowIdOf(refused),
      taskQueue: 'nobody',
      typedSearchAttributes: [
        { key: defineSearchAttributeKey('BookingProvider', 'KEYWORD'), value: 'junction-phlebotomy' },
      ],
    });
    await rig.stopWorkers();
    const client = describing(rig.server.client, (workflowId) => {
      if (workflowId === workflowIdOf(refused)) throw new RangeError('no such shard');
    });
    const context = { client, idKey: loadKeys(rig.config).idKey };
    const { stuck } = await eventually(
      () => findStuckBookings(context, { pickUpMs: 0, pollerFreshMs: 0 }),
      (found) => [id, refused].every((one) => found.stuck.some(({ bookingId }) => bookingId === one)),
    );
    expect(stuck).toContainEqual({
      bookingId: refused,
      cause: 'not_described',
      detail: 'RangeError',
      since: null,
    });
    expect(stuck).toContainEqual(expect.objectContaining({ bookingId: id, cause: 'activity_waiting' }));
    await rig.server.client.workflow.getHandle(workflowIdOf(refused)).terminate();
    await rig.startWorkers();
    await rig.bookings.cancel(id, {});
  });

  test('the sweep takes nobody for stuck because its machine’s clock is an hour ahead', async () => {
    const id = await confirmed();
    const now = Date.now.bind(Date);
    const ahead = jest.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
    const swept = await rig.server.client.workflow
      .execute<() => Promise<Swept & StuckReport>>(WORKFLOW_TYPE.sweep, {
        workflowId: `sweep:${randomUUID()}`,
        taskQueue: TASK_QUEUE.bookings,
      })
      .finally(() => ahead.mockRestore());
    expect(swept).toMatchObject({ stuck: [], unattendedQueues: [] });
    await rig.bookings.cancel(id, {});
  });

  test('are told when their workflow task keeps failing, and go on once the build is right again', async () => {
    const id = await confirmed();
    await rig.stopWorkers();
    const careless = await Worker.create({
      connection: rig.server.connection,
      namespace: rig.server.target.namespace,
      dataConverter: dataConverterOf(rig.config),
      taskQueue: TASK_QUEUE.bookings,
      workflowBundle: await testBundle(require.resolve('../replay/changed')),
    });
    await careless.runUntil(async () => {
      await rig.bookings.wake(id, 'appointment');
      await eventually(
        () => rig.bookings.stuckBookings(),
        ({ stuck }) => stuck.some(({ bookingId }) => bookingId === id),
        60_000,
      );
      // Nor does it read as healthy, and it can be read.
      expect(await rig.bookings.get(id)).toMatchObject({
        status: 'confirmed',
        stalled: { why: 'task_failing', since: expect.stringMatching(/Z$/) },
      });
      const found = await rig.bookings.stuckBookings();
      expect(found).toMatchObject({
        tellsFailingTasks: true,
        sweepFails: null,
        stuck: [{ bookingId: id, cause: 'task_failing', detail: expect.stringMatching(/WorkflowTask/) }],
      });
      expect(stuckText(found, (_colour, text) => text)).toContain('task_failing');
      const warnings = await warningsOf(() => Promise.resolve(found))();
      expect(warnings).toContain('1 bookings whose workflow task keeps failing');
    });
    await rig.startWorkers();
    // Temporal repeats the task with growing pauses; nobody has to tell it.
    await eventually(
      () => rig.bookings.stuckBookings(),
      ({ stuck }) => stuck.length === 0,
      60_000,
    );
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
  }, 180_000);
});
