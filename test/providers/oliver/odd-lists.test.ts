import type { BookingRequest } from '../../../src/booking/schema/request';
import { toAppointment } from '../../../src/providers/oliver/parse';
import { appointmentWire } from '../../../src/providers/oliver/wire';
import { UNHEARD } from '../../../src/providers/once';
import {
  BOOKING,
  BY_ID,
  BY_NAME,
  BY_REMOTE_ID,
  CLIENT,
  CLIENTS,
  CREATE,
  CREATED,
  day,
  LIST,
  listed,
  NEW_TASK,
  ok,
  OPEN_TIMES,
  page,
  PATIENT,
  PATIENTS,
  refusal,
  TASKS,
  ZONE,
} from './fixtures';
import { failureOf, oliverStage, queryOf, whereOf } from './setup';

/**
 * Answers with an odd element, or with one thing in the clothes of another. The good elements count. What a list does not
 * show is known not to be there only where all of the list could be read.
 */

const stage = oliverStage();
const START = '2026-12-07T22:00:00Z';
const fields = () => stage().warned.map((facts) => new Map(Object.entries(facts)).get('field'));

type Provider = ReturnType<ReturnType<typeof stage>['provider']>;

describe('open times', () => {
  async function keys(data: unknown): Promise<string[]> {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(OPEN_TIMES, ok(data));
    const { slots } = await stage().provider().searchSlots(stage().call(), queryOf());
    return slots.map(({ key }) => key);
  }
  const good = day('12/07/2026', 'a');
  const [time] = good.times;

  test.each<[string, unknown, string]>([
    ['a null time', [{ ...good, times: [null, time] }], 'open_times[].times[]'],
    ['a time that is a number', [{ ...good, times: [7, time] }], 'open_times[].times[]'],
    ['a day without times', [{ date: '12/07/2026' }, good], 'open_times[].times'],
    ['a day whose times are null', [{ date: '12/07/2026', times: null }, good], 'open_times[].times'],
    ['a null day', [null, good], 'open_times[]'],
    ['a day that is a text', ['monday', good], 'open_times[]'],
    ['a day whose date is no date', [{ ...good, date: {} }], 'open_times[].date'],
    ['a time without a uuid', [{ ...good, times: [{ ...time, uuid: null }, time] }], 'slot.uuid'],
    ['a time whose uuid says null', [{ ...good, times: [{ ...time, uuid: 'null' }, time] }], 'slot.uuid'],
    [
      'a time without a start',
      [{ ...good, times: [{ ...time, uuid: 'b', start: null, value: null }, time] }],
      'slot.start',
    ],
  ])('with %s: the others count, and it is told once', async (_what, data, field) => {
    expect(await keys(data)).toEqual(['a']);
    expect(fields().filter((one) => one === field)).toEqual([field]);
  });

  test('lists as objects of indexes', async () => {
    expect(await keys({ '0': { ...good, times: { '0': time } } })).toEqual(['a']);
  });

  test('null instead of a list is none', async () => {
    expect(await keys(null)).toEqual([]);
  });
});

