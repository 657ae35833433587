import {
  act,
  ANA,
  book,
  bookingBody,
  FAR_VISIT,
  freeStart,
  LAB_VISIT,
  list,
  ON_REQUEST,
  OTHER_KEY,
  read,
  refusal,
  startCalcom,
  type Calcom,
} from './calcom-client';
import { until } from './junction-client';

/** Booking, moving, cancelling and the host's word at the Cal.com sandbox. */

let calcom: Calcom;
beforeEach(async () => void (calcom = await startCalcom()));
afterEach(() => calcom.close());

const TAKEN = 'User either already has booking at this time or is not available';

describe('booking', () => {
  test('is accepted at once where nobody has to confirm, and read by uid', async () => {
    const metadata = { ref: 'bk_1/book/1', visits: 2, isFirst: true };
    const booked = await book(calcom, { metadata });
    expect(booked).toMatchObject({
      status: 'accepted',
      eventType: { id: LAB_VISIT, slug: 'lab-visit' },
      duration: 30,
      attendees: [{ ...ANA, absent: false }],
      updatedAt: null,
      metadata,
    });
    expect(Date.parse(booked.end) - Date.parse(booked.start)).toBe(30 * 60_000);
    expect(await read(calcom, booked.uid)).toEqual(booked);
  });

  test('is pending where the host has to confirm, and holds no time', async () => {
    const first = await book(calcom, { eventTypeId: ON_REQUEST });
    const second = await book(calcom, { eventTypeId: ON_REQUEST, start: first.start });
    expect([first.status, second.status]).toEqual(['pending', 'pending']);
    expect((await calcom.state()).live.appointments).toHaveLength(2);
    expect(await freeStart(calcom)).toBe(first.start);
  });

  test('holds its time while pending when its event type says so', async () => {
    await calcom.control(`event-types/${ON_REQUEST}`, { pendingHolds: true });
    const first = await book(calcom, { eventTypeId: ON_REQUEST });
    const body = await bookingBody(calcom, { start: first.start });
    expect(await calcom.call('POST', '/v2/bookings', body)).toMatchObject(refusal(400, TAKEN));
  });

  test('takes its host’s time, whatever the event type', async () => {
    const { start } = await book(calcom);
    for (const eventTypeId of [LAB_VISIT, ON_REQUEST]) {
      const answer = await calcom.call(
        'POST',
        '/v2/bookings',
        await bookingBody(calcom, { start, eventTypeId }),
      );
      expect(answer).toMatchObject(refusal(400, TAKEN));
    }
    const within = new Date(Date.parse(start) + 10 * 60_000).toISOString();
    const answer = await calcom.call('POST', '/v2/bookings', await bookingBody(calcom, { start: within }));
    expect(answer).toMatchObject(refusal(400, TAKEN));
  });

  test('is refused when somebody else was quicker', async () => {
    const body = await bookingBody(calcom);
    await calcom.control('slots', { snatch: 1 });
    expect(await calcom.call('POST', '/v2/bookings', body)).toMatchObject(refusal(400, TAKEN));
    expect(await freeStart(calcom)).not.toBe(body.start);
    await calcom.control('slots', { release: true });
    expect(await freeStart(calcom)).toBe(body.start);
  });

  test.each<[what: string, over: Record<string, unknown>, status: number, message: RegExp]>([
    ['a time that was', { start: '2020-01-01T10:00:00Z' }, 400, /^Attempting to book a meeting in the past/],
    [
      'an event type that nobody has',
      { eventTypeId: 77, start: '2031-01-01T10:00:00Z' },
      404,
      /^Event type with id 77 not found/,
    ],
    ['a night', { start: '2031-01-01T08:00:00Z' }, 400, /^User either already has booking/],
    ['a Sunday', { start: '2031-01-05T16:00:00Z' }, 400, /^User either already has booking/],
    [
      'a field that is not known',
      { note: 'x' },
      400,
      /^note property is wrong,property note should not exist/,
    ],
    [
      'no name',
      { attendee: { email: 'a@example.com', timeZone: 'UTC' } },
      400,
      /attendee\.name property is wrong/,
    ],
    [
      'neither e-mail nor phone',
      { attendee: { name: 'A', timeZone: 'UTC' } },
      400,
      /at least one contact method/,
    ],
    [
      'a zone that is none',
      { attendee: { ...ANA, timeZone: 'Mars/Olympus' } },
      400,
      /timeZone must be a valid IANA/,
    ],
    [
      'metadata that is too long',
      { metadata: { ref: 'x'.repeat(501) } },
      400,
      /metadata\.ref property is wrong/,
    ],
    ['a key of metadata that is too long', { metadata: { ['k'.repeat(41)]: 'x' } }, 400, /property is wrong/],
    ['an object in metadata', { metadata: { a: {} } }, 400, /metadata\.a property is wrong/],
    [
      'too much metadata',
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'x'])) },
      400,
      /at most 50 keys/,
    ],
  ])('refuses %s', async (_what, over, status, message) => {
    const answer = await calcom.call(
      'POST',
      '/v2/bookings',
      await bookingBody(calcom, { start: '2031-01-01T16:00:00Z', ...over }),
    );
    expect(answer).toMatchObject(refusal(status, message));
    expect((await calcom.state()).bookings).toEqual([]);
  });

  test('refuses what is too soon', async () => {
    await calcom.control(`event-types/${LAB_VISIT}`, { noticeMinutes: 60 * 24 * 365 * 3 });
    const body = await bookingBody(calcom, { start: '2027-06-01T16:00:00Z' });
    expect(await calcom.call('POST', '/v2/bookings', body)).toMatchObject(refusal(400, /too soon/));
  });

  test('wants the fields that its event type wants', async () => {
    await calcom.control(`event-types/${LAB_VISIT}`, { requiredFields: ['reason'] });
    const body = await bookingBody(calcom);
    const message = /^Missing required booking field response: reason/;
    expect(await calcom.call('POST', '/v2/bookings', body)).toMatchObject(refusal(400, message));
    const booked = await book(calcom, { bookingFieldsResponses: { reason: 'Check-up' } });
    expect(booked.bookingFieldsResponses).toMatchObject({ reason: 'Check-up', email: ANA.email });
  });

  test('wants no more active bookings of one e-mail than its event type says', async () => {
    await calcom.control(`event-types/${LAB_VISIT}`, { maxActivePerEmail: 1 });
    const { uid } = await book(calcom);
    const body = await bookingBody(calcom);
    expect(await calcom.call('POST', '/v2/bookings', body)).toMatchObject(
      refusal(400, /maximum number of active bookings/),
    );
    await act(calcom, uid, 'cancel', { cancellationReason: 'x' });
    await book(calcom);
  });

  test('with a phone number alone makes an e-mail up', async () => {
    const attendee = { name: 'Ana', phoneNumber: '+16025550123', timeZone: 'America/Phoenix' };
    const booked = await book(calcom, { attendee });
    expect(booked.attendees).toMatchObject([
      { email: '16025550123@sms.cal.com', phoneNumber: '+16025550123' },
    ]);
  });
});

