import { clientOn } from '../../src/temporal/connection';
import { createBookingClient } from '../../src/client/booking-client';
import { TASK_QUEUE } from '../../src/booking/names';
import { dataConverterOf } from '../../src/temporal/encryption';
import { loadKeys } from '../../src/temporal/keys';
import { failureOf, placedRequest } from '../support/stand-in';
import { startTestServer, type TestServer } from '../support/temporal';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server.stop());

/** Completes the next workflow task as a worker does that has not looked at the update in it. */
async function completeTask(): Promise<void> {
  const { workflowService } = server.connection;
  const namespace = server.target.namespace;
  const taskQueue = { name: TASK_QUEUE.bookings };
  const { taskToken } = await workflowService.pollWorkflowTaskQueue({ namespace, taskQueue });
  await workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, commands: [] });
}

test('an update that the server drops, its worker having gone, is 503: send it again', async () => {
  const client = clientOn(server.connection, server.target, dataConverterOf(server.config));
  const bookings = createBookingClient({ client, idKey: loadKeys(server.config).idKey });
  const { booking } = await bookings.start(placedRequest());
  await completeTask();
  const cancelling = failureOf(bookings.cancel(booking.id, {}));
  await completeTask();
  expect(await cancelling).toMatchObject({ code: 'temporal_unavailable' });
});
