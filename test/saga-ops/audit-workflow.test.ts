import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { AuditActivities, ProviderAuditActivities } from '../../activities/contract';
import type { AuditedBooking, AuditPlace, AuditReport, Finding } from '../../src/booking/audit';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../src/booking/names';
import { queueOf } from '../../src/booking/vendors';
import { dataConverterOf } from '../../src/temporal/encryption';
import { workflowBundle } from '../../src/temporal/worker';
import { startTimeSkippingServer, testConfig } from '../support/temporal';

const AT_HOME: AuditPlace = {
  provider: 'junction-phlebotomy',
  account: 'default',
  taskQueue: queueOf('junction'),
  callTimeoutMs: 1_000,
  hasOrders: true,
  refReturns: true,
};
const AWAY: AuditPlace = { ...AT_HOME, account: 'away' };
const PRACTICE: AuditPlace = {
  ...AT_HOME,
  provider: 'oliver',
  taskQueue: queueOf('oliver'),
  hasOrders: false,
};

const finding = (over: Partial<Finding>): Finding => ({
  kind: 'time_differs',
  provider: 'junction-phlebotomy',
  account: 'default',
  bookingId: null,
  orderId: null,
  appointmentId: null,
  booking: 'confirmed',
  shown: 'confirmed',
  ...over,
});

const booking = (id: string): AuditedBooking => ({
  id,
  createdAt: '2026-12-01T00:00:00.000Z',
  status: 'confirmed',
  open: true,
  waits: false,
  order: null,
  appointment: null,
  triedAt: null,
  undone: {},
  party: null,
});

const refused = (code: string) => ApplicationFailure.nonRetryable('refused', code);