describe('the host', () => {
  test('confirms and declines what is pending, and nothing else', async () => {
    const confirmed = await book(calcom, { eventTypeId: ON_REQUEST });
    expect(await act(calcom, confirmed.uid, 'confirm')).toMatchObject({ status: 'accepted' });
    const again = await calcom.call('POST', `/v2/bookings/${confirmed.uid}/confirm`, {});
    expect(again).toMatchObject(refusal(400, /^Bad request/));
    const declined = await book(calcom, { eventTypeId: ON_REQUEST });
    expect(await act(calcom, declined.uid, 'decline', { reason: 'ill' })).toMatchObject({
      status: 'rejected',
    });
    expect((await calcom.state()).live.appointments).toEqual([confirmed.uid]);
  });

  test('alone may do so', async () => {
    const { uid } = await book(calcom, { eventTypeId: ON_REQUEST });
    const headers = { authorization: `Bearer ${OTHER_KEY}` };
    expect(await calcom.call('POST', `/v2/bookings/${uid}/confirm`, {}, headers)).toMatchObject(
      refusal(401, /not authorized/),
    );
    expect(
      await calcom.call('POST', `/v2/bookings/${uid}/confirm`, {}, { authorization: undefined }),
    ).toMatchObject(refusal(401, /No authentication method/));
  });

  test.each([
    ['confirm', 'accepted'],
    ['decline', 'rejected'],
  ])('does it later, when told to: %s', async (acts, status) => {
    await calcom.control('host', { acts, afterMs: 20 });
    const { uid } = await book(calcom, { eventTypeId: ON_REQUEST });
    const seen = await until(
      () => read(calcom, uid),
      (booking) => booking.status !== 'pending',
    );
    expect(seen.status).toBe(status);
  });

  test('says who did not come, after the start', async () => {
    const { uid } = await book(calcom);
    const body = { attendees: [{ email: ANA.email, absent: true }] };
    expect(await calcom.call('POST', `/v2/bookings/${uid}/mark-absent`, body)).toMatchObject(
      refusal(400, /after their scheduled start/),
    );
    await calcom.control(`bookings/${uid}`, { acts: 'absent' });
    expect(await read(calcom, uid)).toMatchObject({ status: 'accepted', attendees: [{ absent: true }] });
  });
});

