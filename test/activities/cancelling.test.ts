import type { CancelAnswer, FeeTerms, LookUp } from '../../activities/contract';
import { Failure, type FailureCode } from '../../src/booking/failures';
import type { Appointment, Sighting, AppointmentPhase } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import { anAppointment, anOrder, failureOf, lookAt, REF, remembering, type Memory } from './memory-provider';

/** Undoing: looked at before, read after; an answer of 200 is not yet proof. */

const ORDER = anOrder();
const OURS = anAppointment('a', { ref: REF });
const ENDED = { ...OURS, phase: 'cancelled' } as const;
const OTHERS = anAppointment('x', { ref: bookRef('somebody.else', 1) });

const shows = (...live: Appointment[]): Sighting => ({ order: null, live, ended: [] });
const shownEnded = (...ended: Appointment[]): Sighting => ({ order: ORDER, live: [], ended });
const ABSENT: Sighting = { order: ORDER, live: [], ended: [] };
const ACCEPTED_BEFORE = { acceptedCancels: [{ id: 'a', at: '2026-12-01T10:00:00.000Z' }] };

const FREE: FeeTerms = { feeWindowMs: 0, accepted: false };
const failing =
  (code: FailureCode, facts = {}) =>
  (): never => {
    throw new Failure(code, facts);
  };

/** Looks that show this first, and that after the write. */
function looks(first: Sighting, after: () => Sighting = failing('provider_unavailable')): Memory['look'] {
  let n = 0;
  return () => (++n === 1 ? first : after());
}

interface How {
  wanted?: Partial<LookUp>;
  clue?: Partial<LookUp['clue']>;
  appointmentId?: string | null;
  fees?: FeeTerms;
  sparedPhases?: readonly AppointmentPhase[];
}

function cancel(
  memory: Partial<Memory>,
  { wanted = {}, clue = { ownIds: ['a'] }, appointmentId = null, fees = FREE, sparedPhases }: How = {},
): { answer: Promise<CancelAnswer>; calls: string[] } {
  const { activities, calls } = remembering({ cancel: () => null, ...memory });
  const input = { ...lookAt(clue, wanted), appointmentId, reason: null, fees, sparedPhases };
  return { answer: activities.cancelAppointment(input), calls };
}

describe('an accepted cancel', () => {
  test.each<[name: string, after: () => Sighting, answer: object]>([
    ['is shown ended', () => shownEnded(ENDED), { is: 'ended', byUs: true, appointment: { id: 'a' } }],
    [
      'is absent, with the order read',
      () => ABSENT,
      { is: 'ended', byUs: true, appointment: { id: 'a', phase: 'cancelled' } },
    ],
    ['is absent, and no order was read', () => shows(), { is: 'unknown', accepted: true }],
    ['still stands', () => shows(OURS), { is: 'unknown', accepted: true }],
    ['cannot be read', failing('provider_unavailable'), { is: 'unknown', accepted: true }],
    [
      'is absent, and the order says otherwise',
      () => ({ ...ABSENT, order: anOrder({ hasAppointmentSince: '2999-01-01T00:00:00.000Z' }) }),
      { is: 'unknown', accepted: true },
    ],
  ])('then the appointment %s', async (_name, after, expected) => {
    const { answer, calls } = cancel({ look: looks(shows(OURS), after) });
    expect(await answer).toMatchObject(expected);
    expect(calls).toEqual(['look', 'cancel', 'look afresh']);
  });

  test.each<[name: string, after: () => Sighting, answer: object]>([
    ['is absent', () => ABSENT, { is: 'unknown', accepted: false }],
    ['still stands', () => shows(OURS), { is: 'unknown', accepted: false }],
    ['is shown ended', () => shownEnded(ENDED), { is: 'ended', appointment: { id: 'a' } }],
  ])(
    'whose own answer shows the appointment live is none, also when it %s',
    async (_name, after, expected) => {
      const { answer } = cancel({ look: looks(shows(OURS), after), cancel: () => OURS });
      expect(await answer).toMatchObject(expected);
    },
  );

  test('of what was moved right before it ends nothing: it stands under another id', async () => {
    const moved = { ...shownEnded(ENDED), live: [anAppointment('b', { ref: REF })] };
    const { answer } = cancel({ look: looks(shows(OURS), () => moved) });
    expect(await answer).toMatchObject({ is: 'unknown', accepted: true, appointment: { id: 'a' } });
  });

  test('of a staff is no more than asked for', async () => {
    const { answer, calls } = cancel(
      { look: looks(shows(OURS)), cancel: () => ({ ...OURS, reason: 'task 7' }) },
      {
        clue: { ownIds: ['a'], orderId: null, refReturns: false },
        wanted: { ...lookAt(), orderId: null, target: { ...lookAt().target, provider: 'oliver' } },
      },
    );
    expect(await answer).toMatchObject({ is: 'asked', appointment: { id: 'a', reason: 'task 7' } });
    expect(calls).toEqual(['look', 'cancel']);
  });
});

