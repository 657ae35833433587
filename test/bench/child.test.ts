import { startChild, type Child, type ChildSettings } from '../../bench/processes/child';
import type { Order } from '../../bench/processes/driver';
import { freshProvider } from '../../bench/provider';
import { localTarget } from '../../src/temporal/connection';
import { startJunction, stateSchema, type Junction } from '../sandbox/junction-client';

/** The bench's processes, by the one that needs no Temporal: plain calls to the provider. */

jest.setTimeout(60_000);

/** Where nobody listens. */
const NOBODY = 'http://127.0.0.1:9';

let junction: Junction;
let urls: ChildSettings['urls'];
let child: Child;

beforeAll(async () => {
  junction = await startJunction({ advanceOrders: true, timeScale: 1e-6, keyLifetimeMs: 1e13 });
  urls = { prompt: junction.url, slow: NOBODY, waits: NOBODY, reserves: NOBODY, paced: NOBODY };
  const settings: ChildSettings = {
    target: localTarget('127.0.0.1:9'),
    urls,
    practice: NOBODY,
    dataDir: '',
  };
  child = await startChild('direct', settings);
});
afterAll(() => child.stop());

const ONE_EACH: Order = { load: { clients: 2, forMs: 0 }, account: 'prompt' };

test('it plays what it is told and says what came of it', async () => {
  await freshProvider(junction.url, null);
  const played = await child.ask(ONE_EACH);
  expect(played).toMatchObject({ latenciesMs: [expect.any(Number), expect.any(Number)], executions: [] });
  expect(await liveAppointments()).toBe(2);
});

test('a fresh provider has nothing left of what was before', async () => {
  await child.ask(ONE_EACH);
  await freshProvider(junction.url, null);
  expect(await liveAppointments()).toBe(0);
});

test('what it cannot do it says, and goes on', async () => {
  await expect(child.ask({ ...ONE_EACH, account: 'slow' })).rejects.toThrow(/^direct: .*fetch failed/);
  await freshProvider(junction.url, null);
  await expect(child.ask(ONE_EACH)).resolves.toBeDefined();
});

test('it is missed when it ends by itself, also by whoever waits for an answer', async () => {
  const order: Order = { load: { clients: 1, forMs: 60_000 }, account: 'prompt' };
  const asked = child.ask(order);
  process.kill(child.pid, 'SIGKILL');
  await expect(asked).rejects.toThrow('The process direct ended by itself');
  await expect(child.broken).rejects.toThrow('The process direct ended by itself');
});

test('one that is killed is not missed, and is gone', async () => {
  const settings: ChildSettings = { target: localTarget('127.0.0.1:9'), urls, practice: NOBODY, dataDir: '' };
  const victim = await startChild('direct', settings);
  const missed = jest.fn();
  victim.broken.catch(missed);
  await victim.kill();
  await victim.ended;
  expect(() => process.kill(victim.pid, 0)).toThrow('ESRCH');
  await victim.stop();
  expect(missed).not.toHaveBeenCalled();
});

test('one that does not start is told, not waited for', async () => {
  await expect(startChild('direct', null)).rejects.toThrow('The process direct ended by itself');
});

async function liveAppointments(): Promise<number> {
  const { body } = await junction.call('GET', '/_sandbox/state');
  return stateSchema.parse(body).live.appointments.length;
}