describe('the list of appointments', () => {
  const ODD: [string, unknown][] = [
    ['null', null],
    ['a text', 'x'],
    ['a number', 7],
    ['a row whose id cannot be read', listed({ id: { value: '123' } })],
    ['a row whose id is no exact number any more', listed({ id: 1e21 })],
    ['a row whose people cannot be read', listed({ id: '9', remote_client_id: {}, client_last_name: [] })],
  ];

  function lookedUp(provider: Provider, ownIds: string[] = [], more = {}) {
    return provider.lookUp(stage().call(), { ...whereOf(BY_REMOTE_ID, START, ownIds), ...more });
  }
  async function look(rows: unknown[], ownIds: string[] = [], more = {}) {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(LIST, page(rows));
    return lookedUp(stage().provider(), ownIds, more);
  }

  test.each(ODD)('shows what stands beside %s', async (_what, odd) => {
    const { live } = await look([odd, listed()], ['123']);
    expect(live.map(({ id }) => id)).toEqual(['123']);
    expect(fields()).toEqual(['list_appointments.content[]']);
  });

  test.each(ODD)('does not show beside %s that nothing is there', async (_what, odd) => {
    expect(await failureOf(look([odd]))).toMatchObject({ code: 'provider_unavailable' });
  });

  test('nor that one of the booking’s own is not', async () => {
    expect((await failureOf(look([null, listed({ id: '124' })], ['123']))).code).toBe('provider_unavailable');
  });

  test('shows that the booking’s own has ended, which is its own word', async () => {
    const { live, ended } = await look([null, listed({ status: 'DELETED' })], ['123']);
    expect([live, ended.map(({ id }) => id)]).toEqual([[], ['123']]);
  });

  test('is whole where it shows as many rows as it counts: what is beside them is no row', async () => {
    stage().signsIn();
    stage().resolves();
    const others = listed({ remote_client_id: 'C-2' });
    const junk = [null, others, {}, 'see above', 7, []];
    stage().server.expect(LIST, ok({ content: junk, total_pages: 1, total_count: 1 }));
    expect(await lookedUp(stage().provider(), [], { fresh: true })).toMatchObject({ live: [], ended: [] });
  });

  test('is not whole where a row that it has twice makes up for one that cannot be read', async () => {
    const twice = listed({ remote_client_id: 'C-2' });
    stage().signsIn();
    stage().resolves();
    stage().server.expect(LIST, ok({ content: [twice, null, twice], total_pages: 1, total_count: 2 }));
    expect((await failureOf(lookedUp(stage().provider()))).code).toBe('provider_unavailable');
  });

  test('nor, around a write, that what it shows is all there is', async () => {
    const failed = await failureOf(look([null, listed()], ['123'], { fresh: true }));
    expect(failed.code).toBe('provider_unavailable');
  });

  test.each([{ fresh: true }, {}])('serves a look that may be partial, which says so: %j', async (how) => {
    expect(await look([null], [], { ...how, mayBePartial: true })).toMatchObject({
      live: [],
      isPartial: true,
    });
  });

  test('that does not show one of the booking’s own serves no look at all', async () => {
    expect((await failureOf(look([null], ['123'], { mayBePartial: true }))).code).toBe(
      'provider_unavailable',
    );
  });

  test('says nothing of that where it is whole', async () => {
    expect(await look([listed()], [], { mayBePartial: true })).not.toHaveProperty('isPartial');
  });

  test('is read again where it was not whole, until it is', async () => {
    const provider = stage().provider();
    stage().signsIn();
    stage().resolves();
    stage().server.expect(LIST, page([null]));
    await failureOf(lookedUp(provider));
    stage().clock.now += 60_000;
    // By now it goes back more than the day that one window is long.
    stage().server.expect(LIST, page([listed()]));
    stage().server.expect(LIST, page([]));
    expect((await lookedUp(provider)).live.map(({ id }) => id)).toEqual(['123']);
    const [first, second] = stage().sent(LIST);
    expect(second?.query.get('updated_at_start')).toBe(first?.query.get('updated_at_start'));
    stage().clock.now += 60_000;
    stage().server.expect(LIST, page([]));
    await lookedUp(provider);
    expect(stage().sent(LIST)).toHaveLength(4);
    expect(stage().sent(LIST)[3]?.query.get('updated_at_start')).not.toBe(
      first?.query.get('updated_at_start'),
    );
  });

  test('that is not whole after a refused create leaves open whether it was made', async () => {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(CREATE, refusal(400, 'slot is taken'));
    stage().server.expect(LIST, page([null]));
    const booked = stage()
      .provider()
      .book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID });
    expect((await failureOf(booked)).code).toBe('outcome_unknown');
  });

  test.each([null, 'none', {}, { next: null }])('of %p is none', async (content) => {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(LIST, ok({ content, total_pages: 1, total_count: 0 }));
    expect((await failureOf(lookedUp(stage().provider()))).code).toBe('provider_unavailable');
  });

  test.each<[string, unknown]>([
    ['an object of indexes', { '0': listed({ id: 123 }) }],
    ['the one row without its list', listed()],
  ])('is read as %s', async (_what, content) => {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(LIST, ok({ content, total_pages: '1', total_count: '1', per_page: '100' }));
    expect((await lookedUp(stage().provider())).live.map(({ id }) => id)).toEqual(['123']);
  });

  test.each<[string, object]>([
    ['as text', { total_pages: '2', total_count: '2', per_page: '1' }],
    ['of no pages', { total_pages: 0, total_count: 2, per_page: 100 }],
    ['below nothing', { total_pages: -1, total_count: '2', per_page: 100 }],
    ['as text, of rows alone', { total_pages: null, total_count: null, per_page: '1' }],
  ])('counts its pages %s: the next one is read', async (_how, counts) => {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(LIST, ok({ content: [listed({ id: '7', remote_client_id: 'C-2' })], ...counts }));
    stage().server.expect(LIST, ok({ content: [listed()], ...counts }));
    if ('total_count' in counts && counts.total_count === null)
      stage().server.expect(LIST, ok({ content: [], ...counts }));
    expect((await lookedUp(stage().provider())).live.map(({ id }) => id)).toEqual(['123']);
  });

  test('that counts more rows than it shows is no answer, on one page or on more', async () => {
    stage().signsIn();
    stage().resolves();
    for (let n = 0; n < 4; n++) stage().server.expect(LIST, page([], { total_count: 1 }));
    expect((await failureOf(lookedUp(stage().provider()))).code).toBe('provider_unavailable');
  });

  test('may have a row twice, the newer word counting', async () => {
    const old = listed({ status: 'REQUESTED', updated_at: '2026-12-01T11:00:00Z' });
    const { live } = await look([listed({ status: 'ACCEPTED' }), old]);
    expect(live).toMatchObject([{ id: '123', status: 'ACCEPTED' }]);
  });

  test('may have rows that nothing tells apart: then nobody knows what the others are', async () => {
    const other = listed({ id: null, remote_client_id: 'C-2', client_last_name: 'Soto' });
    expect((await failureOf(look([other, listed({ id: null, remote_client_id: 'C-3' })]))).code).toBe(
      'provider_unavailable',
    );
  });

  test('keeps apart a row and another whose id in the practice’s own system is the same', async () => {
    const others = listed({ id: null, remote_id: '123', remote_client_id: 'C-2' });
    const { live } = await look([listed(), others]);
    expect(live.map(({ id }) => id)).toEqual(['123']);
  });

  test('ids that only say null are nobody’s', async () => {
    const { live } = await look([
      listed({ remote_client_id: 'null', remote_patient_id: 'null', client_last_name: 'Soto' }),
    ]);
    expect(live).toEqual([]);
  });

  test.each([' accepted', 'Accepted', 'ACCEPTED '])('knows %p', async (status) => {
    const { live } = await look([listed({ status })]);
    expect(live).toMatchObject([{ status: 'ACCEPTED', phase: 'confirmed' }]);
    expect(fields()).toEqual([]);
  });

  test.each(['in progress', 'In-Progress'])('knows %p', async (status) => {
    expect((await look([listed({ status })])).live).toMatchObject([{ phase: 'in_progress' }]);
  });
});

