import { randomUUID } from 'node:crypto';
import { temporal } from '@temporalio/proto';
import type { CoreActivities } from '../../activities/contract';
import { afterSomeTries, asActivity } from '../../activities/failures';
import { workflowIdOf } from '../../src/booking/names';
import { localTryIn } from '../../src/client/executions/history';
import { cancel } from '../../workflows/messages';
import { expectNothingLive } from '../support/live';
import { atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** What reads the settings alone runs within the booking's workflow task, and is one event of its history. */

/** How often each booking's request was read, and how often that is to meet a bug. */
const reads = new Map<string, number>();
let bugs = 0;

const counting = (core: CoreActivities): CoreActivities => ({
  ...core,
  async openBooking(input) {
    const times = (reads.get(input.bookingId) ?? 0) + 1;
    reads.set(input.bookingId, times);
    if (times > bugs) return core.openBooking(input);
    return asActivity(() => Promise.reject(new TypeError('a bug')), afterSomeTries);
  },
});

const rig = useSaga({
  resets: ['sandbox'],
  wrap: ({ core, junction }) => ({ core: counting(core), junction }),
});

beforeEach(() => {
  bugs = 0;
});

const { EventType } = temporal.api.enums.v1;

const eventsOf = async (id: string) =>
  (await rig.server.client.workflow.getHandle(workflowIdOf(id)).fetchHistory()).events ?? [];
const triesIn = async (id: string) => (await eventsOf(id)).map(localTryIn).filter((tried) => tried !== null);
const confirmed = (id: string) => rig.until(id, ({ status }) => status === 'confirmed');
const started = async (): Promise<string> => (await rig.bookings.start(atHome())).booking.id;
const explained = async (id: string, name: string) =>
  (await rig.bookings.explain(id)).steps.filter((step) => step.name === name);

describe('reading a request', () => {
  test('is one event, in the task that begins the first call', async () => {
    const id = await started();
    await confirmed(id);
    const types = (await eventsOf(id)).slice(0, 5).map(({ eventType }) => eventType);
    expect(types).toEqual([
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
      EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
      EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
      EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
      EventType.EVENT_TYPE_MARKER_RECORDED,
    ]);
    expect(await triesIn(id)).toEqual([{ name: 'openBooking', attempt: 1, isPaused: false, code: null }]);
    expect(await explained(id, 'openBooking')).toMatchObject([
      { what: 'read the request and the account', attempts: 1, shows: 'request and account are in order' },
    ]);
  });

  test('is tried again after a pause where it met a bug, and told as one step', async () => {
    bugs = 2;
    const id = await started();
    await confirmed(id);
    const tries = (await triesIn(id)).map(({ attempt, isPaused, code }) => [attempt, isPaused, code]);
    expect(tries).toEqual([
      [1, true, 'TypeError'],
      [2, true, 'TypeError'],
      [3, false, null],
    ]);
    expect(await explained(id, 'openBooking')).toMatchObject([
      { attempts: 3, why: 'Tried again after TypeError.', shows: 'request and account are in order' },
    ]);
  });

  test('that meets a bug again and again is shown to a person, who has it tried anew', async () => {
    bugs = 5;
    const id = await started();
    const { attention } = await rig.until(id, (view) => view.attention !== null, 40_000);
    expect(attention).toMatchObject({ reason: 'activity_failed' });
    expect(attention?.tried.join()).toContain('openBooking');
    await rig.bookings.retry(id, {});
    await confirmed(id);
  }, 60_000);

  test('of a booking that was cancelled before its first task leaves nothing to undo', async () => {
    await rig.stopWorkers();
    const id = randomUUID();
    await rig.server.client.workflow.start('booking', {
      workflowId: workflowIdOf(id),
      taskQueue: 'bookings',
      args: [atHome()],
    });
    await rig.server.client.workflow.getHandle(workflowIdOf(id)).signal(cancel, {});
    await rig.startWorkers();
    const view = await rig.until(id, ({ status }) => status === 'cancelled');
    expect(view.compensation.map(({ outcome }) => outcome)).not.toContain('undone');
    await expectNothingLive(rig);
  });
});

test('reading a change is one event', async () => {
  const id = await started();
  const { appointment } = await confirmed(id);
  await rig.bookings.reschedule(id, { windows: [{ from: '+5d', to: '+9d' }] });
  await rig.until(
    id,
    ({ status, appointment: now }) => status === 'confirmed' && now?.startsAt !== appointment?.startsAt,
  );
  expect((await triesIn(id)).map(({ name }) => name)).toEqual(['openBooking', 'openReschedule']);
});
