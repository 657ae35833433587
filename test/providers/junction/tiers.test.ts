import type { TierCalls } from '../../../src/providers/provider';
import { anAppointment, AT_HOME, ORDER_ID, REF } from './fixtures';
import { failureOf, junctionStage } from './setup';

const stage = junctionStage();
const AREA = 'GET /v3/order/area/info';
const VISIT = `POST /v3/order/${ORDER_ID}/phlebotomy/appointment/request`;
const ADDRESS = {
  firstLine: '9 Main Street',
  secondLine: null,
  city: 'Onalaska',
  state: 'WI',
  zip: '54650-1234',
  country: 'US',
  accessNotes: 'Gate 1234',
};

function tiers(): TierCalls {
  const calls = stage().provider().tiers;
  if (!calls) throw new Error('at home there are tiers');
  return calls;
}

test('draw sites have no tiers', () => {
  expect(stage().provider('junction-psc').tiers).toBeNull();
});

describe('choose', () => {
  const READY = ['appointment-ready'];
  const REQUEST = ['appointment-request'];
  const area = (providers: object[], isServed = true) => ({
    body: { zip_code: '54650', phlebotomy: { is_served: isServed, providers }, central_labs: {} },
  });
  const choose = (wanted: 'book' | 'request' | null = null) =>
    tiers().choose(stage().call(), { address: ADDRESS, wanted });
  const both = [
    { name: 'phlebfinders', service_types: REQUEST },
    { name: 'getlabs', service_types: READY },
  ];
  const visit = { tier: 'request', vendor: 'phlebfinders' };

  test.each([
    ['slots where both are had', null, both, { tier: 'book' }],
    ['the request tier where it is wanted', 'request', both, visit],
    ['slots where they are wanted', 'book', both, { tier: 'book' }],
    ['the only tier there is', null, both.slice(0, 1), visit],
    ["`tier`, the documentation's name", null, [{ name: 'phlebfinders', tier: REQUEST }], visit],
    [
      'the first vendor that takes requests',
      'request',
      [{ name: 'acme', tier: READY }, ...both, { name: 'later', tier: REQUEST }],
      visit,
    ],
    [
      'both tiers of one vendor',
      'request',
      [{ name: 'acme', tier: [...READY, ...REQUEST] }],
      { tier: 'request', vendor: 'acme' },
    ],
    [
      'a known tier beside an unknown one',
      null,
      [{ name: 'a', tier: ['appointment-psychic'] }, ...both],
      { tier: 'book' },
    ],
  ] as const)('takes %s', async (_name, wanted, providers, chosen) => {
    stage().server.expect(AREA, area([...providers]));
    expect(await choose(wanted)).toEqual(chosen);
    expect(stage().server.received[0]?.query.get('zip_code')).toBe('54650');
  });

  test('an area that is not served', async () => {
    stage().server.expect(AREA, area([], false));
    expect(await failureOf(choose())).toMatchObject({
      code: 'area_not_served',
      facts: { field: 'patient.address.zip' },
    });
  });

  test.each([
    ['request', [{ name: 'getlabs', service_types: READY }]],
    ['book', [{ name: 'phlebfinders', service_types: REQUEST }]],
  ] as const)(
    'an area without the tier %s that was asked for does not serve the request',
    async (wanted, providers) => {
      stage().server.expect(AREA, area([...providers]));
      expect(await failureOf(choose(wanted))).toMatchObject({
        code: 'area_not_served',
        facts: { field: 'tier' },
      });
    },
  );

  test('a tier that this build does not know is told once, and undoes nothing', async () => {
    stage().server.expect(AREA, area([{ name: 'acme', service_types: ['appointment-psychic'] }]));
    expect((await failureOf(choose())).code).toBe('unexpected_answer');
    expect(stage().warned).toEqual([expect.objectContaining({ value: 'appointment-psychic' })]);
  });

  test('an answer of another shape is a read that did not come through', async () => {
    stage().server.expect(AREA, { body: { zip_code: '54650' } });
    expect((await failureOf(choose())).code).toBe('provider_unavailable');
  });

  test('names the field of a refused ZIP code', async () => {
    stage().server.expect(AREA, {
      status: 422,
      body: { detail: [{ loc: ['query', 'zip_code'], msg: 'bad' }] },
    });
    expect(await failureOf(choose())).toMatchObject({
      code: 'request_refused',
      facts: { field: 'patient.address.zip' },
    });
  });
});

describe('request', () => {
  const request = () =>
    tiers().request(stage().call(), {
      orderId: ORDER_ID,
      vendor: 'phlebfinders',
      address: ADDRESS,
      ref: REF,
      request: AT_HOME,
    });

  test('asks the vendor for a visit, with our reference in the notes', async () => {
    const pending = { provider: 'phlebfinders', status: 'pending', event_status: 'pending' };
    stage().server.expect(VISIT, { body: anAppointment({ ...pending, start_at: null, end_at: null }) });
    expect(await request()).toMatchObject({
      provider: 'phlebfinders',
      phase: 'pending',
      startsAt: null,
      endsAt: null,
    });
    expect(stage().server.received[0]?.body).toEqual({
      address: {
        first_line: '9 Main Street',
        city: 'Onalaska',
        state: 'WI',
        zip_code: '54650-1234',
        access_notes: 'Gate 1234',
      },
      provider: 'phlebfinders',
      appointment_notes: `Left arm\nref:${REF}`,
    });
  });

  test.each([
    ['too early', 400, 'This order does not have a requisition yet.', 'order_not_ready'],
    ['an order that moved on', 400, 'Order is not in a state that allows booking.', 'order_not_bookable'],
    ['a patient with an appointment', 409, 'The patient has an active appointment.', 'outcome_unknown'],
    ['words that no row names', 400, 'Computer says no.', 'outcome_unknown'],
  ])('refused: %s', async (_name, status, detail, code) => {
    stage().server.expect(VISIT, { status, body: { detail } });
    expect((await failureOf(request())).code).toBe(code);
  });

  test.each(['silence', 'reset', 'half', { status: 500 }] as const)(
    'after %p the outcome is unknown',
    async (outcome) => {
      stage().server.expect(VISIT, outcome);
      const asked = tiers().request(stage().call({ timeoutMs: 200 }), {
        orderId: ORDER_ID,
        vendor: 'phlebfinders',
        address: ADDRESS,
        ref: REF,
        request: AT_HOME,
      });
      expect((await failureOf(asked)).code).toBe('outcome_unknown');
    },
  );

  test('names the part of the address that was refused', async () => {
    const detail = [{ loc: ['body', 'address', 'city'], msg: 'too long' }];
    stage().server.expect(VISIT, { status: 422, body: { detail } });
    expect((await failureOf(request())).facts.field).toBe('patient.address.city');
  });
});
