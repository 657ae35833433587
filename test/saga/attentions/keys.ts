import { randomBytes, randomUUID } from 'node:crypto';
import { TASK_QUEUE, WORKFLOW_TYPE, workflowIdOf } from '../../../src/booking/names';
import { clientOn } from '../../../src/temporal/connection';
import { dataConverterOf } from '../../../src/temporal/encryption';
import { adopting } from '../../support/saga';
import { eventually } from '../../support/stand-in';
import { BOTH_LIVE, NOTHING_LIVE, startConfirmed, type Case } from './case';

/** What nobody can read, because its key is not there. */
export const KEYS: readonly Case[] = [
  {
    reason: 'cut_off_unreadable',
    when: 'because its key is gone',
    async reach({ rig, account, sandbox }) {
      const orderId = await sandbox.placeOrder();
      const lost = { id: `gone-${account}`, key: randomBytes(32) };
      const { connection, target } = rig.server;
      const caller = clientOn(connection, target, dataConverterOf({ ...rig.config, encryptionKeys: [lost] }));
      const handle = await caller.workflow.start(WORKFLOW_TYPE.booking, {
        workflowId: workflowIdOf(orderId),
        taskQueue: TASK_QUEUE.bookings,
        args: [adopting(orderId, 'cancel', { account })],
      });
      await handle.terminate('by mistake');
      // Whoever's sweep finds it: other lanes sweep the same server.
      await eventually(
        async () => {
          await rig.server.client.workflow.execute(WORKFLOW_TYPE.sweep, {
            workflowId: `sweep:${randomUUID()}`,
            taskQueue: TASK_QUEUE.bookings,
          });
          return rig.bookings.get(orderId);
        },
        ({ attention }) => attention !== null,
      );
      const mend = async () => {
        await rig.stopWorkers();
        await rig.startWorkers({ ...rig.config, encryptionKeys: [...rig.config.encryptionKeys, lost] });
      };
      return { id: orderId, orderId, mend };
    },
    choices: { retry: { first: 'mend', status: 'failed' }, leave: { status: 'failed' } },
  },
  {
    reason: 'message_unreadable',
    when: 'because its caller has another key',
    async reach(stage) {
      const { rig, account } = stage;
      const kept = await startConfirmed(stage, 'cancel');
      const lost = { id: `lost-${account}`, key: randomBytes(32) };
      const { connection, target } = rig.server;
      const caller = clientOn(connection, target, dataConverterOf({ ...rig.config, encryptionKeys: [lost] }));
      await caller.workflow.getHandle(workflowIdOf(kept.id)).signal('cancel', {});
      const mend = async () => {
        await rig.stopWorkers();
        await rig.startWorkers({ ...rig.config, encryptionKeys: [...rig.config.encryptionKeys, lost] });
      };
      return { ...kept, mend };
    },
    choices: {
      retry: { first: 'mend', status: 'cancelled', live: NOTHING_LIVE },
      drop: { status: 'confirmed', live: BOTH_LIVE },
    },
  },
];
