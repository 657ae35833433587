import { pino } from 'pino';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../src/booking/names';
import { encrypt } from '../../src/temporal/encryption';
import { installRuntime } from '../../src/temporal/runtime';
import { atHome } from '../support/saga';
import { useSaga } from '../support/use-saga';

/** What a plain client encrypts through the codec server may be of any encoding: nobody can convert it, and it stops nothing. */

beforeAll(() => installRuntime(pino({ level: 'silent' })));
const rig = useSaga({ resets: [] });
beforeAll(() => rig.sandbox.control('account', { oneAppointmentPerPatient: false }));

const FOREIGN: readonly (readonly [string, string, string])[] = [
  ['of an encoding that is not ours', 'json/protobuf', '{}'],
  ['of no encoding at all', 'made/up', 'x'],
  ['that says it is JSON and is none', 'json/plain', '{"by":'],
];

const encrypted = (encoding: string, data: string) => {
  const [key] = rig.config.encryptionKeys;
  if (!key) throw new Error('the rig has a key');
  return encrypt({ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }, key);
};

test.each(FOREIGN)('a signal %s is malformed, and the next one works', async (_what, encoding, data) => {
  const { booking } = await rig.bookings.start(atHome());
  await rig.until(booking.id, ({ status }) => status === 'confirmed');
  const { workflowService, options } = rig.server.client;
  for (const signalName of ['appointmentUpdated', 'cancel'])
    await workflowService.signalWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId: workflowIdOf(booking.id) },
      signalName,
      input: { payloads: [encrypted(encoding, data)] },
    });
  await rig.until(
    booking.id,
    ({ lastRequest }) => lastRequest?.kind === 'cancel' && lastRequest.code === 'malformed_message',
  );
  await rig.bookings.cancel(booking.id, {});
  await rig.until(booking.id, ({ status }) => status === 'cancelled');
});

test.each(FOREIGN)('a request %s fails its booking, and nothing is made', async (_what, encoding, data) => {
  const id = `foreign-${encoding.replace('/', '-')}`;
  const { workflowService, options } = rig.server.client;
  await workflowService.startWorkflowExecution({
    namespace: options.namespace,
    workflowId: workflowIdOf(id),
    workflowType: { name: WORKFLOW_TYPE.booking },
    taskQueue: { name: TASK_QUEUE.bookings },
    requestId: id,
    input: { payloads: [encrypted(encoding, data)] },
  });
  const view = await rig.until(id, ({ status }) => status === 'failed');
  expect(view.failure?.code).toBe('invalid_request');
});
