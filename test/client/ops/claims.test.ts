import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { encodeToPayload } from '@temporalio/common/lib/internal-non-workflow';
import { temporal } from '@temporalio/proto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createClaimActivities, createCoreActivities } from '../../../activities';
import type { CoreActivities } from '../../../activities/contract';
import { adoptedBookingId } from '../../../src/booking/ids';
import { cleanupIdOf, MEMO, WORKFLOW_TYPE, workflowIdOf } from '../../../src/booking/names';
import { createBookingClaims } from '../../../src/client/ops/claims';
import type { Config } from '../../../src/config';
import { clientOn } from '../../../src/temporal/connection';
import { dataConverterOf } from '../../../src/temporal/encryption';
import { loadKeys } from '../../../src/temporal/keys';
import { eventually } from '../../support/stand-in';
import { startTestServer, testConfig, type TestServer } from '../../support/temporal';

/** What bookings tell each other through Temporal: executions with the memos and attributes of bookings, run by nobody. */

const PRACTICE = {
  OLIVER_BASE_URL: 'http://127.0.0.1:2',
  OLIVER_USERNAME: 'u',
  OLIVER_PASSWORD: 'p',
  OLIVER_PRACTICES: 'practice-1=1@America/Chicago',
};

let server: TestServer;
let config: Config;
let idKey: Buffer;
/** Each test has a start of its own, so that none sees another's bookings. */
let start: string;
let tests = 0;

beforeAll(async () => {
  config = testConfig(PRACTICE);
  server = await startTestServer(config);
  ({ idKey } = loadKeys(config));
}, 60_000);
afterAll(() => server.stop());
beforeEach(() => {
  start = new Date(Date.UTC(2026, 11, 7, ++tests)).toISOString();
});

/** A booking of this test's own. */
const named = (name: string): string => `${name}-${tests}`;

interface Told {
  traces?: object;
  attempts?: object[];
  startsAt?: string;
  account?: string;
  orderId?: string;
  order?: { id: string } | null;
  type?: 'booking' | 'cleanup';
  taskQueue?: string;
  status?: string;
}

/** Begins a booking that has told this of itself; it stays open until somebody ends it. */
async function begin(id: string, told: Told = {}, client = server.client) {
  const { traces = {}, attempts = [], order = null, startsAt = start } = told;
  const { account = 'practice-1', type = 'booking' } = told;
  const attributes = {
    BookingProvider: 'oliver',
    BookingAccount: account,
    BookingStartsAt: new Date(startsAt),
    ...(told.orderId && { BookingOrderId: told.orderId }),
    ...(told.status && { BookingStatus: told.status }),
  };
  return client.workflow.start(WORKFLOW_TYPE[type], {
    workflowId: type === 'booking' ? workflowIdOf(id) : cleanupIdOf(id),
    taskQueue: told.taskQueue ?? 'nobody',
    args: [],
    memo: { [MEMO.traces]: traces, [MEMO.view]: { attempts, order } },
    typedSearchAttributes: Object.entries(attributes).map(([name, value]) =>
      value instanceof Date
        ? { key: defineSearchAttributeKey(name, 'DATETIME'), value }
        : { key: defineSearchAttributeKey(name, 'KEYWORD'), value },
    ),
  });
}

/** A booking tells of itself anew, in its first workflow task. */
async function tellMore(queue: string, traces: object, view: object): Promise<void> {
  const { workflowService, options } = server.client;
  const { namespace } = options;
  const task = await workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: queue } });
  const payload = (value: object) => encodeToPayload(options.loadedDataConverter, value);
  const fields = { [MEMO.traces]: await payload(traces), [MEMO.view]: await payload(view) };
  const { COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES: commandType } = temporal.api.enums.v1.CommandType;
  await workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken: task.taskToken,
    commands: [{ commandType, modifyWorkflowPropertiesCommandAttributes: { upsertedMemo: { fields } } }],
  });
}

/** The client, which has something happen once this booking was described for the first time. */
function afterFirstDescription(bookingId: string, happen: () => Promise<void>): Client {
  const { client } = server;
  let isFirst = true;
  type Asked = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionRequest;
  const describeWorkflowExecution = async (request: Asked) => {
    const described = await client.workflowService.describeWorkflowExecution(request);
    if (!isFirst || request.execution?.workflowId !== workflowIdOf(bookingId)) return described;
    isFirst = false;
    await happen();
    return described;
  };
  // A function of the service may be called on what inherits from it.
  const service: unknown = Object.create(client.workflowService, {
    describeWorkflowExecution: { value: describeWorkflowExecution },
  });
  return Object.create(client, { workflowService: { value: service } }) as Client; // the same but for that
}

function activities(
  client = server.client,
): Pick<CoreActivities, 'isBookingOpen' | 'othersClaims' | 'isOrderUsedElsewhere'> {
  const claims = createBookingClaims({ client, idKey }, { lagMs: 0 });
  return { ...createCoreActivities({ config, client }), ...createClaimActivities(claims, config) };
}