describe('a move', () => {
  test('makes a new booking with the old metadata; the old one is cancelled and names it', async () => {
    const old = await book(calcom, { metadata: { ref: 'bk_1/book/1' } });
    const start = await freeStart(calcom, 3);
    const moved = await act(calcom, old.uid, 'reschedule', { start, reschedulingReason: 'later' });
    expect(moved).toMatchObject({
      status: 'accepted',
      start,
      rescheduledFromUid: old.uid,
      reschedulingReason: 'later',
      metadata: { ref: 'bk_1/book/1' },
      attendees: [ANA],
    });
    expect(moved.uid).not.toBe(old.uid);
    expect(await read(calcom, old.uid)).toMatchObject({ status: 'cancelled', rescheduledToUid: moved.uid });
    expect((await calcom.state()).live.appointments).toEqual([moved.uid]);
    expect(await freeStart(calcom)).toBe(old.start);
  });

  test('of what was moved is refused and says where it is', async () => {
    const old = await book(calcom);
    const moved = await act(calcom, old.uid, 'reschedule', { start: await freeStart(calcom, 1) });
    const again = await calcom.call('POST', `/v2/bookings/${old.uid}/reschedule`, {
      start: await freeStart(calcom, 2),
    });
    expect(again).toMatchObject(
      refusal(400, new RegExp(`rescheduled already to booking with uid=${moved.uid}`)),
    );
  });

  test('of what was cancelled, or of nothing, is refused', async () => {
    const { uid } = await book(calcom);
    await act(calcom, uid, 'cancel', { cancellationReason: 'x' });
    const body = { start: await freeStart(calcom, 1) };
    expect(await calcom.call('POST', `/v2/bookings/${uid}/reschedule`, body)).toMatchObject(
      refusal(400, /^Can't reschedule .* because it has been cancelled\. /),
    );
    expect(await calcom.call('POST', '/v2/bookings/nobody/reschedule', body)).toMatchObject(
      refusal(404, /^Booking with uid=nobody was not found/),
    );
  });

  test('to a time that is taken leaves everything as it was', async () => {
    const other = await book(calcom);
    const mine = await book(calcom);
    const answer = await calcom.call('POST', `/v2/bookings/${mine.uid}/reschedule`, { start: other.start });
    expect(answer).toMatchObject(refusal(400, TAKEN));
    expect(await read(calcom, mine.uid)).toEqual(mine);
  });

  test('by somebody else than the host has to be confirmed again', async () => {
    const { uid } = await book(calcom, { eventTypeId: ON_REQUEST });
    await act(calcom, uid, 'confirm');
    const start = await freeStart(calcom, 5);
    const answer = await calcom.call(
      'POST',
      `/v2/bookings/${uid}/reschedule`,
      { start },
      { authorization: undefined },
    );
    expect(answer).toMatchObject({
      status: 201,
      body: { data: { status: 'pending', rescheduledFromUid: uid } },
    });
  });

  test('by the host does not', async () => {
    const { uid } = await book(calcom, { eventTypeId: ON_REQUEST });
    await act(calcom, uid, 'confirm');
    const moved = await act(calcom, uid, 'reschedule', { start: await freeStart(calcom, 5) });
    expect(moved.status).toBe('accepted');
  });

  test('by the vendor’s own pages gives a new uid too', async () => {
    const { uid } = await book(calcom);
    const start = await freeStart(calcom, 4);
    await calcom.control(`bookings/${uid}`, { acts: 'move', start, reason: 'ill' });
    const { rescheduledToUid } = await read(calcom, uid);
    expect(await read(calcom, rescheduledToUid ?? '')).toMatchObject({ start, status: 'accepted' });
  });
});

describe('a cancel', () => {
  test('ends the booking and frees its time; a second one is refused', async () => {
    const { uid, start } = await book(calcom);
    const cancelled = await act(calcom, uid, 'cancel', { cancellationReason: 'patient is ill' });
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      cancellationReason: 'patient is ill',
      cancelledByEmail: 'iris@example.com',
    });
    const again = await calcom.call('POST', `/v2/bookings/${uid}/cancel`, { cancellationReason: 'x' });
    expect(again).toMatchObject(refusal(400, /^Can't cancel .* has been cancelled already/));
    expect(await freeStart(calcom)).toBe(start);
  });

  test('by the host has to say why, in the framework’s own form of refusals', async () => {
    const { uid } = await book(calcom);
    const message = 'Cancellation reason is required when you are the host';
    const answer = await calcom.call('POST', `/v2/bookings/${uid}/cancel`, {});
    expect(answer).toMatchObject({ status: 400, body: { statusCode: 400, message } });
    const byAttendee = await calcom.call(
      'POST',
      `/v2/bookings/${uid}/cancel`,
      {},
      { authorization: undefined },
    );
    expect(byAttendee).toMatchObject({ status: 200, body: { data: { status: 'cancelled' } } });
  });

  test('is refused where the event type allows none', async () => {
    await calcom.control(`event-types/${LAB_VISIT}`, { allowsCancelling: false });
    const { uid } = await book(calcom);
    const answer = await calcom.call('POST', `/v2/bookings/${uid}/cancel`, { cancellationReason: 'x' });
    expect(answer).toMatchObject({ status: 400, body: { message: /does not allow cancellations/ } });
  });
});

describe('the list', () => {
  test('has pages, their number and the next one', async () => {
    const uids: string[] = [];
    for (let n = 0; n < 5; n += 1) uids.push((await book(calcom)).uid);
    const pages = [];
    for (const skip of ['0', '2', '4'])
      pages.push(await list(calcom, { take: '2', skip, sortCreated: 'asc' }));
    expect(pages.flatMap(({ data }) => data.map(({ uid }) => uid))).toEqual(uids);
    expect(pages.map(({ pagination }) => pagination.hasNextPage)).toEqual([true, true, false]);
    expect(pages[2]?.pagination).toEqual({
      itemsReturned: 1,
      totalItems: 5,
      itemsPerPage: 2,
      remainingItems: 0,
      currentPage: 3,
      totalPages: 3,
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect(await calcom.call('GET', '/v2/bookings?take=251')).toMatchObject(refusal(400, /take property/));
  });

  test('shows every status without a filter, and groups with one', async () => {
    const accepted = await book(calcom);
    const pending = await book(calcom, { eventTypeId: ON_REQUEST });
    const ended = await book(calcom);
    await act(calcom, ended.uid, 'cancel', { cancellationReason: 'x' });
    const uidsOf = async (query: Record<string, string>): Promise<string[]> =>
      (await list(calcom, query)).data.map(({ uid }) => uid).sort();
    expect(await uidsOf({})).toEqual([accepted.uid, pending.uid, ended.uid].sort());
    expect(await uidsOf({ status: 'upcoming' })).toEqual([accepted.uid, pending.uid].sort());
    expect(await uidsOf({ status: 'unconfirmed' })).toEqual([pending.uid]);
    expect(await uidsOf({ status: 'cancelled,past' })).toEqual([ended.uid]);
    expect(await calcom.call('GET', '/v2/bookings?status=accepted')).toMatchObject(refusal(400, /status/));
  });

  test('is filtered by e-mail, event type, uid and times', async () => {
    const mine = await book(calcom);
    await calcom.control('bookings', { start: await freeStart(calcom, 8), eventTypeId: FAR_VISIT });
    const found = async (query: Record<string, string>): Promise<number> =>
      (await list(calcom, query)).data.length;
    expect(await found({ attendeeEmail: ANA.email })).toBe(1);
    expect(await found({ attendeeEmail: 'ANA@example.com' })).toBe(0);
    expect(await found({ eventTypeIds: `${LAB_VISIT},${ON_REQUEST}` })).toBe(1);
    expect(await found({ eventTypeId: String(FAR_VISIT) })).toBe(1);
    expect(await found({ bookingUid: mine.uid })).toBe(1);
    expect(await found({ afterStart: mine.start, beforeEnd: mine.end })).toBe(1);
    expect(await found({ afterStart: mine.end })).toBe(1);
    expect(await found({ afterCreatedAt: '2040-01-01T00:00:00Z' })).toBe(0);
  });

  test('is each user’s own, and needs a key', async () => {
    await book(calcom);
    const headers = { authorization: `Bearer ${OTHER_KEY}` };
    expect(await calcom.call('GET', '/v2/bookings', undefined, headers)).toMatchObject({
      body: { data: [] },
    });
    expect(await calcom.call('GET', '/v2/bookings', undefined, { authorization: undefined })).toMatchObject(
      refusal(401, /No authentication method/),
    );
  });
});
