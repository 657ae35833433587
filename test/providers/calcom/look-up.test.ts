import type { AppointmentPhase } from '../../../src/booking/model';
import type { Where } from '../../../src/providers/provider';
import { attendee, booking, LIST, MAKER, ok, page, read, REF, refusal, REQUEST } from './fixtures';
import { calcomStage, failureOf, whereOf } from './setup';

const stage = calcomStage();

const look = (over: Partial<Where> = {}) => stage().provider().lookUp(stage().call(), whereOf(over));

const gone = () => refusal(404, 'Booking with uid=bk1 was not found in the database', 'NotFoundException');

test('the list of the client’s bookings is read, whatever their time and status', async () => {
  stage().server.expect(LIST, page([booking()]));
  expect(await look()).toMatchObject({ order: null, live: [{ id: 'bk1', ref: REF }], ended: [] });
  const query = Object.fromEntries(stage().sent(LIST).query);
  expect(query).toEqual({ attendeeEmail: 'ana@example.com', sortCreated: 'asc', take: '250', skip: '0' });
});

test.each<[string, AppointmentPhase]>([
  ['accepted', 'confirmed'],
  ['ACCEPTED', 'confirmed'],
  ['pending', 'pending'],
  ['awaiting_host', 'pending'],
  ['brand_new', 'unknown'],
])('%s is live and means %s', async (status, phase) => {
  stage().server.expect(LIST, page([booking({ status })]));
  expect(await look()).toMatchObject({ live: [{ phase }], ended: [] });
});

test.each(['cancelled', 'rejected'])('%s has ended', async (status) => {
  stage().server.expect(LIST, page([booking({ status, cancellationReason: 'ill' })]));
  expect(await look()).toMatchObject({ live: [], ended: [{ phase: 'cancelled', status, reason: 'ill' }] });
});

test('every page is read', async () => {
  const first = Array.from({ length: 250 }, (_, n) =>
    booking({ uid: `other${n}`, metadata: {}, status: 'cancelled' }),
  );
  stage().server.expect(LIST, page(first, { hasNextPage: true, totalItems: 251 }));
  stage().server.expect(LIST, page([booking()], { totalItems: 251 }));
  expect(await look()).toMatchObject({ live: [{ id: 'bk1' }] });
  expect(stage().server.received.map(({ query }) => query.get('skip'))).toEqual(['0', '250']);
});

test('a list that ends before all are shown proves nothing', async () => {
  stage().server.expect(LIST, page([], { hasNextPage: true, totalItems: 3 }));
  expect((await failureOf(look())).code).toBe('provider_unavailable');
});

test('other people’s bookings stay inside, though the list shows them', async () => {
  const theirs = booking({ uid: 'bk9', attendees: [attendee('ben@example.com')], metadata: {} });
  stage().server.expect(LIST, page([theirs]));
  expect(await look()).toMatchObject({ live: [], ended: [] });
});

test('another visit of the client is shown around the start only, and carries no ref of ours', async () => {
  const near = booking({ uid: 'bk8', metadata: {} });
  const far = booking({ uid: 'bk9', metadata: {}, start: '2027-01-20T15:00:00.000Z' });
  stage().server.expect(LIST, page([near, far]));
  expect(await look()).toMatchObject({ live: [{ id: 'bk8', ref: null }], ended: [] });
});

test('our own is shown wherever in time it is, by its ref alone', async () => {
  stage().server.expect(LIST, page([booking({ start: '2027-05-20T15:00:00.000Z' })]));
  expect(await look()).toMatchObject({ live: [{ id: 'bk1', ref: REF }] });
});

test('an own booking that the list does not show is read by its uid', async () => {
  stage().server.expect(LIST, page([]));
  stage().server.expect(read('bk1'), ok(booking()));
  expect(await look({ ownIds: ['bk1'] })).toMatchObject({ live: [{ id: 'bk1' }] });
});

test('one that neither shows is not shown: what that means is for the saga', async () => {
  stage().server.expect(LIST, page([]));
  stage().server.expect(read('bk1'), gone());
  expect(await look({ ownIds: ['bk1'] })).toEqual({ order: null, live: [], ended: [] });
});

test.each([
  ['without words of Cal.com’s', { status: 404, body: { message: 'Not Found' } }],
  [
    'of the framework, as a wrong address has',
    { status: 404, body: { statusCode: 404, message: 'Cannot GET /v3' } },
  ],
])('a 404 %s is no answer', async (_what, answer) => {
  stage().server.expect(LIST, page([]));
  stage().server.expect(read('bk1'), answer);
  expect((await failureOf(look({ ownIds: ['bk1'] }))).code).toBe('unexpected_answer');
});

