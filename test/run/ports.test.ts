import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { isFree, portFor, quietPort } from '../../src/run/ports';

test('a quiet port is free and below those that the system hands out', async () => {
  const port = await quietPort();
  expect(port).toBeGreaterThanOrEqual(20_000);
  expect(port).toBeLessThan(32_000);
  expect(await isFree(port)).toBe(true);
});

test('a port that somebody listens on is not free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  // A server that listens on a port has an address of this form.
  const { port } = other.address() as AddressInfo;
  expect(await isFree(port)).toBe(false);
  other.close();
  await once(other, 'close');
  expect(await isFree(port)).toBe(true);
});

test('a port that is set is kept', async () => {
  expect(await portFor(4711)).toBe(4711);
  expect(await portFor(0)).not.toBe(0);
});
