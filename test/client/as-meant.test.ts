import { randomUUID } from 'node:crypto';
import type { BookingClient } from '../../src/client/booking-client';
import { adoptedRequest, codeOf, placedRequest, startStandIn, type StandIn } from '../support/stand-in';

let standIn: StandIn;
let bookings: BookingClient;

beforeAll(async () => {
  standIn = await startStandIn();
  bookings = standIn.bookings;
}, 60_000);
afterAll(() => standIn.stop());

test('requests that differ in null and blanks alone are one request under one key', async () => {
  const idempotencyKey = randomUUID();
  const first = await bookings.start(placedRequest({ notes: 'Left arm' }), { idempotencyKey });
  const again = await bookings.start(
    placedRequest({ notes: ' Left arm\n', client: null, tier: null, reference: ' visit-1\u00A0' }),
    { idempotencyKey },
  );
  expect(again).toMatchObject({ created: false, booking: { id: first.booking.id } });
  expect(await codeOf(bookings.start(placedRequest({ notes: 'Right arm' }), { idempotencyKey }))).toBe(
    'idempotency_key_reused',
  );
});

test.each([
  ['placed', placedRequest()],
  ['adopted', adoptedRequest(randomUUID())],
])('what an earlier build %s under a quoted key is found by the key', async (_name, request) => {
  const key = randomUUID();
  const first = await bookings.start(request, { idempotencyKey: `"${key}"` });
  const again = await bookings.start(request, { idempotencyKey: key, formerKey: `"${key}"` });
  expect(again).toMatchObject({ created: false, booking: { id: first.booking.id } });
});
