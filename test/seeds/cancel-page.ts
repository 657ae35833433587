import type { Order, OrderPhase } from '../../src/booking/model';
import { toOrder } from '../../src/providers/junction/parse';
import { postedOrderWire } from '../../src/providers/junction/wire';
import { placeOrder } from '../sandbox/junction-client';
import type { Check } from './book-page';
import { atStand, KEY } from './junction';
import { sampleOf, type Schema } from './pages';

/** The seed page "cancel order": each field and rule, and the check that exercises it. */

export const CANCEL_FIELDS: Readonly<Record<string, Check>> = {
  'header.x-vital-api-key': () =>
    atStand(async ({ desk, recorder }) => {
      const trial = await desk.open();
      await trial.cancelOrder();
      expect(recorder.exchanges.find(isCancel)?.headers['x-vital-api-key']).toBe(KEY);
    }),
  'path.order_id': () =>
    atStand(async ({ desk, recorder }) => {
      const trial = await desk.open();
      await trial.cancelOrder();
      expect(recorder.exchanges.find(isCancel)).toMatchObject({
        method: 'POST',
        path: `/v3/order/${trial.order?.id ?? ''}/cancel`,
      });
    }),
  'response.order': () =>
    atStand(async ({ desk }) => {
      const trial = await desk.open();
      const answer = await trial.cancelOrder();
      expect(answer).toMatchObject({ is: 'ended', order: { id: trial.order?.id, phase: 'cancelled' } });
    }),
  'response.status': () => answered('status'),
  'response.message': () => answered('message'),
};

/** The cancel itself, among the looks before and after it. */
function isCancel({ method, path }: { method: string; path: string }): boolean {
  return method === 'POST' && path.endsWith('/cancel');
}

/** The outer words describe the call: the sandbox gives them, and they decide nothing. */
function answered(field: 'status' | 'message'): Promise<void> {
  return atStand(async ({ junction }) => {
    const id = await placeOrder(junction);
    const { body } = await junction.call('POST', `/v3/order/${id}/cancel`);
    expect(body).toHaveProperty(field, expect.any(String));
    for (const said of ['failed', null, undefined, { odd: 1 }])
      expect(readOrder({ ...(body as object), [field]: said }).phase).toBe('cancelled');
  });
}

function readOrder(answer: unknown): Order {
  return toOrder(postedOrderWire.parse(answer), () => undefined);
}

const ID = '0ee312e2-6773-4a21-a6e1-506882cd98ed';

/** What reaches the domain, and how it looks there; every other property of the page must change nothing. */
const MAPPED: Readonly<Record<string, { given: unknown; is: object }>> = {
  'order.id': { given: ID, is: { id: ID } },
  'order.user_id': { given: ID, is: { userId: ID } },
  'order.created_at': { given: '2020-01-01T00:00:00Z', is: { createdAt: '2020-01-01T00:00:00.000Z' } },
  'order.patient_details': { given: { dob: '2020-01-01' }, is: { dob: '2020-01-01' } },
  'order.patient_details.dob': { given: '1984-03-09T00:00:00Z', is: { dob: '1984-03-09' } },
  'order.patient_address': { given: null, is: { address: null } },
  'order.patient_address.street': { given: 'Main St.', is: { address: { firstLine: 'words Main St.' } } },
  'order.patient_address.street_number': { given: '123', is: { address: { firstLine: '123 words' } } },
  'order.patient_address.city': { given: 'Phoenix', is: { address: { city: 'Phoenix' } } },
  'order.patient_address.state': { given: 'AZ', is: { address: { state: 'AZ' } } },
  'order.patient_address.zip': { given: '85004', is: { address: { zip: '85004' } } },
  'order.patient_address.country': { given: 'US', is: { address: { country: 'US' } } },
  'order.details': { given: { type: 'testkit' }, is: { kind: 'testkit' } },
  'order.details.type': { given: 'walk_in_test', is: { kind: 'walk_in_test' } },
  'order.events': {
    given: [{ id: 1, created_at: '2022-01-01T00:00:00Z', status: 'received.testkit.ordered' }],
    is: { status: 'received.testkit.ordered' },
  },
  'order.events.created_at': { given: '2022-01-01T00:00:00Z', is: { id: ID } },
  'order.events.status': {
    given: 'failed.testkit.lost',
    is: { status: 'failed.testkit.lost', phase: 'failed' },
  },
};

/** Exercises one property of the answer's order: it arrives or changes nothing, and spoiled it breaks nothing. */
export function checkProperty(order: Schema, path: string): void {
  const [, ...steps] = path.split('.');
  const sample = sampleOf(order, path.includes('shipment') ? 1 : 0);
  const base = readOrder({ order: sample });
  const row = MAPPED[path];
  if (row) expect(readOrder({ order: replaced(sample, steps, row.given) })).toMatchObject(row.is);
  for (const odd of [undefined, null, { odd: 1 }]) {
    const read = () => readOrder({ order: replaced(sample, steps, odd) });
    if (path === 'order.id') expect(read).toThrow();
    else if (row) expect(read().id).toBe(base.id);
    else expect(read()).toEqual(base);
  }
}

/** The phases of the page's top-level words; an event's own word may say it more precisely. */
const PHASES: Readonly<Record<string, readonly OrderPhase[]>> = {
  received: ['received', 'ready'],
  collecting_sample: ['collecting'],
  sample_with_lab: ['with_lab'],
  completed: ['completed'],
  cancelled: ['cancelled'],
  failed: ['failed'],
};

/** Exercises one member of an enum of the answer's order: known, carried as it came, of the right phase. */
export function checkMember(order: Schema, path: string, member: string): void {
  const [, ...steps] = path.split('.');
  const sample = replaced(sampleOf(order, 0), steps, member);
  const noticed: string[] = [];
  const readKnown = (answer: unknown): Order =>
    toOrder(postedOrderWire.parse(answer), (field, value) => void noticed.push(`${field}: ${value}`));
  const read = readKnown({
    order: path === 'order.status' ? replaced(sample, ['events'], undefined) : sample,
  });
  expect(noticed).toEqual([]);
  if (path === 'order.details.type') expect(read.kind).toBe(member);
  if (path !== 'order.status' && path !== 'order.events.status') return;
  expect(read.status).toBe(member);
  expect(PHASES[member.split('.')[0] ?? '']).toContain(read.phase);
}

/** The page's own example of an order, as it is and in the array that its sample wraps the answer in. */
export function readCancelExample(order: Schema): { bare: Order; inArray: Order } {
  const answer = { order: order.example, status: 'success', message: 'order cancelled' };
  return { bare: readOrder(answer), inArray: readOrder([answer]) };
}

/** A copy with the value at these steps replaced; lists are entered at their first entry. */
function replaced(value: unknown, [step, ...rest]: readonly string[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return [replaced(value[0], [step, ...rest], by), ...(value.slice(1) as unknown[])];
  const entries = new Map<string, unknown>(Object.entries(value ?? {}));
  entries.set(step, replaced(entries.get(step), rest, by));
  return Object.fromEntries(entries);
}
