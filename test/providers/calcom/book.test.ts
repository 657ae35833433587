import { BOOK, booking, BOOKING, CANCEL, MOVE, ok, REF, refusal, REQUEST, START, ZONE } from './fixtures';
import { calcomStage, failureOf } from './setup';

const stage = calcomStage();
const LATER = '2026-12-07T17:00:00.000Z';

const book = (over: object = {}) =>
  stage()
    .provider()
    .book(stage().call(), { ...BOOKING, ...over });

test('a slot is booked by its start, with our ref in the metadata', async () => {
  stage().server.expect(BOOK, ok(booking(), 201));
  const taken = await book({ request: { ...REQUEST, notes: 'Left arm', timezone: 'Europe/Oslo' } });
  expect(taken).toMatchObject({
    id: 'bk1',
    phase: 'confirmed',
    startsAt: START,
    timezone: ZONE,
    ref: REF,
    orderId: null,
  });
  const { headers, body } = stage().sent(BOOK);
  expect(headers).toMatchObject({ authorization: 'Bearer cal_test', 'cal-api-version': '2024-08-13' });
  expect(body).toEqual({
    start: START,
    eventTypeId: 101,
    attendee: { name: 'Ana Reyes', email: 'ana@example.com', timeZone: 'Europe/Oslo' },
    metadata: { bookingRef: REF },
    bookingFieldsResponses: { notes: 'Left arm' },
  });
});

test.each([
  ['+1 (602) 555-0123', '+16025550123'],
  ['602-555-0123', '+16025550123'],
  ['0047 22 12 34 56', '+4722123456'],
])('the phone number %s goes out as %s', async (phone, sent) => {
  stage().server.expect(BOOK, ok(booking(), 201));
  await book({ request: { ...REQUEST, client: { ...REQUEST.client, phone } } });
  expect(stage().sent(BOOK).body).toMatchObject({ attendee: { phoneNumber: sent } });
});

test('one that its host has to confirm is pending', async () => {
  stage().server.expect(BOOK, ok(booking({ status: 'pending' }), 201));
  expect(await book()).toMatchObject({ phase: 'pending', status: 'pending' });
});

test('an answer that carries another booking’s ref is not ours: unknown', async () => {
  stage().server.expect(BOOK, ok(booking({ metadata: { bookingRef: 'other.m1/book/1' } }), 201));
  expect(await failureOf(book())).toMatchObject({ code: 'outcome_unknown', facts: { sent: 'yes' } });
});

test('a list where one booking was asked for is a recurring one: unknown', async () => {
  stage().server.expect(BOOK, ok([booking()], 201));
  expect((await failureOf(book())).code).toBe('outcome_unknown');
});

test('a key that is no time is none of ours, and nothing is sent', async () => {
  expect(await failureOf(book({ slotKey: 'tomorrow' }))).toMatchObject({
    code: 'slot_key_invalid',
    facts: { sent: 'no' },
  });
});

test.each(['reset', 'half'] as const)('no answer (%s) is unknown', async (outcome) => {
  stage().server.expect(BOOK, outcome);
  expect((await failureOf(book())).code).toBe('outcome_unknown');
});

describe('moving', () => {
  const move = () =>
    stage().provider().reschedule?.(stage().call(), {
      orderId: null,
      appointmentId: 'bk1',
      slotKey: LATER,
      startsAt: LATER,
      ref: REF,
      request: REQUEST,
    }) ?? Promise.reject(new Error('Cal.com moves'));

  test('makes a new booking, which carries the ref of the old one', async () => {
    stage().server.expect(MOVE, ok(booking({ uid: 'bk2', start: LATER, rescheduledFromUid: 'bk1' }), 201));
    expect(await move()).toMatchObject({ id: 'bk2', startsAt: LATER, ref: REF });
    expect(stage().sent(MOVE).body).toEqual({ start: LATER });
  });

  test('an answer that shows another time is unknown', async () => {
    stage().server.expect(MOVE, ok(booking({ uid: 'bk2' }), 201));
    expect((await failureOf(move())).code).toBe('outcome_unknown');
  });

  test.each([
    [
      "Can't reschedule booking with uid=bk1 because it has been cancelled. Please provide …",
      'appointment_gone',
    ],
    [
      "Can't reschedule booking with uid=bk1 because it has been cancelled and rescheduled already to booking with uid=bk2.",
      'appointment_gone',
    ],
    ['User either already has booking at this time or is not available', 'slot_gone'],
  ])('%s', async (message, code) => {
    stage().server.expect(MOVE, refusal(400, message));
    expect((await failureOf(move())).code).toBe(code);
  });
});

describe('cancelling', () => {
  const cancel = (reason: string | null = null) =>
    stage()
      .provider()
      .cancelAppointment(stage().call(), {
        orderId: null,
        appointmentId: 'bk1',
        request: { client: REQUEST.client },
        seen: {} as never, // it is not looked at
        reason,
      });

  test.each([
    [null, expect.stringMatching(/\w/)],
    ['The client is ill', 'The client is ill'],
  ])('always gives a reason, which a host’s key must (%s)', async (reason, sent) => {
    stage().server.expect(CANCEL, ok(booking({ status: 'cancelled', cancellationReason: 'ill' })));
    expect(await cancel(reason)).toMatchObject({ phase: 'cancelled', reason: 'ill' });
    expect(stage().sent(CANCEL).body).toEqual({ cancellationReason: sent });
  });

  test.each([
    "Can't cancel booking with uid=bk1 because it has been cancelled already. Please provide …",
    'This booking has already been cancelled.',
  ])('is accepted, and shows none, when the answer is %j', async (message) => {
    stage().server.expect(CANCEL, refusal(400, message));
    expect(await cancel()).toBeNull();
  });

  test('is for a person where the event type forbids it', async () => {
    stage().server.expect(CANCEL, refusal(400, 'This event type does not allow cancellations'));
    expect((await failureOf(cancel())).code).toBe('feature_not_enabled');
  });
});
