import type { BookAnswer, LookUp } from '../../activities/contract';
import { Failure } from '../../src/booking/failures';
import type { Appointment, ProviderName, Sighting } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import {
  anAppointment,
  anOrder,
  atProvider,
  failureOf,
  lookAt,
  REF,
  remembering,
  REQUEST,
  RUN_ID,
  SLOT,
  START,
  type Memory,
} from './memory-provider';

/** Taking an appointment: every write looks first, at every provider. */

const NOTHING: Sighting = { order: null, live: [], ended: [] };
const shows = (...live: Appointment[]): Sighting => ({ ...NOTHING, live });
const OTHERS = anAppointment('other', { ref: bookRef('somebody.else', 1) });
const OURS = anAppointment('ours', { ref: REF });
const BOOKED = anAppointment('new', { ref: REF });

/** A provider whose refs return and that has no orders; one like Oliver; one like Junction. */
const NO_ORDERS = lookAt({ orderId: null });
const NO_REFS = lookAt({ orderId: null, refReturns: false }, { provider: 'oliver' });
const ORDERS = lookAt();

const withClue = (wanted: LookUp, clue: Partial<LookUp['clue']>): LookUp => ({
  ...wanted,
  clue: { ...wanted.clue, ...clue },
});

function booking({ target, clue, acceptedCancels, orderId }: LookUp, key: string | null = null) {
  return { target, clue, acceptedCancels, orderId, request: REQUEST, slot: SLOT, ref: REF, key };
}

async function book(
  wanted: LookUp,
  memory: Partial<Memory>,
): Promise<{ answer: BookAnswer; calls: string[] }> {
  const { activities, calls } = remembering({ book: () => BOOKED, ...memory });
  return { answer: await activities.bookSlot(booking(wanted)), calls };
}

const HELD = { is: 'held', earlier: false };
const EARLIER = { is: 'held', earlier: true };
const NOT_SENT = ['look afresh'];
/** What is held is looked at once more, as the wait for it begins. */
const SENT = ['look afresh', 'book', 'look afresh'];
const WAS_THERE = ['look afresh', 'look afresh'];

test.each<[name: string, wanted: LookUp, seen: Sighting, answer: object, calls: string[]]>([
  ['nothing is there', NO_ORDERS, NOTHING, HELD, SENT],
  ['ours is there by its ref, without orders', NO_ORDERS, shows(OTHERS, OURS), EARLIER, WAS_THERE],
  ["the patient's other visits are nobody's business here", NO_ORDERS, shows(OTHERS), HELD, SENT],
  ['ours is there by its ref, on the order', ORDERS, shows(OURS), EARLIER, WAS_THERE],
  [
    'the old one of a move is known to be there',
    withClue(NO_ORDERS, { before: ['ours'] }),
    shows(OURS),
    HELD,
    SENT,
  ],
  [
    'something new at that start, refs not returning',
    NO_REFS,
    shows(OTHERS),
    { is: 'unknown', isUnsent: true },
    NOT_SENT,
  ],
  ['what was there before the write', withClue(NO_REFS, { before: ['other'] }), shows(OTHERS), HELD, SENT],
  [
    'something new at another start',
    NO_REFS,
    shows(anAppointment('x', { startsAt: '2026-12-08T15:00:00.000Z' })),
    HELD,
    SENT,
  ],
  [
    'known by id, and come back since the look before',
    withClue(NO_REFS, { ownIds: ['told'] }),
    shows(anAppointment('told')),
    EARLIER,
    WAS_THERE,
  ],
])('before a book call: %s', async (_name, wanted, seen, answer, calls) => {
  expect(await book(wanted, { look: () => seen, order: null })).toMatchObject({ answer, calls });
});

test("another's appointment on the order is never booked over", async () => {
  const { activities, calls } = remembering({ look: () => shows(OTHERS) });
  expect(await failureOf(activities.bookSlot(booking(ORDERS)))).toEqual({
    code: 'appointment_exists',
    facts: { sent: 'no' },
  });
  expect(calls).toEqual(NOT_SENT);
});

