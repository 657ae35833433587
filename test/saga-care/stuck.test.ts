import { workflowIdOf } from '../../src/booking/names';
import { findProblems } from '../../src/client/problems';
import { loadKeys } from '../../src/temporal/keys';
import { atHome, startSaga, type SagaRig } from '../support/saga';
import { eventually } from '../support/stand-in';

describe('bookings that cannot report themselves', () => {
  let rig: SagaRig;
  beforeAll(async () => {
    rig = await startSaga();
  }, 120_000);
  afterAll(() => rig.stop());
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
    expect(found.unattendedQueues).toEqual(['bookings-junction']);
    await rig.startWorkers();
    await rig.bookings.cancel(id, {});
  });
});
