import { randomUUID } from 'node:crypto';
import { TASK_QUEUE } from '../../src/booking/names';
import type { Swept } from '../../src/booking/ops';
import { eventually } from './stand-in';
import type { TestServer } from './temporal';

/** Sweeps until the clean-up of that booking has begun: a search shows what ended with some delay. */
export async function sweepUp({ client }: TestServer, bookingId: string): Promise<void> {
  await eventually(
    () =>
      client.workflow.execute<() => Promise<Swept>>('sweep', {
        workflowId: `sweep:${randomUUID()}`,
        taskQueue: TASK_QUEUE.bookings,
      }),
    ({ begun }) => begun.includes(bookingId),
  );
}
