import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { pino } from 'pino';
import { createProviderActivities } from '../../activities';
import type { ProviderActivities } from '../../activities/contract';
import { cleanupIdOf, workflowIdOf } from '../../src/booking/names';
import type { Config } from '../../src/config';
import { createProviders, providerFor } from '../../src/providers';
import { installRuntime } from '../../src/temporal/runtime';
import { SCENARIOS, type Scenario } from '../replay/scenarios';
import type { JunctionCall } from '../support/calls';
import { atHome } from '../support/saga';
import { NOTES, PATIENT, readableOf } from './patient';
import { useSaga } from '../support/use-saga';

/** Promise 5: nothing that identifies a patient is readable in Temporal, logs, ids or search attributes. */

const logged: string[] = [];
const log = pino({ level: 'trace' }, { write: (line) => void logged.push(line) });

let config: Config | null = null;

beforeAll(() => installRuntime(log));
const rig = useSaga({
  on: 'server', // what its workers log, and what its histories hold
  resets: [],
  wrap: (activities) => (config ? { ...activities, junction: loggingJunction(config) } : activities),
});
beforeAll(async () => {
  // Where the sandbox listens is known only now; from here on the adapters log where the test can read it.
  ({ config } = rig);
  await rig.stopWorkers();
  await rig.startWorkers();
}, 120_000);

function loggingJunction(settings: Config): ProviderActivities {
  const providers = createProviders(settings, log);
  return createProviderActivities({
    providerFor: (name) => providerFor(providers, name),
    timezoneOf: () => null,
  });
}

/** What the provider says when it quotes the patient: the worst that an answer can bring into our failures. */
const QUOTING = `${PATIENT.firstName} ${PATIENT.lastName}, ${PATIENT.dob}, ${PATIENT.phone}, ${PATIENT.email}, ${PATIENT.address.firstLine}: ${NOTES}`;

const quotingAnswer = (name: string, call: JunctionCall, status: number): Scenario => ({
  name,
  async play({ sandbox, bookings, until }) {
    const answer = { status, body: { detail: QUOTING } };
    await sandbox.fail(call, { times: 100, answer });
    const { booking } = await bookings.start(
      atHome({ patient: PATIENT, notes: NOTES, limits: { maxSlotAttempts: 1 } }),
    );
    const seen = await until(
      booking.id,
      ({ attention, status: now }) => attention !== null || now === 'failed',
    );
    if (seen.attention) await bookings.resolve(booking.id, { choice: 'end', why: QUOTING });
    await until(booking.id, ({ status: now }) => now === 'failed');
    return workflowIdOf(booking.id);
  },
});

const BOOKINGS: readonly Scenario[] = [
  ...SCENARIOS,
  quotingAnswer('refused with the patient quoted', 'place_order', 422),
  quotingAnswer('an answer nobody knows, with the patient quoted', 'book', 418),
  quotingAnswer('an unclear answer with the patient quoted', 'book', 500),
];

/** All that Temporal keeps of an execution: its history, and what visibility shows of it. */
async function keptOf(workflowId: string): Promise<string> {
  const handle = rig.server.client.workflow.getHandle(workflowId);
  await handle.result().catch(() => undefined); // a failed booking is looked at as well
  const { raw } = await handle.describe();
  return [workflowId, historyToJSON(await handle.fetchHistory()), JSON.stringify(raw, bytesAsBase64)].join(
    '\n',
  );
}

function bytesAsBase64(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

test('what looks for the patient finds her, in plain text and in base64', () => {
  const said = `${QUOTING} ${PATIENT.userId} ${PATIENT.address.accessNotes}`;
  const found = readableOf(said);
  expect(found).toHaveLength(9);
  expect(readableOf(JSON.stringify({ data: Buffer.from(said).toString('base64') }))).toEqual(found);
});

test.each(BOOKINGS)('$name: nothing of the patient can be read in Temporal', async ({ play }) => {
  await rig.sandbox.control('reset', {});
  const kept = await keptOf(await play(rig));
  expect(kept).toContain('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
  expect(readableOf(kept)).toEqual([]);
});

test('lists show nothing of the patient either', async () => {
  const listed: string[] = [];
  for await (const { raw } of rig.server.client.workflow.list())
    listed.push(JSON.stringify(raw, bytesAsBase64));
  expect(listed.length).toBeGreaterThanOrEqual(BOOKINGS.length - 1);
  expect(listed.join('\n')).toContain(cleanupIdOf('').slice(0, -1));
  expect(readableOf(listed.join('\n'))).toEqual([]);
});

test('the logs of all that name the bookings and nothing of the patient', () => {
  const text = logged.join('\n');
  expect(text).toContain('"workflowId":"booking:');
  expect(readableOf(text)).toEqual([]);
});
