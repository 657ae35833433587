import { SCENES } from '../../src/demo/scenes';
import { ORDER_BODY, accountOf, requestOf } from '../../src/demo/requests';
import { isAsExpected, lineOf, tableOf } from '../../src/demo/report';
import { expectedOf, type Ending, type Scene } from '../../src/demo/scene';
import type { Played } from '../../src/demo/play';
import { isShown, type Evidence, type Fact } from '../../src/demo/facts';
import { requestErrors } from '../../src/booking/schema/check-request';
import { DEFAULT_LIMITS } from '../../src/booking/limits';
import type { BookingView, UndoOutcome } from '../../src/booking/schema/view';
import { startStandIn, type Call } from '../../src/demo/stand-in';

const ORDER_ID = '413d7205-f8a9-42ed-aa4a-edb99e481ca0';

const SCENE: Scene = {
  name: 'Paused, then booked',
  story: 'It waits for a person.',
  expected: {
    status: 'confirmed',
    attempts: ['confirmed'],
    paused: 'credentials_rejected',
    facts: ['one book call'],
    live: { appointments: 1, orders: 1 },
  },
};

function played(otherwise: Partial<Ending> = {}): Played {
  return { scene: SCENE, bookingId: 'b1', seen: { ...expectedOf(SCENE), ...otherwise } };
}

describe('the scenes', () => {
  test('each has an account of its own', () => {
    const accounts = SCENES.map(accountOf);
    expect(new Set(accounts).size).toBe(SCENES.length);
  });

  test.each(SCENES)('$name asks for what every door accepts', (scene) => {
    const request = requestOf(scene, scene.adopts ? ORDER_ID : null);
    expect(requestErrors(request, { now: new Date() })).toEqual([]);
  });

  test('no more slots are declined than are tried', () => {
    for (const { arrange = [], request } of SCENES) {
      const declined = arrange.flatMap(({ body }) =>
        'mode' in body && body.mode === 'decline' ? [body] : [],
      );
      const times = declined.map((body) => ('times' in body ? body.times : 1));
      const tried = request?.limits?.maxSlotAttempts ?? DEFAULT_LIMITS.maxSlotAttempts;
      expect(times.every((count) => count === tried)).toBe(true);
    }
  });
});

describe('the report', () => {
  test('a scene that ended as it should is marked so', () => {
    expect(isAsExpected(played())).toBe(true);
    expect(lineOf(played(), 1_234)).toBe('  1.2 s ✓ Paused, then booked\n          It waits for a person.');
  });

  test.each<[string, Partial<Ending>]>([
    ['status', { status: 'failed' }],
    ['failure', { failure: 'no_slot' }],
    ['attempts', { attempts: ['gone', 'confirmed'] }],
    ['pause', { paused: null }],
    ['facts', { facts: [] }],
    ['course', { trouble: 'the call did not come' }],
    ['appointments', { live: { appointments: 2, orders: 1 } }],
    ['orders', { live: { appointments: 1, orders: 0 } }],
  ])('another %s makes it differ', (_what, otherwise) => {
    expect(isAsExpected(played(otherwise))).toBe(false);
    expect(lineOf(played(otherwise), 0)).toContain('✗');
  });

  test('the table tells expected from seen, and what is live', () => {
    const table = tableOf([
      played({ status: 'failed', failure: 'no_slot', live: { appointments: 0, orders: 1 } }),
    ]);
    for (const text of [
      '✗ Paused, then booked',
      'failed: no_slot',
      'paused: credentials_rejected',
      '0 appointments, 1 order',
      '(expected 1 appointment,',
    ]) {
      expect(table).toContain(text);
    }
  });
});

