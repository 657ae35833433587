import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { cleanupIdOf } from '../../../src/booking/names';
import { createBookingClient, type BookingClient } from '../../../src/client/booking-client';
import { connectNative } from '../../../src/temporal/connection';
import { dataConverterOf } from '../../../src/temporal/encryption';
import { describedAs, describing, inPagesOf, lostBefore } from '../../support/describing';
import { adoptedRequest, codeOf, placedRequest, startStandIn, type StandIn } from '../../support/stand-in';

const { WORKFLOW_EXECUTION_STATUS_PAUSED: PAUSED } = temporal.api.enums.v1.WorkflowExecutionStatus;

let standIn: StandIn;
let bookings: BookingClient;

beforeAll(async () => {
  standIn = await startStandIn();
  bookings = standIn.bookings;
}, 60_000);
afterAll(() => standIn.stop());

describe('a glance', () => {
  it('shows what an open booking told last, that one has ended, and that there is none', async () => {
    const { booking } = await bookings.start(placedRequest());
    const { revision } = await standIn.shown(booking.id);
    expect(await bookings.glance(booking.id)).toMatchObject({ isOpen: true, view: { revision } });
    await standIn.end(booking.id);
    expect(await bookings.glance(booking.id)).toEqual({ isOpen: false, view: null, isCalling: false });
    expect(await bookings.glance('0123456789abcdefghjkmnpqrs')).toBeNull();
    await standIn.withoutWorker(async () => {
      const { booking: begun } = await bookings.start(placedRequest());
      expect(await bookings.glance(begun.id)).toMatchObject({ isOpen: true, view: null });
    });
  });
});

describe('get', () => {
  it('reads ended bookings without a worker', async () => {
    const completed = await bookings.start(placedRequest());
    await standIn.execution(completed.booking.id).signal('show', { status: 'completed' });
    await standIn.end(completed.booking.id);
    const failed = await bookings.start(placedRequest());
    await standIn.execution(failed.booking.id).signal('show', { status: 'failed' });
    await standIn.end(failed.booking.id, 'fail');
    await standIn.withoutWorker(async () => {
      expect(await bookings.get(completed.booking.id)).toMatchObject({ status: 'completed' });
      expect(await bookings.get(failed.booking.id)).toMatchObject({
        status: 'failed',
        id: failed.booking.id,
      });
    });
  });

  it('needs no worker: it shows what was told last, or how the booking began', async () => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.execution(booking.id).signal('show', { status: 'confirmed' });
    await standIn.shown(booking.id, ({ status }) => status === 'confirmed');
    await standIn.withoutWorker(async () => {
      expect(await bookings.get(booking.id)).toMatchObject({ status: 'confirmed', stalled: null });
      const later = await bookings.start(placedRequest());
      expect(later).toMatchObject({ created: true });
      expect(await bookings.get(later.booking.id)).toMatchObject({ revision: 0, status: 'ordering' });
    });
  });

  it.each([
    ['one of ours', adoptedRequest(), { provider: 'junction-phlebotomy', account: 'default' }],
    ['no request', { provider: 'nobody', account: '; drop' }, { provider: null, account: null }],
  ])('shows a start by a plain client with %s from its first event', async (_name, input, shown) => {
    await standIn.withoutWorker(async () => {
      await standIn.server.client.workflow.start('booking', {
        workflowId: 'booking:plain',
        taskQueue: 'bookings',
        args: [input],
        workflowIdConflictPolicy: 'TERMINATE_EXISTING',
      });
      expect(await bookings.get('plain')).toMatchObject({
        id: 'plain',
        revision: 0,
        status: 'ordering',
        ...shown,
      });
      await standIn.execution('plain').terminate();
    });
  });

  it('says so when it stands still: no worker has taken it up for long', async () => {
    await standIn.withoutWorker(async () => {
      const { booking } = await bookings.start(placedRequest());
      jest.useFakeTimers({ now: Date.now() + 60_000, advanceTimers: true, doNotFake: ['nextTick'] });
      try {
        expect(await bookings.get(booking.id)).toMatchObject({ stalled: { why: 'no_worker' } });
      } finally {
        jest.useRealTimers();
      }
    });
  });

  it('tells the failure of a booking that ended before it had a view', async () => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.end(booking.id, 'fail_bare', 'plaintext_input');
    expect(await codeOf(bookings.get(booking.id))).toBe('plaintext_input');
  });

  it('shows a terminated booking as failed by us, with what it had come to', async () => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.execution(booking.id).signal('show', { status: 'confirmed' });
    await standIn.shown(booking.id, ({ revision }) => revision === 2);
    await standIn.execution(booking.id).terminate('by hand');
    expect(await bookings.get(booking.id)).toMatchObject({
      status: 'failed',
      revision: 3,
      failure: { code: 'booking_cut_off', message: expect.stringContaining('terminated') },
    });
  });

  it('shows a booking that was terminated before a worker had it as it began', async () => {
    await standIn.withoutWorker(async () => {
      const { booking } = await bookings.start(placedRequest());
      await standIn.execution(booking.id).terminate('by hand');
      expect(await bookings.get(booking.id)).toMatchObject({
        id: booking.id,
        reference: 'visit-1',
        status: 'failed',
        revision: 1,
      });
    });
  });

  it.each([
    ['an unknown id', 'nobody'],
    ['another workflow under a booking’s id', 'slots-in-disguise'],
  ])('does not know %s', async (_name, id) => {
    await standIn.server.client.workflow.start('cleanup', {
      workflowId: 'booking:slots-in-disguise',
      taskQueue: 'bookings',
      args: [{}],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    expect(await codeOf(bookings.get(id))).toBe('booking_not_found');
  });
});

