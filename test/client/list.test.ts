import { randomUUID } from 'node:crypto';
import type { BookingClient } from '../../src/client/booking-client';
import {
  adoptedRequest,
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

describe('list', () => {
  it.each(['account', 'attention', 'orderId', 'reference', 'status', 'provider'])(
    'refuses a %s that says nothing, which would be every booking or none',
    async (field) => {
      for (const blank of ['', ' ', '\u200B'])
        expect((await failureOf(bookings.list({ [field]: blank }))).facts).toEqual({
          field,
          hint: 'Must not be empty.',
        });
    },
  );

  it('finds bookings by what the search attributes say, page by page', async () => {
    const reference = `list-${randomUUID()}`;
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await bookings.start(placedRequest({ reference }))).booking.id),
    );
    await eventually(
      () => bookings.list({ reference }),
      ({ bookings: found }) => found.length === 3,
    );
    const filter = { reference, provider: 'junction-phlebotomy', attention: false, pageSize: 2 };
    const first = await bookings.list(filter);
    expect(first.bookings).toHaveLength(2);
    const rest = await bookings.list({ ...filter, pageToken: first.nextPageToken ?? 'none' });
    expect([...first.bookings, ...rest.bookings].map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(first.bookings[0]).toMatchObject({
      status: 'ordering',
      open: true,
      provider: 'junction-phlebotomy',
      account: 'default',
      reference,
      orderId: null,
      attention: null,
      endedAt: null,
    });
  });

  it('tells open from ended ones, and failed ones by how they ended', async () => {
    const orderId = randomUUID();
    const { booking } = await bookings.start(adoptedRequest(orderId));
    await eventually(
      () => bookings.list({ orderId, open: true }),
      ({ bookings: found }) => found.length === 1,
    );
    await standIn.end(booking.id, 'fail');
    const { bookings: found } = await eventually(
      () => bookings.list({ orderId, open: false }),
      ({ bookings: rows }) => rows.length === 1,
    );
    expect(found[0]).toMatchObject({ id: booking.id, status: 'failed', open: false, orderId });
    expect((await bookings.list({ orderId, open: true })).bookings).toEqual([]);
  });

  it('finds the bookings of several orders at once, ended ones too', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const { booking: ended } = await bookings.start(adoptedRequest(first));
    const { booking: open } = await bookings.start(adoptedRequest(second));
    await standIn.end(ended.id);
    const found = await eventually(
      () => bookings.ofOrders([first, second, randomUUID()]),
      (rows) => rows.length === 2 && rows.some((row) => !row.open),
    );
    expect(found.map(({ id, orderId, open: isOpen }) => [id, orderId, isOpen])).toEqual([
      [open.id, second, true],
      [ended.id, first, false],
    ]);
    expect(await bookings.ofOrders([])).toEqual([]);
    expect(await failureOf(bookings.ofOrders(["x' OR BookingStatus != '"]))).toMatchObject({
      code: 'invalid_request',
    });
  });

  it('refuses a page token of another filter', async () => {
    const reference = `list-${randomUUID()}`;
    await Promise.all([1, 2].map(() => bookings.start(placedRequest({ reference }))));
    const page = await eventually(
      () => bookings.list({ reference, pageSize: 1 }),
      ({ nextPageToken }) => nextPageToken !== null,
    );
    const call = bookings.list({ pageSize: 1, pageToken: page.nextPageToken ?? '' });
    expect(await failureOf(call)).toMatchObject({ code: 'invalid_request', facts: { field: 'pageToken' } });
  });

  it.each([
    ['reference', { reference: "x' OR BookingStatus != '" }],
    ['startsFrom', { startsFrom: 'tomorrow' }],
    ['pageSize', { pageSize: 0 }],
    ['pageToken', { pageToken: 'bm9uc2Vuc2U' }],
  ])('refuses a %s that cannot be used', async (field, filter) => {
    expect(await failureOf(bookings.list(filter))).toMatchObject({
      code: 'invalid_request',
      facts: { field },
    });
  });
});