describe('the facts', () => {
  const at = (second: number): string => `2026-12-07T10:00:0${second}.000Z`;
  const home = '/v3/order/x/phlebotomy/appointment';
  const book: Call = { method: 'POST', path: `${home}/book`, status: 200, at: at(1) };
  const create: Call = { ...book, path: '/services/core/open_api/v1/appointments' };
  const request: Call = { ...book, path: `${home}/request` };
  const move: Call = { ...book, method: 'PATCH', path: `${home}/reschedule` };
  const look: Call = { method: 'GET', path: home, status: 404, at: at(2) };
  const cancel: Call = { method: 'PATCH', path: `${home}/cancel`, status: 200, at: at(5) };
  const cancelOrder: Call = { method: 'POST', path: '/v3/order/x/cancel', status: 200, at: at(6) };
  const news = { eventType: 'labtest.appointment.updated', outcome: 204 };
  const lost = { ...news, outcome: 'dropped' };

  const shown = (fact: Fact, state: Partial<Evidence['state']>, views: Views = {}): boolean =>
    isShown(fact, {
      view: view(views.view),
      stops: (views.stops ?? []).map(view),
      paused: null,
      state: { live: { orders: [], appointments: [] }, calls: [], webhooks: [], staffTasks: [], ...state },
    });

  test.each<[Fact, Call[], Call[]]>([
    ['one book call', [look, book], [book, look, book]],
    ['one book call', [look, create], [look, { ...create, method: 'GET' }]],
    ['looked up in vain first', [book, look], [look, book]],
    [
      'looked up after the deadline',
      [book, { ...look, at: at(4) }, cancel],
      [book, look, cancel, { ...look, at: at(6) }],
    ],
    ['asked for, not booked', [request], [request, book]],
    ['moved by the provider', [book, move], [book, book]],
    ['appointment cancelled before its order', [cancel, cancelOrder], [cancelOrder, cancel]],
    ['appointment cancelled before its order', [cancel, cancelOrder], [cancelOrder]],
  ])('%s, from the calls', (fact, yes, no) => {
    expect(shown(fact, { calls: yes })).toBe(true);
    expect(shown(fact, { calls: no })).toBe(false);
  });

  test('webhooks delivered and lost', () => {
    expect(shown('webhook delivered', { webhooks: [lost, news] })).toBe(true);
    expect(shown('webhook delivered', { webhooks: [lost] })).toBe(false);
    expect(shown('every webhook lost', { webhooks: [lost, lost] })).toBe(true);
    expect(shown('every webhook lost', { webhooks: [lost, news] })).toBe(false);
    expect(shown('every webhook lost', { webhooks: [] })).toBe(false);
  });

  test('staff tasks', () => {
    expect(shown('one staff task', { staffTasks: [{}] })).toBe(true);
    expect(shown('one staff task', { staffTasks: [{}, {}] })).toBe(false);
  });

  test.each<[Fact, Views, Views]>([
    ['time agreed later', { view: { tried: null, at: at(1) } }, { view: { tried: at(1), at: at(1) } }],
    [
      'time changed',
      { view: { at: at(2) }, stops: [{ at: at(1) }] },
      { view: { at: at(1) }, stops: [{ at: at(1) }] },
    ],
    ['appointment undone', { view: { undo: 'undone' } }, { view: { undo: 'left_to_person' } }],
    [
      'left to a person meanwhile',
      { view: { undo: 'undone' }, stops: [{}, { undo: 'left_to_person' }] },
      { view: { undo: 'undone' }, stops: [{ undo: 'undone' }] },
    ],
  ])('%s, from the views', (fact, yes, no) => {
    expect(shown(fact, {}, yes)).toBe(true);
    expect(shown(fact, {}, no)).toBe(false);
  });
});

interface Said {
  /** When the appointment starts. */
  at?: string;
  /** When the slot that was tried starts. */
  tried?: string | null;
  undo?: UndoOutcome;
}

interface Views {
  view?: Said;
  stops?: Said[];
}

/** The parts of a view that facts are read from. */
function view({ at, tried, undo }: Said = {}): BookingView {
  const parts = {
    appointment: at === undefined ? null : { startsAt: at },
    attempts: tried === undefined ? [] : [{ startsAt: tried }],
    compensation: undo === undefined ? [] : [{ step: 'appointment', outcome: undo }],
  };
  return parts as unknown as BookingView;
}

test('a stand-in changes its only live appointment as the provider would, and no other', async () => {
  const standIn = await startStandIn('oliver', 'http://127.0.0.1:9/unused');
  try {
    await expect(standIn.change({ status: 'DELETED' })).rejects.toThrow('not one live appointment');
    const start = new Date(Date.now() + 86_400_000);
    const end = new Date(start.getTime() + 1_200_000);
    const made = { client_id: '301', patient_id: '701', start_at: start, end_at: end };
    await standIn.tell({ route: 'appointments', body: made });
    expect((await standIn.state()).live.appointments).toHaveLength(1);
    await standIn.change({ status: 'DELETED' });
    expect((await standIn.state()).live).toEqual({ appointments: [], orders: [] });
  } finally {
    await standIn.close();
  }
});

test('a stand-in takes orders and instructions, and shows what it saw', async () => {
  const standIn = await startStandIn('junction', 'http://127.0.0.1:9/unused');
  try {
    const orderId = await standIn.placeOrder(ORDER_BODY);
    await standIn.tell({ route: 'slots', body: { snatch: 1 } });
    await standIn.called(({ method, path }) => method === 'POST' && path === '/v3/order');
    const { live } = await standIn.state();
    expect(live).toEqual({ orders: [orderId], appointments: [] });
    await expect(standIn.tell({ route: 'slots', body: { snatch: 'two' } })).rejects.toThrow('422');
  } finally {
    await standIn.close();
  }
});
