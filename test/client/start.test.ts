import { randomUUID } from 'node:crypto';
import { Failure, type FailureCode } from '../../src/booking/failures';
import { createBookingClient, type BookingClient, type Started } from '../../src/client/booking-client';
import {
  adoptedRequest,
  codeOf,
  eventually,
  failureOf,
  placedRequest,
  startStandIn,
  type StandIn,
} from '../support/stand-in';

let standIn: StandIn;
let bookings: BookingClient;

beforeAll(async () => {
  standIn = await startStandIn();
  bookings = standIn.bookings;
}, 60_000);
afterAll(() => standIn.stop());

describe('start', () => {
  it('answers a new booking as it begins, and a worker takes it from there', async () => {
    const { booking, created } = await bookings.start(placedRequest());
    expect(created).toBe(true);
    expect(booking).toMatchObject({
      revision: 0,
      status: 'ordering',
      reference: 'visit-1',
      account: 'default',
    });
    expect(booking.id).toMatch(/^[0-9a-z]{26}$/);
    expect(await standIn.shown(booking.id)).toMatchObject({ id: booking.id, revision: 1 });
  });

  it('keeps what identifies a patient out of what Temporal shows', async () => {
    const { booking } = await bookings.start(placedRequest());
    const { raw } = await standIn.execution(booking.id).describe();
    const stored = JSON.stringify(raw) + JSON.stringify(await standIn.execution(booking.id).fetchHistory());
    const readable = stored + Buffer.from(stored, 'utf8').toString('base64');
    expect(readable).not.toMatch(/Reyes|85004|1984-03-09|94e2d9f2/);
  });

  it('refuses an invalid request before anything starts', async () => {
    const failure = await failureOf(
      bookings.start(placedRequest({ windows: [{ from: '2020-01-06', to: '2020-01-07' }] })),
    );
    expect(failure).toMatchObject({
      code: 'invalid_request',
      facts: { field: expect.stringContaining('windows.0') },
    });
  });

  type Kind = 'placed' | 'adopted';
  const requestOf: Record<Kind, (order: string) => object> = {
    placed: () => placedRequest(),
    adopted: (order) => adoptedRequest(order),
  };
  it.each<[Kind, 'open' | 'closed']>([
    ['placed', 'open'],
    ['placed', 'closed'],
    ['adopted', 'open'],
    ['adopted', 'closed'],
  ])('finds the %s booking of the same key and request while it is %s', async (kind, state) => {
    const options = { idempotencyKey: randomUUID(), keyName: 'shop' };
    const request = requestOf[kind](randomUUID());
    const first = await bookings.start(request, options);
    await standIn.shown(first.booking.id);
    if (state === 'closed') await standIn.end(first.booking.id);
    const second = await bookings.start(request, options);
    expect(second).toMatchObject({ created: false, booking: { id: first.booking.id, revision: 1 } });
  });

  it.each<[Kind, FailureCode]>([
    ['placed', 'idempotency_key_reused'],
    ['adopted', 'idempotency_key_reused'],
  ])('refuses a %s request whose key came with another one', async (kind, code) => {
    const options = { idempotencyKey: randomUUID() };
    const request = requestOf[kind](randomUUID());
    await bookings.start(request, options);
    expect(await codeOf(bookings.start({ ...request, notes: 'another' }, options))).toBe(code);
  });

  it("tells two callers' equal keys apart", async () => {
    const idempotencyKey = randomUUID();
    const one = await bookings.start(placedRequest(), { idempotencyKey, keyName: 'one' });
    const two = await bookings.start(placedRequest(), { idempotencyKey, keyName: 'two' });
    expect(two.created).toBe(true);
    expect(two.booking.id).not.toBe(one.booking.id);
  });

  it.each([
    ['another key', { idempotencyKey: 'another' }],
    ['no key', {}],
  ])('refuses an adopted order in use, with %s, and names the booking', async (_name, options) => {
    const orderId = randomUUID();
    const { booking } = await bookings.start(adoptedRequest(orderId), { idempotencyKey: randomUUID() });
    const failure = await failureOf(bookings.start(adoptedRequest(orderId.toUpperCase()), options));
    expect(failure).toMatchObject({ code: 'order_in_use', facts: { hint: booking.id } });
  });

  it('books an adopted order again once its booking has ended, and still finds the earlier one by its key', async () => {
    const request = adoptedRequest();
    const key = { idempotencyKey: randomUUID() };
    const first = await bookings.start(request, key);
    await standIn.end(first.booking.id, 'fail');
    const second = await bookings.start(request, { idempotencyKey: randomUUID() });
    expect(second).toMatchObject({ created: true, booking: { id: first.booking.id } });
    await standIn.execution(second.booking.id).signal('show', { status: 'confirmed' });
    await standIn.shown(second.booking.id, ({ status }) => status === 'confirmed');
    const again = await eventually(
      () => bookings.start(request, key).catch((err: unknown) => err),
      (seen) => !(seen instanceof Failure),
    );
    expect(again).toMatchObject({ created: false, booking: { status: 'searching' } });
  });

  it.each<[Kind]>([['placed'], ['adopted']])('makes one %s booking of many starts at once', async (kind) => {
    const request = requestOf[kind](randomUUID());
    const options = { idempotencyKey: randomUUID() };
    const started = await Promise.all(Array.from({ length: 8 }, () => bookings.start(request, options)));
    expect(started.filter(({ created }: Started) => created)).toHaveLength(1);
    expect(new Set(started.map(({ booking }) => booking.id)).size).toBe(1);
  });

  it.each<[string, () => object, object]>([
    ['placed', () => placedRequest(), {}],
    ['adopted', () => adoptedRequest(), {}],
    ['with its defaults written out', () => placedRequest(), { account: 'default', preference: 'earliest' }],
  ])('takes a relative request of the day before for the same booking: %s', async (_name, made, repeated) => {
    const options = { idempotencyKey: randomUUID() };
    const request = { ...made(), windows: [{ from: '+2d', to: '+9d' }] };
    const { booking } = await bookings.start(request, options);
    jest.useFakeTimers({ now: Date.now() + 86_400_000, advanceTimers: true, doNotFake: ['nextTick'] });
    try {
      const again = bookings.start({ ...request, ...repeated }, options);
      expect(await again).toMatchObject({ created: false, booking: { id: booking.id } });
      const other = bookings.start({ ...request, windows: [{ from: '+2d', to: '+8d' }] }, options);
      expect(await codeOf(other)).toBe('idempotency_key_reused');
    } finally {
      jest.useRealTimers();
    }
  });

  it('finds the booking of a request whose windows have passed since', async () => {
    const options = { idempotencyKey: randomUUID() };
    const request = placedRequest();
    const { booking } = await bookings.start(request, options);
    jest.useFakeTimers({ now: Date.now() + 30 * 86_400_000, advanceTimers: true, doNotFake: ['nextTick'] });
    try {
      const judged = createBookingClient({ client: standIn.server.client, idKey: standIn.idKey });
      expect(await judged.start(request, options).catch((err: unknown) => err)).toMatchObject({
        created: false,
        booking: { id: booking.id },
      });
    } finally {
      jest.useRealTimers();
    }
  });
});
