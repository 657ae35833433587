import { createJunctionSandbox, type RunningSandbox } from '../../src/sandbox/junction/server';
import { ALWAYS } from './calls';
import { sandboxHand, USER_ID } from './sandbox';

/** The words in which tests say what goes wrong mean the calls that they name. */

let junction: RunningSandbox;
const hand = () => sandboxHand(junction.url);
const get = async (path: string) =>
  (await fetch(`${junction.url}${path}`, { headers: { 'x-vital-api-key': 'sk_us_test' } })).status;

beforeEach(async () => {
  junction = await createJunctionSandbox({
    ...{ port: 0, dataDir: null, timeScale: 1 / 600, webhookUrl: null },
    webhookSecret: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx',
  });
});
afterEach(() => junction.close());

test('a fault meets the call that it names, of the order that it names, until it is mended', async () => {
  const [one, other] = [await hand().placeOrder(), await hand().placeOrder()];
  await hand().fail('read_order', { of: one, answer: 503, times: ALWAYS });
  expect(await get(`/v3/order/${one}`)).toBe(503);
  expect(await get(`/v3/order/${other}`)).toBe(200);
  expect(await get(`/v3/order/${one}/phlebotomy/appointment`)).toBe(404);
  expect(await get(`/v3/orders?user_id=${USER_ID}`)).toBe(200);
  await hand().mend();
  expect(await get(`/v3/order/${one}`)).toBe(200);
});

test('a call of either kind of appointment is one call; calls are told apart by their order', async () => {
  const orderId = await hand().placeOrder();
  await hand().fail('appointment', { answer: 502, times: 2 });
  expect(await get(`/v3/order/${orderId}/phlebotomy/appointment`)).toBe(502);
  expect(await get(`/v3/order/${orderId}/psc/appointment`)).toBe(502);
  expect(await hand().callsOf('appointment')).toMatchObject([{ status: 502 }, { status: 502 }]);
  expect(await hand().callsOf('appointment', orderId)).toHaveLength(2);
  expect(await hand().callsOf('appointment', 'another')).toEqual([]);
  expect(await hand().callsOf('read_order')).toEqual([]);
  await hand().called('appointment', { of: orderId, times: 2 });
});

test('an order that was waited for has its requisition', async () => {
  const orderId = await hand().placeReadyOrder();
  const { orders } = await hand().state();
  expect(orders.find(({ id }) => id === orderId)?.last_event.status).toMatch(/requisition_created$/);
});
