import { KEYS_SCHEDULE_ID } from '../../src/booking/names';
import { ConfigError } from '../../src/config';
import {
  checkKeys,
  lacksListed,
  listedKeys,
  readsListed,
  retireKey,
  type KeyListPlace,
} from '../../src/temporal/key-list';
import type { EncryptionKey } from '../../src/temporal/keys';
import { startTestServer, startTimeSkippingServer, type TestServer } from '../support/temporal';

let server: TestServer;
let place: KeyListPlace;
beforeAll(async () => {
  server = await startTestServer();
  place = { connection: server.connection, namespace: server.target.namespace };
}, 60_000);
afterAll(() => server.stop());

const key = (id: string, byte = id.charCodeAt(0)): EncryptionKey => ({ id, key: Buffer.alloc(32, byte) });
const unexpected = (text: string): never => {
  throw new Error(text);
};
const start = (...keys: EncryptionKey[]): Promise<void> => checkKeys(place, keys, unexpected);

test('a key is listed by the first that starts with it, needed by all others, and by none once it is retired', async () => {
  await start(key('b'), key('a'));
  expect(await listedKeys(place)).toEqual(['b', 'a']);
  await start(key('b'), key('a'));
  // One that is held and not used yet is on nobody's way.
  await start(key('b'), key('a'), key('c'));
  expect(await listedKeys(place)).toEqual(['b', 'a']);
  await start(key('c'), key('b'), key('a'));
  expect(await listedKeys(place)).toEqual(['b', 'a', 'c']);

  await expect(start(key('b'), key('a'))).rejects.toThrow(ConfigError);
  await expect(start(key('b'), key('a'))).rejects.toThrow(/^BOOKING_ENCRYPTION_KEYS: lacks the key "c"/);
  await expect(start(key('z'))).rejects.toThrow(/lacks the key "b"/);
  await expect(start(key('c'), key('b'), key('a', 9))).rejects.toThrow(/key "a" is another one than this/);
  // Who does not start leaves no key behind.
  expect(await listedKeys(place)).toEqual(['b', 'a', 'c']);
  expect(await readsListed(place, [key('a')], 'a')).toBe(true);
  expect(await readsListed(place, [key('a', 9)], 'a')).toBe(false);
  expect(await readsListed(place, [], 'a')).toBe(false);

  expect(await retireKey(place, 'a')).toBe(true);
  expect(await retireKey(place, 'a')).toBe(false);
  await start(key('c'), key('b'));
});

test('a namespace that does not exist has no list, and that is not an empty one', async () => {
  const nowhere = { ...place, namespace: 'typo' };
  await expect(listedKeys(nowhere)).rejects.toThrow(/typo/);
  await expect(checkKeys(nowhere, [key('a')], unexpected)).rejects.toThrow(/typo/);
});

test('unfit is who lacks a listed key or has it otherwise; a key that is not listed makes nobody unfit', async () => {
  expect(await lacksListed(place, [key('c')], 'b')).toBe(true);
  expect(await lacksListed(place, [key('c'), key('b', 9)], 'b')).toBe(true);
  // What does not decrypt under a key that is held is damaged.
  expect(await lacksListed(place, [key('c'), key('b')], 'b')).toBe(false);
  expect(await lacksListed(place, [key('c')], 'a')).toBe(false);
  expect(await lacksListed(place, [key('c')], 'never-ours')).toBe(false);
});

test('of those that start at once, each with a new key, none is lost', async () => {
  const known = ((await listedKeys(place)) ?? []).map((id) => key(id));
  const fresh = ['k', 'l', 'm', 'n', 'o', 'p'].map((id) => key(id));
  const startWith = (newest: EncryptionKey) =>
    start(newest, ...fresh.filter((one) => one !== newest), ...known);
  await Promise.all(fresh.map(startWith));
  const ids = await listedKeys(place);
  expect([...(ids ?? [])].sort()).toEqual([...fresh, ...known].map(({ id }) => id).sort());
}, 60_000);

test('the list is a Schedule that never runs, and shows nothing but ids', async () => {
  const { schedule, info } = await server.connection.workflowService.describeSchedule({
    namespace: place.namespace,
    scheduleId: KEYS_SCHEDULE_ID,
  });
  expect(schedule?.state?.paused).toBe(true);
  expect(info?.futureActionTimes ?? []).toEqual([]);
  const payloads = schedule?.action?.startWorkflow?.input?.payloads ?? [];
  expect(payloads.length).toBeGreaterThan(0);
  for (const { data } of payloads) expect(Buffer.from(data ?? []).includes('canary')).toBe(false);
});

test('a server without Schedules is warned of, and keeps nobody from starting', async () => {
  const env = await startTimeSkippingServer(server.config);
  const warnings: string[] = [];
  try {
    const there = { connection: env.nativeConnection, namespace: 'default' };
    await checkKeys(there, [key('a')], (text) => void warnings.push(text));
  } finally {
    await env.teardown();
  }
  expect(warnings).toEqual([expect.stringContaining('not kept from starting')]);
}, 60_000);
