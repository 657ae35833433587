import { createJunctionSandbox, type RunningSandbox } from '../../src/sandbox/junction/server';
import { createOliverSandbox } from '../../src/sandbox/oliver/server';
import { clinicHand } from './clinic';
import { expectNothingLive, expectOneAppointment } from './live';
import { sandboxHand } from './sandbox';

/** The words that other tests end with must not pass by themselves. */

let running: { junction: RunningSandbox; oliver: RunningSandbox };
const hands = () => ({ sandbox: sandboxHand(running.junction.url), clinic: clinicHand(running.oliver.url) });

beforeEach(async () => {
  running = {
    junction: await createJunctionSandbox({
      ...{ port: 0, dataDir: null, timeScale: 1 / 600, webhookUrl: null },
      webhookSecret: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx',
    }),
    oliver: await createOliverSandbox({ port: 0, dataDir: null }),
  };
});
afterEach(async () => {
  await running.junction.close();
  await running.oliver.close();
});

const DAY = { start_at: '2027-03-01T15:00:00Z', end_at: '2027-03-01T16:00:00Z' };

async function onOrder(orderId: string, notes: string | null = null): Promise<string> {
  const made = await hands().sandbox.control('appointments', { order_id: orderId, notes, ...DAY });
  return String(Reflect.get(Object(made), 'id'));
}

const atPractice = (note: string | null = null) =>
  hands().clinic.control('appointments', { client_id: '301', patient_id: '701', note, ...DAY });

describe('expectNothingLive', () => {
  test('holds where nothing is', async () => {
    await expect(expectNothingLive(hands())).resolves.toBeUndefined();
  });

  test('says which order is live, unless its caller keeps it', async () => {
    const orderId = await hands().sandbox.placeOrder();
    await expect(expectNothingLive(hands())).rejects.toThrow(orderId);
    await expect(expectNothingLive(hands(), { kept: orderId })).resolves.toBeUndefined();
  });

  test('says which appointment is live, also on an order that is kept', async () => {
    const orderId = await hands().sandbox.placeOrder();
    const id = await onOrder(orderId);
    await expect(expectNothingLive(hands(), { kept: orderId })).rejects.toThrow(id);
  });

  test('sees what is at the practice', async () => {
    await atPractice();
    await expect(expectNothingLive(hands())).rejects.toThrow('"what":"appointment"');
  });

  test('of one booking: what it placed, what bears its ref, and nothing else', async () => {
    const placed = await hands().sandbox.placeOrder({ passthrough: 'b1' });
    await expect(expectNothingLive(hands(), { of: 'b1' })).rejects.toThrow(placed);
    await expect(expectNothingLive(hands(), { of: 'b2' })).resolves.toBeUndefined();
    await atPractice('Annual vaccines\nref:b2.k3x/book/1');
    await expect(expectNothingLive(hands(), { of: 'b2' })).rejects.toThrow('b2');
  });
});

describe('expectOneAppointment', () => {
  test('fails for none, for two, and for another one', async () => {
    const orderId = await hands().sandbox.placeOrder();
    await expect(expectOneAppointment(hands())).rejects.toThrow('nothing');
    const id = await onOrder(orderId);
    await expect(expectOneAppointment(hands(), { of: orderId })).resolves.toBe(id);
    await expect(expectOneAppointment(hands(), { id })).resolves.toBe(id);
    await expect(expectOneAppointment(hands(), { id: 'another' })).rejects.toThrow(id);
    await atPractice();
    await expect(expectOneAppointment(hands())).rejects.toThrow(id);
    await expect(expectOneAppointment(hands(), { of: orderId })).resolves.toBe(id);
  });
});
