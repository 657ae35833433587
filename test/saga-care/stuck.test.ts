import { Worker } from '@temporalio/worker';
import { warningsOf } from '../../src/api/readiness';
import { TASK_QUEUE, workflowIdOf } from '../../src/booking/names';
import { problemsText } from '../../src/cli/format/care';
import { findProblems } from '../../src/client/problems';
import { dataConverterOf } from '../../src/temporal/encryption';
import { loadKeys } from '../../src/temporal/keys';
import { bundleWorkflows } from '../../src/temporal/worker';
import { atHome, startSaga, type SagaRig } from '../support/saga';
import { eventually } from '../support/stand-in';

describe('bookings that cannot report themselves', () => {
  let rig: SagaRig;
  beforeAll(async () => {
    rig = await startSaga();
  }, 120_000);
  afterAll(() => rig.stop(), 180_000);
  beforeEach(async () => {
    await rig.sandbox.control('reset', {});
  });

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
    const door = { client: rig.server.client, idKey: loadKeys(rig.config).idKey };
    const found = await eventually(
      () => findProblems(door, { pickUpMs: 0, pollerFreshMs: 0 }),
      ({ problems }) => problems.some(({ bookingId }) => bookingId === id),
    );
    expect(found.problems).toContainEqual({
      bookingId: id,
      problem: 'activity_waiting',
      detail: 'awaitAppointmentChange',
      since: expect.stringMatching(/Z$/),
    });
    expect(found.unattendedQueues).toEqual(['bookings', 'bookings-junction']);
    await rig.startWorkers();
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
      workflowBundle: await bundleWorkflows(require.resolve('../replay/changed')),
    });
    await careless.runUntil(async () => {
      await rig.bookings.wake(id, 'appointment');
      await eventually(
        () => rig.bookings.problems(),
        ({ problems }) => problems.some(({ bookingId }) => bookingId === id),
        60_000,
      );
      // Nor does it read as healthy, and it can be read.
      expect(await rig.bookings.get(id)).toMatchObject({
        status: 'confirmed',
        stalled: { why: 'task_failing', since: expect.stringMatching(/Z$/) },
      });
      const found = await rig.bookings.problems();
      expect(found).toMatchObject({
        tellsFailingTasks: true,
        problems: [{ bookingId: id, problem: 'task_failing', detail: expect.stringMatching(/WorkflowTask/) }],
      });
      expect(problemsText(found, (_colour, text) => text)).toContain('task_failing');
      const warnings = await warningsOf(() => Promise.resolve(found))();
      expect(warnings).toContain('1 bookings whose workflow task keeps failing');
    });
    await rig.startWorkers();
    // Temporal repeats the task with growing pauses; nobody has to tell it.
    await eventually(
      () => rig.bookings.problems(),
      ({ problems }) => problems.length === 0,
      60_000,
    );
    await rig.bookings.cancel(id, {});
    await rig.until(id, ({ status }) => status === 'cancelled');
  }, 180_000);
});
