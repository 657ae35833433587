import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { CoreActivities } from '../../activities/contract';
import { Failure, type FailureCode } from '../../src/booking/failures';
import { workflowIdOf } from '../../src/booking/names';
import type { BookingView } from '../../src/booking/schema/view';
import { createBookingClient, type BookingClient } from '../../src/client/booking-client';
import { loadKeys } from '../../src/temporal/keys';
import { createWorkers, type Workers } from '../../src/temporal/worker';
import { testBundle } from './bundles';
import { startTestServer, type TestServer } from './temporal';

/** A real Temporal server with a worker that runs the stand-in workflows, and a client of it. */
export interface StandIn {
  server: TestServer;
  bookings: BookingClient;
  idKey: Buffer;
  /** A booking's newest execution, to be told what to do. */
  execution(bookingId: string): WorkflowHandle;
  /** Waits until the booking shows what fits: a worker takes a signal up when its turn comes. */
  shown(bookingId: string, fits?: (view: BookingView) => boolean): Promise<BookingView>;
  /** Ends it that way, and waits until it has ended. */
  end(bookingId: string, how?: 'complete' | 'fail' | 'fail_bare', type?: string): Promise<void>;
  /** Has it continue as new, and waits until the new run is there. */
  renew(bookingId: string): Promise<void>;
  /** While it runs no worker answers. */
  withoutWorker<T>(run: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

const core: CoreActivities = {
  openBooking: () => Promise.reject(new Error('not used by the stand-ins')),
  openReschedule: () => Promise.reject(new Error('not used by the stand-ins')),
  refuseReset: () => Promise.reject(new Error('not used by the stand-ins')),
  readMessage: () => Promise.reject(new Error('not used by the stand-ins')),
  isBookingOpen: () => Promise.reject(new Error('not used by the stand-ins')),
  othersClaims: () => Promise.reject(new Error('not used by the stand-ins')),
  isOrderUsedElsewhere: () => Promise.reject(new Error('not used by the stand-ins')),
};

export async function startStandIn(): Promise<StandIn> {
  const server = await startTestServer();
  const workflowBundle = await testBundle(require.resolve('./workflows'));
  const { idKey } = loadKeys(server.config);
  const startWorkers = async (): Promise<{ workers: Workers; ran: Promise<void> }> => {
    const { config, connection, target } = server;
    const options = { config, connection, namespace: target.namespace, activities: { core }, workflowBundle };
    const workers = await createWorkers(options);
    return { workers, ran: workers.run() };
  };
  let running = await startWorkers();
  const stopWorkers = (): Promise<void> => {
    running.workers.shutdown();
    return running.ran;
  };
  const execution = (bookingId: string): WorkflowHandle =>
    server.client.workflow.getHandle(workflowIdOf(bookingId));
  const bookings = createBookingClient({ client: server.client, idKey });
  return {
    server,
    idKey,
    bookings,
    execution,
    shown: (bookingId, fits = ({ revision }) => revision > 0) =>
      eventually(() => bookings.get(bookingId), fits),
    async end(bookingId, how = 'complete', type) {
      await execution(bookingId).signal('finish', { how, type });
      await execution(bookingId)
        .result()
        .catch(() => undefined);
    },
    async renew(bookingId) {
      await execution(bookingId).signal('finish', { how: 'renew' });
      await eventually(
        () => execution(bookingId).describe(),
        ({ raw }) => raw.workflowExecutionInfo?.firstRunId !== raw.workflowExecutionInfo?.execution?.runId,
      );
    },
    async withoutWorker(run) {
      await stopWorkers();
      try {
        return await run();
      } finally {
        running = await startWorkers();
      }
    },
    async stop() {
      await stopWorkers();
      await server.stop();
    },
  };
}

/** The failure that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const err = await call.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  if (err instanceof Failure) return err;
  throw err;
}

export async function codeOf(call: Promise<unknown>): Promise<FailureCode> {
  return (await failureOf(call)).code;
}

/** A calendar day so many days from today. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A valid request for a draw at home that places its order. */
export function placedRequest(over: object = {}): object {
  return {
    provider: 'junction-phlebotomy',
    reference: 'visit-1',
    patient: {
      userId: '94e2d9f2-d600-4a23-9f08-536df378e2c7',
      firstName: 'Ana',
      lastName: 'Reyes',
      dob: '1984-03-09',
      gender: 'female',
      phone: '+16025550123',
      email: 'ana@example.com',
      address: {
        firstLine: 'West Lincoln Street',
        city: 'Phoenix',
        state: 'AZ',
        zip: '85004',
        country: 'US',
      },
    },
    order: { labTestIds: ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf'] },
    windows: [{ from: dayFromNow(5), to: dayFromNow(10) }],
    ...over,
  };
}

/** A valid request that adopts an order of its own. */
export function adoptedRequest(orderId: string = randomUUID(), over: object = {}): object {
  return placedRequest({ order: { id: orderId, onFailure: 'keep' }, ...over });
}

/** Repeats a look until it shows what is wanted: visibility lags by up to some seconds. */
export async function eventually<T>(
  look: () => Promise<T>,
  isWanted: (seen: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (isWanted(seen)) return seen;
    if (Date.now() > giveUpAt) throw new Error(`did not come: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
