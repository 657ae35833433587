import { createHmac } from 'node:crypto';
import { newsReader } from '../../../src/providers/calcom/news';
import { webhookVerifier } from '../../../src/providers/calcom/signature';
import { BOOKING_ID, END, REF, START } from './fixtures';

const event = (triggerEvent: string, payload: object = {}) => ({
  triggerEvent,
  createdAt: '2026-12-01T12:00:00.000Z',
  payload: {
    uid: 'bk1',
    bookingId: 4711,
    startTime: START,
    endTime: END,
    status: 'ACCEPTED',
    metadata: { bookingRef: REF },
    ...payload,
  },
});

test.each([
  ['BOOKING_CREATED', 'ACCEPTED', 'confirmed', true],
  ['BOOKING_REQUESTED', 'PENDING', 'pending', true],
  ['BOOKING_CANCELLED', 'CANCELLED', 'cancelled', false],
  ['BOOKING_REJECTED', 'REJECTED', 'cancelled', false],
])('%s says that the booking is %s', (trigger, status, phase, live) => {
  const news = newsReader.newsOf(event(trigger, { status }));
  expect(news).toMatchObject({
    kind: 'appointment',
    event: trigger,
    orderId: 'bk1',
    bookingId: BOOKING_ID,
    live,
  });
  expect(news?.said).toMatchObject({
    of: 'appointment',
    is: { id: 'bk1', phase, status: status.toLowerCase(), startsAt: START, endsAt: END },
  });
});

test('a cancellation has no metadata: it is about a uid', () => {
  const news = newsReader.newsOf(event('BOOKING_CANCELLED', { status: 'CANCELLED', metadata: undefined }));
  expect(news).toMatchObject({ orderId: 'bk1', bookingId: null, live: false });
});

test('a move without metadata is known by the uid that it was moved from', () => {
  const moved = { uid: 'bk2', rescheduleUid: 'bk1' };
  expect(newsReader.newsOf(event('BOOKING_RESCHEDULED', moved))).toMatchObject({ orderId: 'bk2' });
  const bare = newsReader.newsOf(event('BOOKING_RESCHEDULED', { ...moved, metadata: undefined }));
  expect(bare).toMatchObject({ orderId: 'bk1', bookingId: null, said: { is: { id: 'bk2' } } });
});

test('a no-show has a uid of another name, and nothing to compare', () => {
  const news = newsReader.newsOf({ triggerEvent: 'BOOKING_NO_SHOW_UPDATED', payload: { bookingUid: 'bk1' } });
  expect(news).toMatchObject({ orderId: 'bk1', said: null, live: true });
});

test.each([
  ['the clock’s', { triggerEvent: 'MEETING_ENDED', uid: 'bk1', startTime: START }],
  ['of another kind', event('FORM_SUBMITTED')],
  ['without a booking', { triggerEvent: 'BOOKING_CREATED', payload: {} }],
  ['with a uid that cannot be one', event('BOOKING_CREATED', { uid: "' OR 1=1" })],
  ['of no shape', ['x']],
  ['empty', null],
])('news %s is nobody’s', (_what, body) => {
  expect(newsReader.newsOf(body)).toBeNull();
});

test.each(['bookingsaga', 'x.y/book/1', 7, null])(
  'metadata with %j as ref names no booking of ours',
  (bookingRef) => {
    const news = newsReader.newsOf(event('BOOKING_CREATED', { metadata: { bookingRef } }));
    expect(news?.bookingId).toBeNull();
  },
);

test('labels for counting are few', () => {
  expect(newsReader.eventLabel(event('BOOKING_CREATED'))).toBe('BOOKING_CREATED');
  expect(newsReader.eventLabel(event('SOMETHING'))).toBe('other');
  expect(newsReader.eventLabel('x')).toBe('other');
});

describe('a signature', () => {
  const body = Buffer.from('{"a":"é"}');
  const signed = (secret: string, bytes = body) => ({
    'x-cal-signature-256': createHmac('sha256', secret).update(bytes).digest('hex'),
  });
  const isSigned = webhookVerifier(['one', 'two']);

  test('under any of the secrets counts, in either case', () => {
    expect(isSigned(body, signed('one'))).toBe(true);
    expect(isSigned(body, signed('two'))).toBe(true);
    const { 'x-cal-signature-256': hex } = signed('one');
    expect(isSigned(body, { 'x-cal-signature-256': hex.toUpperCase() })).toBe(true);
  });

  test.each([
    ['of another secret', signed('three')],
    ['of other bytes', signed('one', Buffer.from('{"a": "é"}'))],
    ['that is the word for none', { 'x-cal-signature-256': 'no-secret-provided' }],
    ['that is no hex', { 'x-cal-signature-256': 'z'.repeat(64) }],
    ['that is missing', {}],
  ])('%s does not', (_what, headers) => {
    expect(isSigned(body, headers)).toBe(false);
  });

  test('never counts without secrets', () => {
    expect(webhookVerifier([])(body, signed(''))).toBe(false);
  });
});
