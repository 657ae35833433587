import { randomUUID } from 'node:crypto';
import { defineSearchAttributeKey } from '@temporalio/common';
import { MEMO, WORKFLOW_TYPE, workflowIdOf } from '../../src/booking/names';
import { queueOf } from '../../src/booking/vendors';
import { bytesOf } from '../../src/booking/small-view';
import { createOpsBackEnd } from '../../src/client/ops/back-end';
import { clientOn } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { loadKeys } from '../../src/temporal/keys';
import { atHome, atPractice } from '../support/saga';
import { STARTED } from '../cli/views';
import { describing } from '../support/describing';
import { eventually } from '../support/stand-in';
import { testConfig } from '../support/temporal';
import { useSaga } from '../support/use-saga';

const OTHER_KEY = { BOOKING_ENCRYPTION_KEYS: `lost:${Buffer.alloc(32, 7).toString('base64')}` };

describe('one bad item does not end the audit', () => {
  const rig = useSaga({
    resets: [],
    // What is under a lost key does not replay.
    replays: false,
    limits: { keepPollMs: 600_000 },
    env: {
      JUNCTION_ACCOUNTS: JSON.stringify({ away: { apiKey: 'sk_us_test', baseUrl: 'http://127.0.0.1:2' } }),
    },
  });

  /** A booking that no worker takes, as some client of Temporal starts it. */
  const started = async (
    attributes: Record<string, string>,
    { input = atHome(), client = rig.server.client } = {},
  ): Promise<string> => {
    const id = randomUUID();
    const all = { BookingProvider: 'junction-phlebotomy', BookingAccount: 'default', ...attributes };
    await client.workflow.start(WORKFLOW_TYPE.booking, {
      workflowId: workflowIdOf(id),
      taskQueue: 'nobody',
      args: [input],
      typedSearchAttributes: Object.entries(all).map(([name, value]) => ({
        key: defineSearchAttributeKey(name, 'KEYWORD'),
        value,
      })),
    });
    return id;
  };
  const withOtherKey = () =>
    clientOn(rig.server.connection, rig.server.target, dataConverterOf(testConfig(OTHER_KEY)));

  test('neither a lost key nor an account that is away: each is told, and the others are audited', async () => {
    const { booking } = await rig.bookings.start(atHome());
    await rig.until(booking.id, ({ status }) => status === 'confirmed');
    const lost = await started({ BookingOrderId: 'order-of-the-lost' }, { client: withOtherKey() });
    const unparsed = await started({}, { input: { provider: 'junction-phlebotomy', windows: 'soon' } });
    await started({ BookingAccount: 'retired', BookingOrderId: 'o-1' });
    await started({ BookingAccount: 'never-configured', BookingAttention: 'account_unknown' });
    const second = await rig.sandbox.placeOrder({ passthrough: booking.id });

    const { findings } = await eventually(
      () => rig.bookings.audit({ provider: 'junction-phlebotomy' }),
      (report) => report.findings.some(({ account }) => account === 'retired'),
      60_000,
    );
    const told = findings.map(({ kind, account, bookingId, orderId, booking: says, shown }) => [
      kind,
      account,
      bookingId ?? says,
      orderId ?? shown,
    ]);
    expect(told.sort()).toEqual([
      ['account_unreadable', 'away', 'orders', 'provider_unavailable'],
      ['account_unreadable', 'retired', '1 bookings', 'account_unknown'],
      ['second_order', 'default', booking.id, second],
      ['unreadable', 'default', lost, 'order-of-the-lost'],
    ]);
    expect(JSON.stringify(findings)).not.toContain(unparsed);
  }, 120_000);

  test('what an order of a booking under a lost key is, is told by what Temporal shows in the clear', async () => {
    const lost = await started(
      { BookingOrderId: 'o-own', BookingStatus: 'confirmed' },
      { client: withOtherKey() },
    );
    const place = { provider: 'junction-phlebotomy', account: 'default' } as const;
    const at = {
      ...place,
      taskQueue: queueOf('junction'),
      callTimeoutMs: 700,
      hasOrders: true,
      refReturns: true,
    };
    const backEnd = createOpsBackEnd({ client: rig.server.client, idKey: loadKeys(rig.config).idKey });
    const order = (orderId: string) => ({ orderId, bookingId: lost, status: 'received' });
    expect(await backEnd.strayOrders(at, [order('o-own'), order('o-other')])).toMatchObject([
      { kind: 'second_order', bookingId: lost, orderId: 'o-other' },
    ]);
    await rig.server.client.workflow.getHandle(workflowIdOf(lost)).terminate('pressed by mistake');
    expect(await backEnd.strayOrders(at, [order('o-own')])).toMatchObject([
      { kind: 'unreadable', bookingId: lost, orderId: 'o-own' },
    ]);
  });

  test('nor a booking that Temporal does not describe, nor one that it no longer has', async () => {
    const { booking } = await rig.bookings.start(atHome({ reference: 'visit-readable' }));
    await rig.until(booking.id, ({ order }) => order !== null);
    const { client } = rig.server;
    const refused = randomUUID();
    const backEnd = createOpsBackEnd({
      idKey: loadKeys(rig.config).idKey,
      client: describing(client, (workflowId) => {
        if (workflowId === workflowIdOf(refused)) throw new RangeError('no such shard');
      }),
    });
    const place = { provider: 'junction-phlebotomy', account: 'default' } as const;
    const at = {
      ...place,
      taskQueue: queueOf('junction'),
      callTimeoutMs: 700,
      hasOrders: true,
      refReturns: true,
    };
    const gone = randomUUID();
    expect(await backEnd.readAgain(at, [refused, gone, booking.id])).toMatchObject({
      bookings: [{ id: booking.id, open: true }],
      unreadable: [
        { kind: 'unreadable', bookingId: refused, shown: 'RangeError' },
        { kind: 'unreadable', bookingId: gone, shown: 'booking_not_found' },
      ],
    });
  });

  test('nor a request of a form that this build refuses: only whom it is for is needed, and travels', async () => {
    const id = randomUUID();
    const attempt = {
      startsAt: '2026-12-07T15:00:00.000Z',
      outcome: 'gone',
      reason: 'x'.repeat(900),
      at: 'then',
    };
    await rig.server.client.workflow.start(WORKFLOW_TYPE.booking, {
      workflowId: workflowIdOf(id),
      taskQueue: 'nobody',
      args: [
        {
          ...atPractice({ limits: { maxSlotAttempts: 9_000 }, notes: 'x'.repeat(60_000) }),
          patient: { remoteId: 'P-77', firstName: 'Rex', nickname: 'R' },
        },
      ],
      memo: { [MEMO.view]: { ...STARTED, id, status: 'searching', attempts: Array(30).fill(attempt) } },
    });
    const backEnd = createOpsBackEnd({ client: rig.server.client, idKey: loadKeys(rig.config).idKey });
    const at = {
      provider: 'oliver' as const,
      account: 'practice-1',
      taskQueue: queueOf('oliver'),
      callTimeoutMs: 700,
      hasOrders: false,
      refReturns: false,
    };
    const read = await backEnd.readAgain(at, [id]);
    expect(read).toMatchObject({
      bookings: [{ id, triedAt: attempt.startsAt, party: { client: { remoteId: 'C-1001' } } }],
      unreadable: [],
    });
    expect(read.bookings[0]?.party?.patient).toEqual({ remoteId: 'P-77' });
    expect(bytesOf(read)).toBeLessThan(1_024);
  });
});
