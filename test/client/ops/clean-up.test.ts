import { cleanupIdOf, MEMO, WORKFLOW_TYPE, workflowIdOf } from '../../../src/booking/names';
import { initialView } from '../../../src/client/executions/initial-view';
import { cleanUpBooking } from '../../../src/client/ops/clean-up';
import { loadKeys } from '../../../src/temporal/keys';
import { startTestServer, testConfig, type TestServer } from '../../support/temporal';

/** Whether an ended booking is cleaned up after: executions with the memos of bookings, run by nobody. */

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer(testConfig());
}, 60_000);
afterAll(() => server.stop());

const UNANSWERED = { startsAt: '2026-12-07T15:00:00.000Z', outcome: 'unknown' };

/** Ends a booking that has told this of itself, and asks for its clean-up. */
async function cleanedUp(id: string, traces: object): Promise<boolean> {
  const request = { provider: 'junction-phlebotomy', account: 'default' };
  const view = { ...initialView(id, request, '2026-12-01T12:00:00.000Z'), attempts: [UNANSWERED] };
  const ended = await server.client.workflow.start(WORKFLOW_TYPE.booking, {
    workflowId: workflowIdOf(id),
    taskQueue: 'nobody',
    args: [request],
    memo: { [MEMO.view]: view, [MEMO.traces]: { opened: true, ownAppointmentIds: [], ...traces } },
  });
  await ended.terminate();
  const { idKey } = loadKeys(testConfig());
  const isBegun = await cleanUpBooking({ client: server.client, idKey }, id);
  if (isBegun) await server.client.workflow.getHandle(cleanupIdOf(id)).terminate();
  return isBegun;
}

test.each<[name: string, traces: object, isCleanedUp: boolean]>([
  ['one of its own', { tookOver: false, cancel: null }, true],
  ['one that was taken over, which nobody asked to cancel', { tookOver: true, cancel: null }, false],
  ['one that was taken over, which its caller cancelled', { tookOver: true, cancel: {} }, true],
])('the late effect of a call on %s', async (name, traces, isCleanedUp) => {
  expect(await cleanedUp(name.replaceAll(/\W/g, '-'), traces)).toBe(isCleanedUp);
});