describe('clients and patients', () => {
  function searched(clients: unknown, patients: unknown, request: BookingRequest = BY_REMOTE_ID) {
    stage().signsIn();
    stage().server.expect(CLIENTS, ok(clients));
    if (patients !== undefined) stage().server.expect(PATIENTS, ok(patients));
    return stage().provider().searchSlots(stage().call(), queryOf(request));
  }
  const OTHER = { ...CLIENT, id: '12', name: 'Ben Ek', email: 'b@example.com', phone: '1', remote_id: 'C-2' };

  test.each<[string, unknown[]]>([
    ['null', [null, CLIENT]],
    ['a text', ['x', CLIENT]],
    ['a client without an id', [{ ...CLIENT, id: null }, CLIENT]],
  ])('the client is found beside %s', async (_what, clients) => {
    const found = searched(clients, [null, PATIENT]);
    stage().server.expect(OPEN_TIMES, ok([day('12/07/2026', 'a')]));
    expect((await found).slots.map(({ key }) => key)).toEqual(['a']);
    expect(fields()).toEqual(['list_clients[]', 'list_patients[]']);
  });

  test.each<[string, unknown[], BookingRequest]>([
    ['null', [null, OTHER], BY_REMOTE_ID],
    ['a client whose remote id cannot be read', [{ ...CLIENT, remote_id: {} }, OTHER], BY_REMOTE_ID],
    ['a client whose name cannot be read', [{ ...CLIENT, name: {} }], BY_NAME],
    ['a client whose phone cannot be read', [{ ...CLIENT, phone: ['602'] }], BY_NAME],
    ['a client without an id', [{ ...CLIENT, id: null }], BY_REMOTE_ID],
  ])('that there is no such client is not known beside %s', async (_what, clients, request) => {
    const found = searched(clients, undefined, request);
    // By the phone and by a part of the name as well.
    if (request === BY_NAME) for (let asks = 0; asks < 2; asks++) stage().server.expect(CLIENTS, ok(clients));
    expect((await failureOf(found)).code).toBe('provider_unavailable');
  });

  test.each<[string, unknown[]]>([
    ['null', [null]],
    ['null and others', [null, { ...PATIENT, id: '78', remote_id: 'P-78' }]],
  ])('that there is no such patient is not known beside %s', async (_what, patients) => {
    expect((await failureOf(searched([CLIENT], patients))).code).toBe('provider_unavailable');
  });

  test('a remote id is taken at its word where those that can be read have none', async () => {
    const found = searched([CLIENT], [{ id: '78', name: 'Rex' }, null]);
    stage().server.expect(OPEN_TIMES, ok([day('12/07/2026', 'a')]));
    expect((await found).slots).toHaveLength(1);
  });

  test('without an odd one it is known', async () => {
    expect((await failureOf(searched([OTHER], undefined))).code).toBe('client_not_found');
  });

  test.each([{}, null])('a client that is %p is found by nothing', async (data) => {
    stage().signsIn();
    stage().server.expect(`${CLIENTS}/11`, ok(data));
    const { code } = await failureOf(stage().provider().searchSlots(stage().call(), queryOf(BY_ID)));
    expect(code).toBe(data === null ? 'client_not_found' : 'provider_unavailable');
  });
});