describe('the audit’s workflow', () => {
  const config = testConfig();
  let env: TestWorkflowEnvironment;
  beforeAll(async () => {
    env = await startTimeSkippingServer(config);
  }, 120_000);
  afterAll(() => env.teardown(), 60_000);

  /** Runs an audit whose activities are these; nobody takes those of Oliver's queue. */
  const audited = async (
    places: AuditPlace[],
    asked: Partial<AuditActivities & ProviderAuditActivities>,
    ...underWay: unknown[]
  ): Promise<AuditReport> => {
    const none = { bookings: [], unreadable: [] };
    const activities: AuditActivities & ProviderAuditActivities = {
      auditPlaces: async () => places,
      unknownAccounts: async () => [],
      auditedBookings: async () => ({ ...none, seen: 0, nextPageToken: null }),
      readAgain: async () => none,
      strayOrders: async () => [],
      compareBookings: async () => ({ findings: [], gaveUp: null }),
      tracedOrders: async () => ({ orders: [], seen: 0, next: null, gaveUp: null }),
      stillLive: async ({ orders }) => orders,
      ...asked,
    };
    const shared = {
      connection: env.nativeConnection,
      dataConverter: dataConverterOf(config),
      activities,
    };
    const bookings = await Worker.create({
      ...shared,
      taskQueue: TASK_QUEUE.bookings,
      workflowBundle: await workflowBundle(),
    });
    const junction = await Worker.create({ ...shared, taskQueue: queueOf('junction') });
    const run = env.client.workflow.execute<(...args: unknown[]) => Promise<AuditReport>>(
      WORKFLOW_TYPE.audit,
      {
        workflowId: `audit:${randomUUID()}`,
        taskQueue: TASK_QUEUE.bookings,
        args: [{ days: 30 }, ...underWay],
      },
    );
    return junction.runUntil(bookings.runUntil(run));
  };

  test('tells of an account that cannot be audited, and audits the others', async () => {
    const report = await audited([AWAY, PRACTICE, AT_HOME], {
      auditedBookings: async ({ place }) => {
        if (place.account === 'away') throw refused('temporal_unavailable');
        return { bookings: [booking('b')], unreadable: [], seen: 1, nextPageToken: null };
      },
      readAgain: async () => ({ bookings: [booking('b')], unreadable: [] }),
      compareBookings: async () => ({ findings: [finding({ bookingId: 'b' })], gaveUp: null }),
      tracedOrders: async ({ place }) => {
        if (place.account === 'away') throw ApplicationFailure.nonRetryable('a bug', 'TypeError');
        return { orders: [], seen: 7, next: null, gaveUp: null };
      },
    });
    const away = { kind: 'account_unreadable', account: 'away' };
    expect(report).toMatchObject({
      findings: [
        { ...away, booking: 'bookings', shown: 'temporal_unavailable' },
        { ...away, booking: 'orders', shown: 'activity_failed' },
        { ...away, account: 'default', provider: 'oliver', shown: 'no worker took it up' },
        { kind: 'time_differs', bookingId: 'b' },
      ],
      orders: 7,
    });
  }, 120_000); // the server skips no time while an activity waits for its worker

  test('tells of an account that stays silent in one line, and of one that answers the second time not at all', async () => {
    let looks = 0;
    const ids = ['a', 'b'];
    const report = await audited([AWAY, AT_HOME], {
      auditedBookings: async ({ pageToken }) => ({
        bookings: ids.map(booking),
        unreadable: [],
        seen: 2,
        nextPageToken: pageToken === null ? 'more' : null,
      }),
      readAgain: async ({ bookingIds }) => ({ bookings: bookingIds.map(booking), unreadable: [] }),
      compareBookings: async ({ place, bookings }) => {
        expect(bookings.map(({ id }) => id)).toEqual(ids);
        if (place.account === 'away') return { findings: [], gaveUp: 'credentials_rejected' };
        looks += 1;
        return { findings: [], gaveUp: looks === 1 ? 'provider_unavailable' : null };
      },
    });
    expect(report.findings).toEqual([
      finding({
        kind: 'account_unreadable',
        account: 'away',
        booking: 'bookings',
        shown: 'credentials_rejected',
      }),
    ]);
    expect(looks).toBe(3); // the first page twice, then the second
  });

  test('keeps what it was told of orders before their list broke off, and says that it did', async () => {
    const order = { orderId: 'o', bookingId: 'b', status: 'received' };
    const stray = finding({ kind: 'second_order', orderId: 'o', bookingId: 'b' });
    const report = await audited([AT_HOME], {
      tracedOrders: async () => ({ orders: [order], seen: 1, next: null, gaveUp: 'unexpected_answer' }),
      strayOrders: async ({ orders }) => orders.map(() => stray),
    });
    expect(report.findings).toMatchObject([
      stray,
      { kind: 'account_unreadable', shown: 'unexpected_answer' },
    ]);
  });

  test('tells nothing of orders that have moved on by the second look', async () => {
    const order = (orderId: string) => ({ orderId, bookingId: 'b', status: 'received' });
    let looks = 0;
    const report = await audited([AT_HOME], {
      tracedOrders: async () => ({
        orders: [order('ended'), order('found')],
        seen: 2,
        next: null,
        gaveUp: null,
      }),
      stillLive: async ({ orders }) => orders.filter(({ orderId }) => orderId !== 'ended'),
      strayOrders: async ({ orders }) => {
        looks += 1;
        return looks === 1 ? orders.map(({ orderId }) => finding({ kind: 'order_unclaimed', orderId })) : [];
      },
    });
    expect([report.findings, looks]).toEqual([[], 2]);
  });

  test('tells no more than fits into one payload, and says so', async () => {
    let pages = 0;
    const many = () =>
      Array.from({ length: 300 }, (_, n) =>
        finding({ kind: 'unreadable', bookingId: `b-${pages}-${n}`, shown: 'x'.repeat(200) }),
      );
    let last: Finding[] = [];
    const report = await audited([AT_HOME], {
      auditedBookings: async () => {
        pages += 1;
        last = many();
        return { bookings: [], unreadable: last, seen: 300, nextPageToken: 'more' };
      },
      readAgain: async () => ({ bookings: [], unreadable: last }),
    });
    expect(report.findings).toHaveLength(1_000);
    expect(report).toMatchObject({ truncated: true, bookings: 5_100 });
  }, 60_000);

  test('is carried on by a new run where the last one was', async () => {
    const before = finding({ bookingId: 'earlier' });
    const underWay = {
      startedAt: new Date(await env.currentTimeMs()).toISOString(),
      report: { findings: [before], bookings: 3, orders: 4, truncated: false },
      left: [{ of: 'orders', place: AT_HOME, cursor: { createdAt: '2026-12-01T00:00:00.000Z', ids: ['o'] } }],
    };
    const asked: unknown[] = [];
    const report = await audited(
      [],
      {
        auditPlaces: async () => {
          throw refused('account_unknown');
        },
        tracedOrders: async ({ after }) => {
          asked.push(after);
          return { orders: [], seen: 2, next: null, gaveUp: null };
        },
      },
      underWay,
    );
    expect(asked).toEqual([{ createdAt: '2026-12-01T00:00:00.000Z', ids: ['o'] }]);
    expect(report).toEqual({ findings: [before], bookings: 3, orders: 6, truncated: false });
  });
});