describe('an order that says it has an appointment while none shows', () => {
  const since = '2026-12-01T10:00:00.000Z';
  const says: Sighting = { ...NOTHING, order: anOrder({ hasAppointmentSince: since }) };

  test('keeps anything from being booked on it', async () => {
    const { activities, calls } = remembering({ look: () => says });
    const failed = await failureOf(activities.bookSlot(booking(ORDERS)));
    expect(failed).toMatchObject({ code: 'appointment_missing', facts: { sent: 'no' } });
    expect(calls).toEqual(['look afresh', 'look afresh']);
  });

  test('is explained by a later cancel of ours that was accepted', async () => {
    const wanted = { ...ORDERS, acceptedCancels: [{ id: 'a', at: '2026-12-01T11:00:00.000Z' }] };
    expect((await book(wanted, { look: () => says })).answer).toMatchObject(HELD);
  });

  test('is explained by a second look, where it came about between the two reads', async () => {
    let looks = 0;
    const look = () => (++looks === 1 ? says : shows(OURS));
    expect((await book(ORDERS, { look })).answer).toMatchObject(EARLIER);
  });
});

test('what fails in the look has sent nothing of the write', async () => {
  const { activities, calls } = remembering({
    look: () => {
      throw new Failure('provider_unavailable', { said: 'HTTP 502' });
    },
  });
  expect(await failureOf(activities.bookSlot(booking(ORDERS)))).toEqual({
    code: 'provider_unavailable',
    facts: { said: 'HTTP 502', sent: 'no' },
  });
  expect(calls).toEqual(NOT_SENT);
});

test.each<[name: string, failure: Failure, answer: object]>([
  ['no answer', new Failure('outcome_unknown', { said: 'HTTP 503' }), { is: 'unknown', said: 'HTTP 503' }],
  [
    'a refusal in words that nobody knows',
    new Failure('outcome_unknown', { said: 'HTTP 409', isRefusal: true }),
    { is: 'unknown', said: 'HTTP 409', isRefusal: true },
  ],
  ['a slot that is gone', new Failure('slot_gone'), { is: 'gone', searchAgain: false }],
  ['a key that is none', new Failure('slot_key_invalid'), { is: 'gone', searchAgain: true }],
])('a book call answered with %s', async (_name, failure, answer) => {
  const refuse = () => {
    throw failure;
  };
  expect((await book(ORDERS, { look: () => NOTHING, book: refuse })).answer).toMatchObject(answer);
});

test.each<[name: string, after: () => Sighting, answer: object]>([
  ['shown', () => shows(BOOKED), HELD],
  ['not shown', () => NOTHING, { is: 'unknown' }],
  [
    'not to be read',
    () => {
      throw new Failure('provider_unavailable');
    },
    { is: 'unknown' },
  ],
])('the answer of a keyed call may be a replay: then %s', async (_name, after, answer) => {
  let looks = 0;
  const look = () => (++looks === 1 ? NOTHING : after());
  const { activities } = remembering({ look, book: () => BOOKED });
  expect(await activities.bookSlot(booking(ORDERS, 'a-key'))).toMatchObject(answer);
});

test('an attempt that no longer counts sends nothing', async () => {
  const closed = () => Promise.reject(new Failure('provider_unavailable', { sent: 'no' }));
  const { activities, calls } = remembering({ look: () => NOTHING, book: () => BOOKED }, closed);
  expect(await failureOf(activities.bookSlot(booking(ORDERS)))).toMatchObject({ facts: { sent: 'no' } });
  expect(calls).toEqual(NOT_SENT);
});

