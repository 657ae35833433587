import { isNativeError } from 'node:util/types';
import { isBadPort } from '../../src/settings/addresses';

/** Whether this Node's fetch refuses to call a port, which it says before it connects. */
async function isRefused(port: number): Promise<boolean> {
  const err: unknown = await fetch(`http://127.0.0.1:${port}/`).then(
    () => null,
    (reason: unknown) => reason,
  );
  return isNativeError(err) && isNativeError(err.cause) && err.cause.message === 'bad port';
}

test('the table names the ports that fetch refuses, and none of those that are used here', async () => {
  const all = Array.from({ length: 65_536 }, (_, port) => port);
  const bad = all.filter(isBadPort);
  expect(bad).toHaveLength(83);
  const taken = [];
  // No server has port 0, and not every fetch refuses it as bad.
  for (const port of bad.filter((number) => number > 0)) if (!(await isRefused(port))) taken.push(port);
  expect(taken).toEqual([]);
  for (const port of [80, 443, 3000, 3001, 4010, 4020, 7233, 8080, 8233, 8443])
    expect(isBadPort(port)).toBe(false);
});