describe('watch and settled', () => {
  it('shows each change once, through continue-as-new, until the end', async () => {
    const { booking } = await bookings.start(placedRequest());
    const seen: string[] = [];
    for await (const view of bookings.watch(booking.id)) {
      seen.push(`${view.revision} ${view.status}`);
      if (view.revision === 1) await standIn.execution(booking.id).signal('show', { status: 'booking' });
      if (view.revision === 2) {
        await standIn.renew(booking.id);
        await standIn.execution(booking.id).signal('show', { status: 'completed' });
      }
      if (view.revision === 3) await standIn.end(booking.id);
    }
    expect(seen.filter((one) => one !== '0 ordering')).toEqual(['1 searching', '2 booking', '3 completed']);
  });

  it('leaves nothing in the history', async () => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.shown(booking.id);
    const before = (await standIn.execution(booking.id).describe()).historyLength;
    const stop = new AbortController();
    for await (const view of bookings.watch(booking.id, { signal: stop.signal })) {
      expect(view.id).toBe(booking.id);
      stop.abort();
    }
    expect((await standIn.execution(booking.id).describe()).historyLength).toBe(before);
  });

  it('resolves once the booking is settled, long before the time is up', async () => {
    const { booking } = await bookings.start(placedRequest());
    const waiting = bookings.settled(booking.id, { timeoutMs: 20_000 });
    await standIn.execution(booking.id).signal('show', { status: 'confirmed' });
    expect(await waiting).toMatchObject({ status: 'confirmed' });
  });

  it('does not wait for the clean-up of a booking that was ended before a worker had it', async () => {
    await standIn.withoutWorker(async () => {
      const { booking } = await bookings.start(placedRequest());
      await standIn.execution(booking.id).terminate('by hand');
      await standIn.server.client.workflow.start('cleanup', {
        workflowId: cleanupIdOf(booking.id),
        taskQueue: 'bookings',
        args: [{}],
      });
      const beganMs = performance.now();
      expect(await bookings.settled(booking.id, { timeoutMs: 10_000 })).toMatchObject({ status: 'failed' });
      expect(performance.now() - beganMs).toBeLessThan(9_000);
    });
  });

  it('shows how it stands when the time is up', async () => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.shown(booking.id);
    expect(await bookings.settled(booking.id, { timeoutMs: 300 })).toMatchObject({ status: 'searching' });
  });

  it('outlasts a restart of the workers', async () => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.shown(booking.id);
    const waiting = bookings.settled(booking.id, { timeoutMs: 25_000 });
    await standIn.withoutWorker(() => standIn.execution(booking.id).signal('show', { status: 'confirmed' }));
    expect(await waiting).toMatchObject({ status: 'confirmed' });
  });

  it('is described once: each change brings its view along', async () => {
    const asked: string[] = [];
    const client = describing(standIn.server.client, (workflowId) => asked.push(workflowId));
    const counted = createBookingClient({ client, idKey: standIn.idKey });
    const { booking } = await bookings.start(placedRequest());
    const waiting = counted.settled(booking.id, { timeoutMs: 20_000 });
    await standIn.shown(booking.id);
    for (let signals = 0; signals < 5; signals += 1) await standIn.execution(booking.id).signal('nothing');
    await standIn.execution(booking.id).signal('show', { status: 'confirmed' });
    expect(await waiting).toMatchObject({ status: 'confirmed', revision: 2 });
    expect(asked).toHaveLength(1);
  });

  it('shows no view of long ago, however long its history is', async () => {
    const { booking } = await bookings.start(placedRequest());
    for (const status of ['booking', 'confirming', 'confirmed'] as const)
      await standIn.execution(booking.id).signal('show', { status });
    await standIn.shown(booking.id, ({ status }) => status === 'confirmed');
    const client = inPagesOf(2, standIn.server.client);
    const stop = new AbortController();
    const seen: number[] = [];
    const watching = createBookingClient({ client, idKey: standIn.idKey });
    for await (const { revision } of watching.watch(booking.id, { signal: stop.signal })) {
      seen.push(revision);
      if (revision === 4) await standIn.execution(booking.id).signal('show', { status: 'completed' });
      else stop.abort();
    }
    expect(seen).toEqual([4, 5]);
  });

  it('needs no key that only views of long ago are under', async () => {
    const { booking } = await bookings.start(placedRequest());
    for (const status of ['booking', 'confirming', 'confirmed'] as const)
      await standIn.execution(booking.id).signal('show', { status });
    await standIn.shown(booking.id, ({ status }) => status === 'confirmed');
    const client = lostBefore(4, inPagesOf(2, standIn.server.client));
    const stop = new AbortController();
    const seen: number[] = [];
    const watching = createBookingClient({ client, idKey: standIn.idKey });
    for await (const { revision } of watching.watch(booking.id, { signal: stop.signal })) {
      seen.push(revision);
      if (revision === 4) await standIn.execution(booking.id).signal('show', { status: 'completed' });
      else stop.abort();
    }
    expect(seen).toEqual([4, 5]);
  });

  it('shows at once that a booking which had stalled goes on', async () => {
    const { booking } = await bookings.start(placedRequest());
    await standIn.shown(booking.id);
    let isPaused = true;
    const client = describedAs(standIn.server.client, () => (isPaused ? PAUSED : null));
    const seen: unknown[] = [];
    const stop = new AbortController();
    const watching = createBookingClient({ client, idKey: standIn.idKey });
    const options = { signal: AbortSignal.any([stop.signal, AbortSignal.timeout(15_000)]) };
    for await (const { stalled } of watching.watch(booking.id, options)) {
      seen.push(stalled?.why ?? null);
      if (stalled === null) stop.abort();
      isPaused = false;
      await standIn.execution(booking.id).signal('nothing');
    }
    expect(seen).toEqual(['paused', null]);
  });

  it('does not know what is not there', async () => {
    expect(await codeOf(bookings.settled('nobody'))).toBe('booking_not_found');
  });
});

