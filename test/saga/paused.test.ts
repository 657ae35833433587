import { temporal } from '@temporalio/proto';
import { workflowIdOf } from '../../src/booking/names';
import { atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** Pausing is the real server's own work. */
const rig = useSaga({ on: 'server', resets: [], limits: { keepPollMs: 600_000 } });

const SCHEDULED = temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;

test('a booking whose activity or execution somebody paused in Temporal does not read as healthy', async () => {
  const { booking } = await rig.bookings.start(atHome());
  const view = await rig.until(booking.id, ({ status }) => status === 'confirmed');
  expect(view.stalled).toBeNull();
  const { workflowService } = rig.server.client;
  // Between two tries: one that is under way may end before it is paused.
  const { raw } = await eventually(
    () => rig.server.client.workflow.getHandle(workflowIdOf(view.id)).describe(),
    ({ raw: { pendingActivities: pending } }) => pending?.length === 1 && pending[0]?.state === SCHEDULED,
  );
  const activity = {
    namespace: rig.server.client.options.namespace,
    execution: { workflowId: workflowIdOf(view.id) },
    id: raw.pendingActivities?.[0]?.activityId,
  };
  await workflowService.pauseActivity(activity);
  expect(await rig.bookings.get(view.id)).toMatchObject({ status: 'confirmed', stalled: { why: 'paused' } });
  await workflowService.unpauseActivity(activity);
  expect((await rig.bookings.get(view.id)).stalled).toBeNull();
});
