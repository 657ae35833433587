import type { FoundSlots } from '../../../src/booking/model';
import { AT_HOME, AT_SITE } from './fixtures';
import { failureOf, junctionStage } from './setup';

/** Availability with an odd element, or with one thing in the clothes of another: the good slots count. */

const stage = junctionStage();
const HOME = 'POST /v3/order/phlebotomy/appointment/availability';
const SITE = 'POST /v3/order/psc/appointment/availability';

const fields = () => stage().warned.map((facts) => new Map(Object.entries(facts)).get('field'));

const slot = (booking_key: string, more: object = {}) => ({
  booking_key,
  start: '2026-12-07T16:00:00Z',
  end: '2026-12-07T18:00:00Z',
  ...more,
});
const day = (...slots: unknown[]) => ({ date: '2026-12-07', slots });

const days = [{ from: '2026-12-07', to: '2026-12-11' }];

function find(body: unknown, at: 'home' | 'site' = 'home'): Promise<FoundSlots> {
  const request = at === 'home' ? AT_HOME : AT_SITE;
  stage().server.expect(at === 'home' ? HOME : SITE, { body });
  return stage()
    .provider(request.provider === 'junction-psc' ? 'junction-psc' : 'junction-phlebotomy')
    .searchSlots(stage().call(), {
      days,
      address: request.patient?.address ?? null,
      location: null,
      request,
    });
}
const keys = ({ slots }: FoundSlots) => slots.map(({ key }) => key);

test.each<[string, unknown[], string]>([
  ['a null slot', [day(null, slot('k'))], 'availability.slots[].slots[]'],
  ['a slot that is a number', [day(7, slot('k'))], 'availability.slots[].slots[]'],
  [
    'a day with no slots',
    [{ date: '2026-12-07', slots: null }, day(slot('k'))],
    'availability.slots[].slots',
  ],
  ['a day without the field', [{ date: '2026-12-07' }, day(slot('k'))], 'availability.slots[].slots'],
  ['a null day', [null, day(slot('k'))], 'availability.slots[]'],
  ['a day that is a text', ['monday', day(slot('k'))], 'availability.slots[]'],
  ['a place of another shape', [{ ...day(slot('k')), location: 'here' }], 'availability.slots[].location'],
  ['a slot without a key', [day(slot('k'), slot('k2', { booking_key: null }))], 'slot.booking_key'],
  ['a slot without a start', [day(slot('k'), slot('k2', { start: null }))], 'slot.start'],
  ['a slot without an end', [day(slot('k'), slot('k2', { end: null }))], 'slot.end'],
  ['a key that says null', [day(slot('k'), slot('null'))], 'slot.booking_key'],
])('with %s: the others count, and it is told once', async (_what, slots, field) => {
  expect(keys(await find({ slots: [...slots, ...slots] }))).toEqual(['k']);
  expect(fields()).toContain(field);
  expect(fields().filter((one) => one === field)).toHaveLength(1);
});

test('null instead of a list is none, and told', async () => {
  expect(keys(await find({ slots: null }))).toEqual([]);
  expect(fields()).toEqual(['availability.slots']);
});

test('lists as objects of indexes, and one slot or day without its list', async () => {
  const second = { ...slot('c'), start: '2026-12-08T16:00:00Z' };
  const days = { '0': day(slot('a')), '1': { date: '2026-12-07', slots: { '0': slot('b'), '1': second } } };
  expect(keys(await find({ slots: days }))).toEqual(['a', 'b', 'c']);
  expect(keys(await find({ slots: { date: '2026-12-07', slots: slot('d') } }))).toEqual(['d']);
});

test.each([{}, { slots: 'none' }, { days: [] }])('%p is no answer', async (body) => {
  expect((await failureOf(find(body))).code).toBe('provider_unavailable');
});

test('numbers as text are read, at every place that has one', async () => {
  const location = {
    location: { lng: '-112.07', lat: '33.44' },
    distance: '3',
    address: { first_line: '1 A St', city: 'Phoenix', state: 'AZ', zip_code: 85004 },
    code: 17,
    name: 'Site',
  };
  const { slots } = await find({ slots: [{ ...day(slot('k', { price: '75.00' })), location }] }, 'site');
  expect(slots).toMatchObject([
    {
      price: 75,
      distance: 3,
      location: { lng: -112.07, lat: 33.44 },
      place: { code: '17', address: { zip: '85004' } },
    },
  ]);
  expect(fields()).toEqual([]);
});

test.each(['1,234.50', '$75.00', '75 USD', '-5', -5, {}])(
  'a price of %p is missing, and told',
  async (price) => {
    const { slots } = await find({ slots: [day(slot('k', { price }))] });
    expect(slots).toMatchObject([{ key: 'k', price: null }]);
    expect(fields()).toEqual(['availability.slots[].slots[].price']);
  },
);

test('a distance below nothing is missing, and told', async () => {
  const location = { distance: -3, name: 'Site' };
  const { slots } = await find({ slots: [{ ...day(slot('k')), location }] }, 'site');
  expect(slots).toMatchObject([{ key: 'k', distance: null }]);
  expect(fields()).toEqual(['availability.slots[].location.distance']);
});

test('an address without one of its parts is told by the part, and nothing of it', async () => {
  const location = { address: { first_line: '1 A St', city: 'Phoenix', state: 'AZ' }, name: 'Site' };
  const { slots } = await find({ slots: [{ ...day(slot('k')), location }] }, 'site');
  expect(slots).toMatchObject([{ place: { name: 'Site', address: null } }]);
  expect(fields()).toEqual(['slot.location.address.zip']);
  expect(JSON.stringify(stage().warned)).not.toMatch(/Phoenix|A St/);
});