describe('without Temporal', () => {
  it('every call says that it is not there', async () => {
    // Port 9 (discard) is never served on this machine.
    const connection = Connection.lazy({ address: '127.0.0.1:9', interceptors: [] });
    const client = new Client({ connection, dataConverter: dataConverterOf(standIn.server.config) });
    const away = createBookingClient({ client, idKey: standIn.idKey });
    const calls = [
      away.start(placedRequest()),
      away.get('x'),
      away.list(),
      away.cancel('x', {}),
      away.wake('x', 'order'),
      away.searchSlots(placedRequest()),
    ];
    const codes = await Promise.all(calls.map(codeOf));
    expect(new Set(codes)).toEqual(new Set(['temporal_unavailable']));
    await connection.close();
  });
});

test.each([
  ['plain', () => Connection.connect(standIn.server.target.connectionOptions)],
  ['native', () => connectNative(standIn.server.target)],
])(
  'a namespace that does not exist is told over a %s connection, and is no absence of a booking',
  async (_name, connect) => {
    const connection = await connect();
    try {
      const client = new Client({ connection, namespace: 'typo' });
      const nowhere = createBookingClient({ client, idKey: Buffer.alloc(32, 2) });
      const told = { code: 'temporal_unavailable', facts: { hint: 'The namespace does not exist.' } };
      await expect(nowhere.get('some-booking')).rejects.toMatchObject(told);
      await expect(nowhere.list()).rejects.toMatchObject(told);
      await expect(nowhere.cancel('some-booking', {})).rejects.toMatchObject(told);
      await expect(nowhere.start(placedRequest())).rejects.toMatchObject(told);
      expect(await codeOf(standIn.bookings.get('some-booking'))).toBe('booking_not_found');
    } finally {
      await connection.close();
    }
  },
);