/** Runs an activity that this workflow asks for. */
function asked<T>(workflowId: string, run: () => Promise<T>): Promise<T> {
  const info = {
    workflowExecution: { workflowId, runId: 'r' },
    currentAttemptScheduledTimestampMs: Date.now(),
  };
  return new MockActivityEnvironment(info).run(run);
}

function othersClaims(name: string, ids: string[], client?: Client, more: { isUnlisted?: boolean } = {}) {
  const bookingId = named(name);
  const where = { provider: 'oliver', account: 'practice-1', bookingId, startsAt: start } as const;
  const question = { ...where, ids, ...more };
  return asked(workflowIdOf(bookingId), () => activities(client).othersClaims(question));
}

const NOTHING = { theirs: [], inferred: [], mayBeAnothers: false };

const MINUTE_MS = 60_000;
const at = (offsetMs: number): string => new Date(Date.parse(start) + offsetMs).toISOString();

/** Visibility follows a moment later: waits until so many are listed there. */
async function listed(count: number): Promise<void> {
  const query = `BookingStartsAt BETWEEN '${at(-MINUTE_MS)}' AND '${at(MINUTE_MS)}'`;
  await eventually(
    () => server.client.workflow.count(query),
    (seen) => seen.count === count,
  );
}

describe('what others claim at a start', () => {
  const open = (name: string, told?: Told, client?: Client) => begin(named(name), told, client);

  test('is told by what they know, open or closed, and not by what the asking booking knows itself', async () => {
    await open('a', { traces: { ownAppointmentIds: ['1'] } });
    await open('b', { traces: { ownAppointmentIds: ['2', '3'], inferredIds: ['3'] } });
    await (await open('c', { traces: { ownAppointmentIds: ['4'] } })).terminate();
    await listed(3);
    expect(await othersClaims('a', ['1', '2', '3', '4', '5'])).toEqual({
      ...NOTHING,
      theirs: ['2', '4'],
      inferred: ['3'],
    });
  });

  test('is told to one that publishes no start, and so is in no list, as well', async () => {
    await open('b', { traces: { ownAppointmentIds: ['1'] } });
    await listed(1);
    const claims = await othersClaims('a', ['1', '2'], undefined, { isUnlisted: true });
    expect(claims).toEqual({ ...NOTHING, theirs: ['1'] });
  });

  test('reaches a minute either way, within the account', async () => {
    await open('a');
    await open('b', { startsAt: at(50_000), traces: { ownAppointmentIds: ['1'] } });
    await open('c', { startsAt: at(-50_000), traces: { ownAppointmentIds: ['2'] } });
    await open('d', { startsAt: at(70_000), traces: { ownAppointmentIds: ['3'] } });
    await open('e', { account: 'practice-2', traces: { ownAppointmentIds: ['4'] } });
    await listed(4);
    const claimed = () => othersClaims('a', ['1', '2', '3', '4']);
    const seen = await eventually(claimed, ({ theirs }) => theirs.length === 2);
    expect(seen).toEqual({ ...NOTHING, theirs: ['1', '2'] });
  });

  test('reaches those that aim elsewhere in a move, and that undo one; not those that ended by themselves', async () => {
    await open('a');
    const elsewhere = (id: string, status: string) => ({
      ...{ startsAt: at(30 * MINUTE_MS), status, traces: { ownAppointmentIds: [id] } },
    });
    await open('b', elsewhere('moved-1', 'rescheduling'));
    await (await open('c', elsewhere('moved-2', 'rescheduling'))).terminate();
    await open('d', elsewhere('moved-3', 'compensating'));
    await open('e', elsewhere('moved-4', 'confirmed'));
    await (await open('f', elsewhere('moved-5', 'compensating'))).terminate();
    await listed(1);
    const claimed = () => othersClaims('a', ['moved-1', 'moved-2', 'moved-3', 'moved-4', 'moved-5']);
    const seen = await eventually(claimed, ({ theirs }) => theirs.length === 3);
    expect(seen).toEqual({ ...NOTHING, theirs: ['moved-1', 'moved-2', 'moved-3'] });
  });

  test('is open where another got no answer, also one that a clean-up looks for', async () => {
    await open('a');
    await open('b', { type: 'cleanup', traces: { unknownBook: { startsAt: start } } });
    await listed(2);
    expect(await othersClaims('a', ['1'])).toEqual({ ...NOTHING, mayBeAnothers: true });
  });

  test.each([
    ['before the asking booking called, and its window over', 3_600_000, false],
    ['since then', -60_000, true],
  ])('counts a call of one that was terminated %s: not for ever', async (_when, calledLaterMs, counts) => {
    const terminated = await open('b', { attempts: [{ startsAt: start, outcome: 'booking' }] });
    await terminated.terminate();
    const called = new Date(Date.now() + calledLaterMs).toISOString();
    await open('a', { attempts: [{ startsAt: start, outcome: 'unknown', at: called }] });
    await listed(2);
    expect(await othersClaims('a', ['1'])).toEqual({ ...NOTHING, mayBeAnothers: counts });
  });

  test("does not count the asking booking's own clean-up or an earlier run of it", async () => {
    await (await open('a', { traces: { ownAppointmentIds: ['1'] } })).terminate();
    await open('a');
    await open('a', { type: 'cleanup', traces: { unknownBook: { startsAt: start } } });
    await listed(3);
    expect(await othersClaims('a', ['1'])).toEqual(NOTHING);
  });

  test('waits for a call that is on its way, and takes its answer', async () => {
    await open('a');
    const calling = { attempts: [{ startsAt: start, outcome: 'booking' }], taskQueue: 'calling' };
    await open('b', calling);
    await listed(2);
    const answered = () => tellMore('calling', { ownAppointmentIds: ['1'] }, { attempts: [] });
    const watched = afterFirstDescription(named('b'), answered);
    expect(await othersClaims('a', ['1'], watched)).toEqual({ ...NOTHING, theirs: ['1'] });
  });

  test('asks a person while Temporal does not list the asking booking itself', async () => {
    await open('b');
    await listed(1);
    await expect(othersClaims('a', ['1'])).rejects.toMatchObject({
      type: 'ambiguous_match',
      nonRetryable: true,
    });
  });

  test('asks a person where another cannot be read', async () => {
    const keys = { BOOKING_ENCRYPTION_KEYS: `another:${Buffer.alloc(32, 9).toString('base64')}` };
    const stranger = clientOn(server.connection, server.target, dataConverterOf(testConfig(keys)));
    await open('a');
    await open('b', { traces: { ownAppointmentIds: ['1'] } }, stranger);
    await listed(2);
    await expect(othersClaims('a', ['1'])).rejects.toMatchObject({
      type: 'ambiguous_match',
      nonRetryable: true,
    });
  });
});