test('somebody else’s appointment under the id that is meant is left alone', async () => {
  const { answer, calls } = cancel({ look: looks(shows({ ...OTHERS, id: 'a' })) }, { appointmentId: 'a' });
  expect(await answer).toMatchObject({ is: 'nothing_there' });
  expect(calls).toEqual(['look']);
});

describe('an appointment that is to be spared once it is confirmed', () => {
  const at = (phase: AppointmentPhase): Sighting => shows({ ...OURS, phase });
  const SPARED = {
    sparedPhases: ['confirmed', 'in_progress'],
    fees: { feeWindowMs: 1e12, accepted: false },
  } as const;

  test.each<AppointmentPhase>(['confirmed', 'in_progress'])(
    'is left alone when it is %s by now',
    async (phase) => {
      const { answer, calls } = cancel({ look: looks(at(phase)) }, SPARED);
      expect(await answer).toMatchObject({ is: 'spared', appointment: { id: 'a', phase } });
      expect(calls).toEqual(['look']);
    },
  );

  test('is cancelled while it is not', async () => {
    const { answer, calls } = cancel(
      { look: looks(at('pending'), () => shownEnded(ENDED)) },
      { ...SPARED, fees: FREE },
    );
    expect(await answer).toMatchObject({ is: 'ended', byUs: true });
    expect(calls).toEqual(['look', 'cancel', 'look afresh']);
  });

  test('is cancelled to the end once a cancel of it was accepted', async () => {
    const how = { ...SPARED, fees: FREE, wanted: ACCEPTED_BEFORE };
    const { answer } = cancel({ look: looks(at('confirmed'), () => shownEnded(ENDED)) }, how);
    expect(await answer).toMatchObject({ is: 'ended', byUs: true });
  });
});

describe('a cancel that was refused', () => {
  const refusal = failing('order_not_bookable', { said: 'not in a state' });

  test.each<[name: string, after: () => Sighting, wanted: Partial<LookUp>, byUs: boolean]>([
    ['ended before', () => shownEnded(ENDED), {}, false],
    ['ended by our cancel before', () => shownEnded(ENDED), ACCEPTED_BEFORE, true],
    ['absent since our cancel before', () => ABSENT, ACCEPTED_BEFORE, true],
  ])('of what has %s is no failure', async (_name, after, wanted, byUs) => {
    const { answer } = cancel({ look: looks(shows(OURS), after), cancel: refusal }, { wanted });
    expect(await answer).toMatchObject({ is: 'ended', byUs });
  });

  test.each<[name: string, after: () => Sighting]>([
    ['stands', () => shows(OURS)],
    ['is absent', () => ABSENT],
    ['cannot be read', failing('provider_unavailable')],
  ])('of what %s stays refused', async (_name, after) => {
    const { answer } = cancel({ look: looks(shows(OURS), after), cancel: refusal });
    expect(await failureOf(answer)).toMatchObject({ code: 'order_not_bookable' });
  });

  test.each<[name: string, cancel: () => never]>([
    ['by load', failing('rate_limited')],
    ['before it was sent', failing('credentials_rejected', { sent: 'no' })],
  ])('%s is not read after', async (_name, refuse) => {
    const { answer, calls } = cancel({ look: looks(shows(OURS)), cancel: refuse });
    await failureOf(answer);
    expect(calls).toEqual(['look', 'cancel']);
  });
});

test('a cancel that was not answered is unknown, and the next look tells', async () => {
  const { answer, calls } = cancel({ look: looks(shows(OURS)), cancel: failing('outcome_unknown') });
  expect(await answer).toMatchObject({ is: 'unknown', accepted: false, appointment: { id: 'a' } });
  expect(calls).toEqual(['look', 'cancel']);
});

test.each<[name: string, seen: Sighting, how: How, answer: object]>([
  ['has ended', shownEnded(ENDED), {}, { is: 'ended', byUs: false }],
  ['has ended by our cancel', shownEnded(ENDED), { wanted: ACCEPTED_BEFORE }, { is: 'ended', byUs: true }],
  ['is not there', ABSENT, {}, { is: 'nothing_there' }],
  [
    'is absent since our cancel',
    ABSENT,
    { wanted: { ...ACCEPTED_BEFORE, liveIds: ['a'] } },
    { is: 'nothing_there' },
  ],
  ["is not there beside somebody else's", shows(OTHERS), {}, { is: 'nothing_there' }],
  ['has another id', shows(OURS), { appointmentId: 'b' }, { is: 'nothing_there' }],
])('what %s is not cancelled', async (_name, seen, how, expected) => {
  const { answer, calls } = cancel({ look: () => seen }, how);
  expect(await answer).toMatchObject(expected);
  expect(calls).toEqual(['look']);
});