describe('staff tasks', () => {
  const TASK = { id: '9', status: 'pending', title: 'Cancel appointment 123' };
  const seen = toAppointment(appointmentWire.parse(listed()), { timezone: ZONE, capabilities: {} }, UNHEARD);

  function cancelled(answer: unknown, isFirst = false) {
    stage().signsIn();
    stage().server.expect(TASKS, ok(answer));
    return stage().provider().cancelAppointment(stage().call(), {
      orderId: null,
      appointmentId: '123',
      request: BY_REMOTE_ID,
      seen,
      reason: null,
      isFirst,
    });
  }
  const content = (...tasks: unknown[]) => ({ content: tasks, total_pages: '1', total_count: '9' });

  test.each<[string, unknown]>([
    ['beside null', content(null, TASK)],
    ['under a word in capitals', content({ ...TASK, status: 'Pending ' })],
    ['with a number for its id', content({ ...TASK, id: 9 })],
    ['in an object of indexes', { content: { '0': TASK } }],
  ])('the open one is found %s, and no second one made', async (_what, answer) => {
    expect(await cancelled(answer)).toMatchObject({ reason: expect.stringContaining('task 9') as string });
    expect(stage().sent(NEW_TASK)).toEqual([]);
  });

  test('is made where all that are counted are others', async () => {
    const tasks = [null, {}, { ...TASK, id: '8', title: 'Call back' }];
    const asked = cancelled({ content: tasks, total_pages: 1, total_count: 1 });
    stage().resolves();
    stage().server.expect(NEW_TASK, { status: 201, body: { success: true, data: TASK } });
    expect(await asked).toMatchObject({ id: '123' });
  });

  test('is made beside one that cannot be read where nothing was asked for before', async () => {
    const asked = cancelled(content(null), true);
    stage().resolves();
    stage().server.expect(NEW_TASK, { status: 201, body: { success: true, data: TASK } });
    expect(await asked).toMatchObject({ id: '123' });
  });

  test.each<[string, unknown]>([
    ['null', content(null)],
    ['null beside fewer than are counted', content(null, { ...TASK, id: '8', title: 'Call back' })],
    ['a task whose title cannot be read', content({ ...TASK, title: {} })],
    ['no list', { content: null }],
  ])('that there is none is not known with %s', async (_what, answer) => {
    expect((await failureOf(cancelled(answer))).code).toBe('provider_unavailable');
    expect(stage().sent(NEW_TASK)).toEqual([]);
  });
});

describe('the word on success', () => {
  const created = (body: unknown, status = 200) => {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(CREATE, { status, body });
    return stage()
      .provider()
      .book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID });
  };

  test.each([true, 'true', 'True', 1, null, undefined])('%p is one', async (success) => {
    expect(await created({ success, data: CREATED })).toMatchObject({ id: '123' });
  });

  test.each([false, 'false', 'FALSE ', 0, 'no', 'error', {}, ''])('%p is none', async (success) => {
    expect((await failureOf(created({ success, data: CREATED }))).code).toBe('outcome_unknown');
  });

  test.each([{}, null, [], [CREATED]])('without an appointment in it is unclear: %p', async (data) => {
    expect((await failureOf(created({ success: true, data }))).code).toBe('outcome_unknown');
  });
});
