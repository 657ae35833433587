import { Worker, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import { pino } from 'pino';
import { createClaimActivities, createCoreActivities, createProviderActivities } from '../../activities';
import type { CoreActivities } from '../../activities/contract';
import { DEPLOYMENT_NAME, TASK_QUEUE, workflowIdOf } from '../../src/booking/names';
import { queueOf } from '../../src/booking/vendors';
import { createBookingClaims } from '../../src/client/ops/claims';
import { createProviders, providerFor } from '../../src/providers';
import { dataConverterOf } from '../../src/temporal/encryption';
import { loadKeys } from '../../src/temporal/keys';
import { installRuntime } from '../../src/temporal/runtime';
import { createWorkers, workflowBundle, type Workers } from '../../src/temporal/worker';
import { testBundle } from '../support/bundles';
import { atHome } from '../support/saga';
import { eventually } from '../support/stand-in';
import { useSaga } from '../support/use-saga';

/** Two builds: old bookings finish on the build that they began on, or go over to the next one by `patched`. */

const log = pino({ level: 'silent' });
let builds: Record<'before' | 'next', WorkflowBundleOption>;
/** What runs at the moment, and the end of each. */
let running: { worker: Worker; ended: Promise<void> }[] = [];

beforeAll(() => installRuntime(log));
const rig = useSaga({ on: 'server', resets: [], replays: false });
beforeAll(async () => {
  await rig.sandbox.control('account', { oneAppointmentPerPatient: false });
  await rig.stopWorkers();
  builds = {
    before: await workflowBundle(),
    next: await testBundle(require.resolve('./next-build')),
  };
}, 120_000);
beforeEach(() => run({ taskQueue: queueOf('junction'), activities: providerActivities() }));
afterEach(async () => {
  for (const { worker } of running) worker.shutdown();
  await Promise.all(running.map(({ ended }) => ended));
  running = [];
});

function providerActivities() {
  const providers = createProviders(rig.config, log);
  return createProviderActivities({
    providerFor: (name) => providerFor(providers, name),
    timezoneOf: () => null,
  });
}

async function run(options: WorkerOptions): Promise<Worker> {
  const { server, config } = rig;
  const worker = await Worker.create({
    connection: server.connection,
    namespace: server.target.namespace,
    dataConverter: dataConverterOf(config),
    ...options,
  });
  running.push({ worker, ended: worker.run() });
  return worker;
}

function coreActivities(): CoreActivities {
  const { config, server } = rig;
  const { client } = server;
  const claims = createBookingClaims({ client, idKey: loadKeys(config).idKey });
  return { ...createCoreActivities({ config, client }), ...createClaimActivities(claims, config) };
}

/** Runs a build of the workflows, by a worker without a version. */
function runBuild(build: keyof typeof builds): Promise<Worker> {
  return run({
    taskQueue: TASK_QUEUE.bookings,
    activities: coreActivities(),
    workflowBundle: builds[build],
  });
}

async function stop(worker: Worker): Promise<void> {
  worker.shutdown();
  await running.find((one) => one.worker === worker)?.ended;
  running = running.filter((one) => one.worker !== worker);
}

async function confirmedBooking(): Promise<string> {
  const { booking } = await rig.bookings.start(atHome());
  await rig.until(booking.id, ({ status }) => status === 'confirmed');
  return booking.id;
}

async function cancel(id: string): Promise<void> {
  await rig.bookings.cancel(id, {});
  await rig.until(id, ({ status }) => status === 'cancelled');
}

async function eventsOf(id: string) {
  return (await rig.server.client.workflow.getHandle(workflowIdOf(id)).fetchHistory()).events ?? [];
}

/** Whether the booking took the step that the next build adds. */
async function tookTheStep(id: string): Promise<boolean> {
  const events = await eventsOf(id);
  return events.some(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'isBookingOpen',
  );
}

test('a booking that began on one build finishes on the next, whose added step only new bookings take', async () => {
  const before = await runBuild('before');
  const old = await confirmedBooking();
  await stop(before);
  await runBuild('next');
  await cancel(old);
  expect(await tookTheStep(old)).toBe(false);
  const young = await confirmedBooking();
  await cancel(young);
  expect(await tookTheStep(young)).toBe(true);
});

describe('with Worker Deployment Versioning', () => {
  let pinned: { build: keyof typeof builds; workers: Workers; ended: Promise<void> }[] = [];
  const stopPinned = async (build?: keyof typeof builds) => {
    const stopping = pinned.filter((one) => build === undefined || one.build === build);
    pinned = pinned.filter((one) => !stopping.includes(one));
    for (const { workers } of stopping) workers.shutdown();
    await Promise.all(stopping.map(({ ended }) => ended));
  };
  afterEach(() => stopPinned());

  /** The product's own workers with this `BOOKING_BUILD_ID`. */
  const runPinned = async (build: keyof typeof builds) => {
    const { server, config } = rig;
    const workers = await createWorkers({
      config: { ...config, buildId: build },
      connection: server.connection,
      namespace: server.target.namespace,
      activities: { core: coreActivities() },
      workflowBundle: builds[build],
    });
    pinned.push({ build, workers, ended: workers.run() });
  };

  /** Sends new bookings to a build, once the server knows that it is there. */
  const makeCurrent = (buildId: keyof typeof builds) =>
    eventually(
      () =>
        rig.server.connection.workflowService
          .setWorkerDeploymentCurrentVersion({
            namespace: rig.server.target.namespace,
            deploymentName: DEPLOYMENT_NAME,
            buildId,
            identity: 'tests',
          })
          .then(
            () => 'done',
            (err: unknown) => String(err),
          ),
      (told) => told === 'done',
    );

  /** The builds that carried out the booking's workflow tasks. */
  const buildsOf = async (id: string) => {
    const events = await eventsOf(id);
    const ids = events.flatMap(
      ({ workflowTaskCompletedEventAttributes: done }) => done?.deploymentVersion?.buildId ?? [],
    );
    return [...new Set(ids)];
  };

  test('old bookings stay on the build that they began on, new ones begin on the current one', async () => {
    await runPinned('before');
    await makeCurrent('before');
    const old = await confirmedBooking();
    await runPinned('next');
    await makeCurrent('next');
    const young = await confirmedBooking();
    await cancel(old);
    await cancel(young);
    expect(await buildsOf(old)).toEqual(['before']);
    expect(await buildsOf(young)).toEqual(['next']);
    expect([await tookTheStep(old), await tookTheStep(young)]).toEqual([false, true]);
  }, 60_000);

  test('an old booking that is let go over to the current build finishes there, by `patched`', async () => {
    await runPinned('before');
    await makeCurrent('before');
    const old = await confirmedBooking();
    await stopPinned('before');
    await runPinned('next');
    await makeCurrent('next');
    // What `temporal workflow update-options --versioning-override-behavior auto_upgrade` asks for.
    await rig.server.connection.workflowService.updateWorkflowExecutionOptions({
      namespace: rig.server.target.namespace,
      workflowExecution: { workflowId: workflowIdOf(old) },
      workflowExecutionOptions: { versioningOverride: { autoUpgrade: true } },
      updateMask: { paths: ['versioning_override'] },
    });
    await cancel(old);
    expect(await buildsOf(old)).toEqual(['before', 'next']);
    expect(await tookTheStep(old)).toBe(false);
  }, 60_000);
});