const SOON = { ...OURS, startsAt: new Date(Date.now() + 3_600_000).toISOString() };
const A_DAY: FeeTerms = { feeWindowMs: 86_400_000, accepted: false };

test.each<[name: string, seen: Sighting, how: How, code: string]>([
  ['two match', shows(OURS, { ...OURS, id: 'b' }), {}, 'ambiguous_match'],
  ['ours stands beside another', shows(OURS, OTHERS), {}, 'ambiguous_match'],
  [
    'two are known, where refs do not return',
    shows(anAppointment('a'), anAppointment('b')),
    { clue: { ownIds: ['a', 'b'], refReturns: false } },
    'ambiguous_match',
  ],
  ['it takes place', shows({ ...OURS, phase: 'in_progress' }), {}, 'visit_begun'],
  ['it took place', shows({ ...OURS, phase: 'completed' }), {}, 'visit_begun'],
  ['it would cost a fee', shows(SOON), { fees: A_DAY }, 'fee_window'],
  ['what stood is not shown', ABSENT, { wanted: { liveIds: ['a'] } }, 'appointment_missing'],
])('nothing is cancelled where %s', async (_name, seen, how, code) => {
  const { answer, calls } = cancel({ look: () => seen }, how);
  expect(await failureOf(answer)).toMatchObject({ code, facts: { sent: 'no' } });
  expect(new Set(calls)).toEqual(new Set(['look']));
});

test('a fee that is accepted is no reason to ask', async () => {
  const fees = { ...A_DAY, accepted: true };
  const { answer } = cancel(
    { look: looks(shows(SOON), () => shownEnded({ ...SOON, phase: 'cancelled' })) },
    { fees },
  );
  expect(await answer).toMatchObject({ is: 'ended', byUs: true });
});

describe('an order', () => {
  const CANCELLED = anOrder({ phase: 'cancelled', status: 'cancelled' });

  interface OrderHow extends How {
    takesAppointment?: boolean;
    mayTakeOwn?: boolean;
  }

  function cancelOrder(
    memory: Partial<Memory>,
    { wanted = {}, clue = {}, fees = FREE, takesAppointment = true, mayTakeOwn = true }: OrderHow = {},
  ) {
    const { activities, calls } = remembering({
      look: () => shows(),
      cancelOrder: () => undefined,
      ...memory,
    });
    const input = { ...lookAt(clue, wanted), orderId: 'o1', takesAppointment, mayTakeOwn, fees };
    return { answer: activities.cancelOrder(input), calls };
  }

  /** Reads that show this first, and that after the write. */
  const reads = (after: () => ReturnType<typeof anOrder>, first = ORDER) => {
    let n = 0;
    return () => (++n === 1 ? first : after());
  };

  test.each<[name: string, after: () => typeof ORDER, answer: object]>([
    ['reads as cancelled', () => CANCELLED, { is: 'ended', byUs: true, order: { phase: 'cancelled' } }],
    ['reads as before', () => ORDER, { is: 'unknown' }],
    ['reads as completed', () => anOrder({ phase: 'completed' }), { is: 'unknown' }],
    ['cannot be read', failing('provider_unavailable'), { is: 'unknown' }],
  ])('whose cancel was accepted %s', async (_name, after, expected) => {
    const { answer, calls } = cancelOrder({ order: reads(after) });
    expect(await answer).toMatchObject(expected);
    expect(calls).toEqual(['look', 'read', 'cancel order', 'read']);
  });

  test.each<[phase: 'cancelled' | 'failed' | 'completed']>([['cancelled'], ['failed'], ['completed']])(
    'that is %s already is not cancelled',
    async (phase) => {
      const { answer, calls } = cancelOrder({ order: () => anOrder({ phase }) });
      expect(await answer).toMatchObject({ is: 'ended', byUs: false });
      expect(calls).not.toContain('cancel order');
    },
  );

  test.each<[name: string, after: () => typeof ORDER, code: string | null]>([
    ['and reads as cancelled has ended', () => CANCELLED, null],
    ['and reads as before stays refused', () => ORDER, 'order_not_cancellable'],
    ['and cannot be read stays refused', failing('provider_unavailable'), 'order_not_cancellable'],
  ])('whose cancel was refused %s', async (_name, after, code) => {
    const memory = { order: reads(after), cancelOrder: failing('order_not_cancellable') };
    const { answer } = cancelOrder(memory);
    if (code === null) expect(await answer).toMatchObject({ is: 'ended', byUs: false });
    else expect(await failureOf(answer)).toMatchObject({ code });
  });

  test('whose cancel was not answered is unknown', async () => {
    const { answer } = cancelOrder({ order: () => ORDER, cancelOrder: failing('outcome_unknown') });
    expect(await answer).toMatchObject({ is: 'unknown', order: { id: 'o1' } });
  });

  test.each<[name: string, seen: Sighting, how: OrderHow, code: string]>([
    ["carries somebody else's", shows(OTHERS), {}, 'foreign_appointment'],
    ["carries ours and somebody else's", shows(OURS, OTHERS), {}, 'foreign_appointment'],
    ['carries ours, which must stay', shows(OURS), { mayTakeOwn: false }, 'foreign_appointment'],
    ['would take ours along at a fee', shows(SOON), { fees: A_DAY }, 'fee_window'],
    ['would take ours along in its visit', shows({ ...OURS, phase: 'in_progress' }), {}, 'visit_begun'],
    ['should carry ours, which is not shown', ABSENT, { wanted: { liveIds: ['a'] } }, 'appointment_missing'],
    [
      'says that it has an appointment, and shows none',
      { ...ABSENT, order: anOrder({ hasAppointmentSince: '2026-12-01T10:00:00.000Z' }) },
      {},
      'appointment_missing',
    ],
  ])('that %s is not cancelled', async (_name, seen, how, code) => {
    const { answer, calls } = cancelOrder({ order: () => ORDER, look: () => seen }, how);
    expect(await failureOf(answer)).toMatchObject({ code, facts: { sent: 'no' } });
    expect(calls).not.toContain('cancel order');
  });

  test('that leaves our appointment standing costs no fee', async () => {
    const memory = { order: reads(() => CANCELLED), look: () => shows(SOON) };
    const { answer } = cancelOrder(memory, { fees: A_DAY, takesAppointment: false });
    expect(await answer).toMatchObject({ is: 'ended', byUs: true });
  });

  test('at home is not undone before what it was to take along has ended', async () => {
    const stands = cancelOrder({ order: reads(() => CANCELLED), look: () => shows(OURS) });
    expect(await stands.answer).toMatchObject({ is: 'unknown' });
    const later = cancelOrder({ order: () => CANCELLED, look: () => shows(OURS) });
    expect(await later.answer).toMatchObject({ is: 'unknown' });
    expect(later.calls).not.toContain('cancel order');
    const gone = cancelOrder({
      order: reads(() => CANCELLED),
      look: looks(shows(OURS), () => shownEnded(ENDED)),
    });
    expect(await gone.answer).toMatchObject({ is: 'ended', byUs: true });
  });
});

