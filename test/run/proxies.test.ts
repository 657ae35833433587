import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv } from '../../src/config';
import { startProxy, type TestProxy } from '../support/proxy';
import {
  freshSettings,
  killAll,
  killTemporal,
  launch,
  running,
  type Running,
  type Settings,
} from './stack-process';

jest.setTimeout(120_000);

/** A machine whose environment names a proxy that leads nowhere, in every way in which programs read it. */

let proxy: TestProxy;
let settings: Settings;
let stack: Running;

beforeAll(async () => {
  proxy = await startProxy();
  proxy.answer(502);
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy', 'grpc_proxy'];
  settings = {
    ...(await freshSettings()),
    ...Object.fromEntries(names.map((name) => [name, proxy.url])),
  };
  stack = launch(settings);
  await running(stack);
});

afterAll(async () => {
  await killAll(stack);
  killTemporal(settings);
  rmSync(settings.BOOKING_DATA_DIR, { recursive: true, force: true });
  await proxy.close();
});

test('npm start, its own Temporal, the sandboxes and their news are never called through a proxy', async () => {
  const key = readFileSync(join(settings.BOOKING_DATA_DIR, 'api.key'), 'utf8').trim();
  const answer = await fetch(`http://127.0.0.1:${settings.PORT}/v1/bookings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', prefer: 'wait=60' },
    body: readFileSync('examples/at-home.json', 'utf8'),
  });
  expect(await answer.json()).toMatchObject({ status: 'confirmed' });
  expect(proxy.asked).toEqual([]);
});

test('nor is Temporal by the command line', async () => {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', 'src/cli/booking.ts', 'list'], {
    env: childEnv(settings),
    stdio: 'ignore',
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(proxy.asked).toEqual([]);
});
