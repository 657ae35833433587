import { SCENES } from '../../src/cli/demo/scenes';
import { accountOf, requestOf } from '../../src/cli/demo/requests';
import { isAsExpected, lineOf, tableOf } from '../../src/cli/demo/report';
import { expectedOf, type Ending, type Scene } from '../../src/cli/demo/scene';
import type { Played } from '../../src/cli/demo/play';
import { isShown, type Evidence, type Fact } from '../../src/cli/demo/facts';
import { requestProblems } from '../../src/booking/schema/check-request';
import { DEFAULT_LIMITS } from '../../src/booking/limits';
import { startStandIn, type Call } from '../../src/cli/demo/stand-in';

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
    expect(requestProblems(request, { now: new Date() })).toEqual([]);
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
    expect(lineOf(played(), 1_234)).toBe('  1.2 s ✓ Paused, then booked: It waits for a person.');
  });

  test.each<[string, Partial<Ending>]>([
    ['status', { status: 'failed' }],
    ['failure', { failure: 'no_slot' }],
    ['attempts', { attempts: ['gone', 'confirmed'] }],
    ['pause', { paused: null }],
    ['facts', { facts: [] }],
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
  const book: Call = {
    method: 'POST',
    path: '/v3/order/x/phlebotomy/appointment/book',
    status: 200,
    at: at(1),
  };
  const look: Call = { method: 'GET', path: '/v3/order/x/phlebotomy/appointment', status: 404, at: at(2) };
  const cancel: Call = {
    method: 'PATCH',
    path: '/v3/order/x/phlebotomy/appointment/cancel',
    status: 200,
    at: at(5),
  };
  const news = { eventType: 'labtest.appointment.updated', outcome: 204 };
  const lost = { ...news, outcome: 'dropped' };

  const shown = (fact: Fact, calls: Call[], webhooks: Evidence['state']['webhooks'] = []): boolean =>
    isShown(fact, {
      // These facts are read from what the stand-in saw alone.
      view: { compensation: [] } as unknown as Evidence['view'],
      paused: null,
      state: { live: { orders: [], appointments: [] }, calls, webhooks },
    });

  test.each<[Fact, Call[], Call[]]>([
    ['one book call', [look, book], [book, look, book]],
    ['looked up in vain first', [book, look], [look, book]],
    [
      'looked up after the deadline',
      [book, { ...look, at: at(4) }, cancel],
      [book, look, cancel, { ...look, at: at(6) }],
    ],
  ])('%s', (fact, yes, no) => {
    expect(shown(fact, yes)).toBe(true);
    expect(shown(fact, no)).toBe(false);
  });

  test('webhooks delivered and lost', () => {
    expect(shown('webhook delivered', [], [lost, news])).toBe(true);
    expect(shown('webhook delivered', [], [lost])).toBe(false);
    expect(shown('every webhook lost', [], [lost, lost])).toBe(true);
    expect(shown('every webhook lost', [], [lost, news])).toBe(false);
    expect(shown('every webhook lost', [], [])).toBe(false);
  });
});

test('a stand-in takes orders and instructions, and shows what it saw', async () => {
  const standIn = await startStandIn('http://127.0.0.1:9/unused');
  try {
    const orderId = await standIn.placeOrder();
    await standIn.tell({ route: 'slots', body: { snatch: 1 } });
    await standIn.called(({ method, path }) => method === 'POST' && path === '/v3/order');
    const { live } = await standIn.state();
    expect(live).toEqual({ orders: [orderId], appointments: [] });
    await expect(standIn.tell({ route: 'slots', body: { snatch: 'two' } })).rejects.toThrow('422');
  } finally {
    await standIn.close();
  }
});