describe('whether an order is used elsewhere', () => {
  const PLACE = { provider: 'junction-phlebotomy', account: 'default' } as const;
  const usedElsewhere = (orderId: string, askedBy: string) =>
    asked(askedBy, () => activities().isOrderUsedElsewhere({ ...PLACE, orderId }));

  test('the booking that adopts it has it, whatever case its letters are in; not for itself', async () => {
    const id = adoptedBookingId(idKey, 'junction', 'default', 'order-1');
    expect(await usedElsewhere('order-1', 'cleanup:x')).toBe(false);
    const adopting = await begin(id);
    expect(await usedElsewhere('ORDER-1', 'cleanup:x')).toBe(true);
    expect(await usedElsewhere('order-1', workflowIdOf(id))).toBe(false);
    expect(await usedElsewhere('order-1', cleanupIdOf(id))).toBe(true); // a later run than the one cleaned up after
    await adopting.terminate();
    expect(await usedElsewhere('order-1', 'cleanup:x')).toBe(false);
  });

  test('one that took it on since then has had it, though it has ended; one that never came to it has not', async () => {
    const takenOn = (orderId: string, takenOnSince: string) =>
      asked('cleanup:x', () => activities().isOrderUsedElsewhere({ ...PLACE, orderId, takenOnSince }));
    const [before, after] = ['2020-01-01T00:00:00.000Z', '2100-01-01T00:00:00.000Z'];
    const adopt = (orderId: string, order: Told['order']) =>
      begin(adoptedBookingId(idKey, 'junction', 'default', orderId), { orderId, order, account: 'default' });
    const ended = await adopt('order-3', { id: 'order-3' });
    await ended.terminate();
    expect(await takenOn('order-3', before)).toBe(true);
    expect(await takenOn('order-3', after)).toBe(false);
    expect(await usedElsewhere('order-3', 'cleanup:x')).toBe(false);
    const refused = await adopt('order-4', null);
    await refused.terminate();
    expect(await takenOn('order-4', before)).toBe(false);
  });

  test('an open booking that shows it has it, as the row or as the booking itself says', async () => {
    const placing = await begin('placing', { orderId: 'order-2', account: 'default' });
    const used = () => usedElsewhere('order-2', 'cleanup:x');
    expect(await eventually(used, (is) => is)).toBe(true);
    expect(await usedElsewhere('order-2', workflowIdOf('placing'))).toBe(false);
    await placing.terminate();
    expect(await used()).toBe(false);
  });
});

test('a booking counts as open while it is cleaned up after', async () => {
  const isOpen = () => asked('booking:other', () => activities().isBookingOpen({ bookingId: 'one' }));
  expect(await isOpen()).toBe(false);
  const booking = await begin('one');
  expect(await isOpen()).toBe(true);
  await booking.terminate();
  expect(await isOpen()).toBe(false);
  const cleanup = await begin('one', { type: 'cleanup' });
  expect(await isOpen()).toBe(true);
  await cleanup.terminate();
  expect(await isOpen()).toBe(false);
});