describe('another visit of the patient', () => {
  const OLDER = '0123456789abcdefghjkmnpqrs';
  const NEWER = '0123456789abcdefghjkmnpqrt';
  const find = (seen: (orderId: string | null) => Sighting, orders = [anOrder(), anOrder({ id: 'o2' })]) => {
    const { activities } = remembering({
      look: ({ orderId }) => seen(orderId),
      order: () => ORDER,
      ofUser: () => orders,
    });
    return activities.findOtherVisit({ target: lookAt().target, orderId: 'o1', userId: 'u' });
  };

  test('is one that stands on another order, and named with whose it is', async () => {
    const visit = anAppointment('v', { ref: bookRef(`${OLDER}.k1`, 2) });
    expect(await find((orderId) => (orderId === 'o2' ? shows(visit) : shows(OURS)))).toEqual({
      ...{ appointmentId: 'v', orderId: 'o2', startsAt: visit.startsAt, bookingId: OLDER },
    });
  });

  test('is the booking’s whose id its order carries', async () => {
    const orders = [anOrder({ id: 'o2', passthrough: NEWER })];
    expect(await find(() => shows(anAppointment('v')), orders)).toMatchObject({ bookingId: NEWER });
  });

  test('is the booking’s whose ref it carries, whoever placed the order', async () => {
    const visit = anAppointment('v', { ref: bookRef(`${OLDER}.k1`, 2) });
    const orders = [anOrder({ id: 'o2', passthrough: NEWER })];
    expect(await find(() => shows(visit), orders)).toMatchObject({ bookingId: OLDER });
  });

  test.each<[name: string, seen: Sighting]>([
    ['nothing stands', ABSENT],
    ['it is over', shows(anAppointment('v', { phase: 'completed' }))],
  ])('is none where %s', async (_name, seen) => {
    expect(await find(() => seen)).toBeNull();
  });

  test('of nobody known names no booking', async () => {
    const orders = [anOrder({ id: 'o2', passthrough: 'a note of theirs' })];
    expect(await find(() => shows(anAppointment('v')), orders)).toMatchObject({ bookingId: null });
  });
});