describe('a run that a reset made', () => {
  const whereMayWrite = (wanted: LookUp, provider: ProviderName, ...runIds: string[]): LookUp => ({
    ...wanted,
    target: atProvider(provider, runIds),
  });

  test('asks a person before its first write, where refs do not return', async () => {
    const { activities, calls } = remembering({});
    const reset = whereMayWrite(NO_REFS, 'oliver', 'the run before', 'an accepted one before this');
    const { target, clue, acceptedCancels } = reset;
    const writes = [
      () => activities.bookSlot(booking(reset)),
      () => activities.moveAppointment({ ...booking(reset), appointmentId: 'a' }),
      () =>
        activities.cancelAppointment({
          ...reset,
          appointmentId: 'a',
          reason: null,
          fees: { feeWindowMs: 0, accepted: false },
        }),
      () =>
        activities.requestVisit({
          target,
          clue,
          acceptedCancels,
          request: REQUEST,
          order: anOrder(),
          vendor: 'v',
          ref: REF,
        }),
    ];
    for (const write of writes)
      expect(await failureOf(write())).toEqual({
        code: 'booking_reset',
        facts: { sent: 'no', runId: RUN_ID },
      });
    expect(calls).toEqual([]);
  });

  test.each<[name: string, wanted: LookUp]>([
    ['where refs return it reads', whereMayWrite(ORDERS, 'junction-phlebotomy', 'the run before')],
    ['once a person has had it go on', whereMayWrite(NO_REFS, 'oliver', 'the run before', RUN_ID)],
    ['and one that none made', whereMayWrite(NO_REFS, 'oliver', RUN_ID)],
  ])('%s, and writes', async (_name, wanted) => {
    const { calls } = await book(wanted, { look: () => NOTHING });
    expect(calls.slice(0, 2)).toEqual(SENT.slice(0, 2));
  });
});

describe('a move', () => {
  const STANDS = anAppointment('a', { ref: REF, startsAt: '2026-12-06T15:00:00.000Z' });
  const MOVED = anAppointment('a', { ref: REF });
  const accepted = { acceptedCancels: [{ id: 'a', at: START }] };

  const move = (seen: Sighting, wanted: LookUp = ORDERS) => {
    const { activities, calls } = remembering({ look: () => seen, move: () => MOVED });
    return { calls, answer: activities.moveAppointment({ ...booking(wanted), appointmentId: 'a' }) };
  };

  test('of what stands', async () => {
    const { answer, calls } = move(shows(STANDS));
    expect(await answer).toMatchObject(HELD);
    expect(calls).toEqual(['look afresh', 'move', 'look afresh']);
  });

  test.each<[name: string, seen: Sighting]>([
    ['of what is there already', shows(MOVED)],
    ['of what is followed under another id and there already', shows(anAppointment('b', { ref: REF }))],
  ])('%s is not made', async (_name, seen) => {
    const { answer, calls } = move(seen);
    expect(await answer).toMatchObject(EARLIER);
    expect(calls).toEqual(WAS_THERE);
  });

  test.each<[name: string, seen: Sighting, wanted: LookUp, code: string]>([
    ['has ended', { ...NOTHING, order: anOrder(), ended: [MOVED] }, ORDERS, 'appointment_gone'],
    ['is absent', { ...NOTHING, order: anOrder() }, ORDERS, 'appointment_missing'],
    [
      'is shown by a copy from before an earlier move only',
      shows(anAppointment('b', { ref: REF, startsAt: '2026-12-05T15:00:00.000Z' })),
      { ...ORDERS, clue: { ...ORDERS.clue, ownIds: ['b', 'a'] } },
      'appointment_missing',
    ],
    [
      'is absent after our accepted cancel',
      { ...NOTHING, order: anOrder() },
      { ...ORDERS, ...accepted },
      'appointment_gone',
    ],
    ["is absent beside somebody else's", shows(OTHERS), ORDERS, 'appointment_missing'],
    ["is somebody else's by now", shows({ ...OTHERS, id: MOVED.id }), ORDERS, 'appointment_missing'],
  ])('of what %s says so, and sends nothing', async (_name, seen, wanted, code) => {
    const { answer, calls } = move(seen, wanted);
    expect(await failureOf(answer)).toMatchObject({ code, facts: { sent: 'no' } });
    expect(calls).toEqual(NOT_SENT);
  });
});