describe('what was moved', () => {
  const old = booking({ status: 'cancelled', rescheduledToUid: 'bk2' });

  test('has ended, and its new booking is ours', async () => {
    stage().server.expect(LIST, page([old, booking({ uid: 'bk2', rescheduledFromUid: 'bk1' })]));
    expect(await look({ ownIds: ['bk1'] })).toMatchObject({
      live: [{ id: 'bk2', ref: REF }],
      ended: [{ id: 'bk1' }],
    });
  });

  test('is followed where the list does not show the new booking, however often', async () => {
    stage().server.expect(LIST, page([old]));
    stage().server.expect(
      read('bk2'),
      ok(booking({ uid: 'bk2', status: 'cancelled', rescheduledToUid: 'bk3' })),
    );
    stage().server.expect(read('bk3'), ok(booking({ uid: 'bk3' })));
    expect(await look()).toMatchObject({
      live: [{ id: 'bk3', ref: REF }],
      ended: [{ id: 'bk1' }, { id: 'bk2' }],
    });
  });

  test('is ours though its metadata and its attendee were changed', async () => {
    const changed = booking({ uid: 'bk2', metadata: {}, attendees: [attendee('new@example.com')] });
    stage().server.expect(LIST, page([old]));
    stage().server.expect(read('bk2'), ok(changed));
    expect(await look()).toMatchObject({ live: [{ id: 'bk2', ref: REF }] });
  });

  test('looks like a cancellation while the new one is not shown: such a look is no look', async () => {
    stage().server.expect(LIST, page([old]));
    stage().server.expect(read('bk2'), gone());
    expect((await failureOf(look())).code).toBe('provider_unavailable');
  });

  test('has ended though its own row is from before the move: the new one says so', async () => {
    stage().server.expect(LIST, page([booking()]));
    stage().server.expect(read('bk2'), ok(booking({ uid: 'bk2', rescheduledFromUid: 'bk1' })));
    expect(await look({ ownIds: ['bk1', 'bk2'] })).toMatchObject({
      live: [{ id: 'bk2' }],
      ended: [{ id: 'bk1', phase: 'cancelled' }],
    });
  });

  test('is ours by what the new one says alone, though its metadata was lost and the old row is from before', async () => {
    const moved = booking({ uid: 'bk2', rescheduledFromUid: 'bk1', metadata: {} });
    stage().server.expect(LIST, page([booking(), moved]));
    expect(await look({ ownIds: ['bk1'] })).toMatchObject({
      live: [{ id: 'bk2', ref: REF }],
      ended: [{ id: 'bk1' }],
    });
  });

  test('in circles is for a person', async () => {
    stage().server.expect(
      LIST,
      page([old, booking({ uid: 'bk2', status: 'cancelled', rescheduledToUid: 'bk1' })]),
    );
    expect((await failureOf(look())).code).toBe('unexpected_answer');
  });
});

describe('a list with a row that cannot be read', () => {
  const garbled = booking({ metadata: 'garbled' });

  test('proves no absence', async () => {
    stage().server.expect(LIST, page([garbled]));
    expect((await failureOf(look())).code).toBe('provider_unavailable');
  });

  test('will do before the first write', async () => {
    stage().server.expect(LIST, page([garbled]));
    expect(await look({ mayBePartial: true })).toMatchObject({ live: [], isPartial: true });
  });

  test('shows what it shows', async () => {
    stage().server.expect(LIST, page([garbled, booking({ uid: 'bk2' })]));
    expect(await look({ ownIds: ['bk2'] })).toMatchObject({ live: [{ id: 'bk2' }], isPartial: true });
  });
});

test('a client without an e-mail cannot be looked for: for a person, and never an empty look', async () => {
  const failure = await failureOf(look({ request: { client: { ...REQUEST.client, email: undefined } } }));
  expect(failure).toMatchObject({ code: 'unexpected_answer', facts: { field: 'client.email' } });
});

test('whose ref it is follows from all of it: a longer maker is another one', async () => {
  stage().server.expect(LIST, page([booking({ metadata: { bookingRef: `${MAKER}x/book/1` } })]));
  const { live } = await look();
  expect(live).toMatchObject([{ ref: `${MAKER}x/book/1` }]);
});
