import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { PROVIDERS, providerFacts } from '../../src/booking/vendors';
import { childEnv } from '../../src/config';
import { freshSettings, killAll, killTemporal, launch, running, until, type Settings } from './stack-process';

jest.setTimeout(120_000);

let settings: Settings;
let stacks: ReturnType<typeof launch>[] = [];

beforeEach(async () => {
  settings = await freshSettings();
});

afterEach(async () => {
  await Promise.all(stacks.map(killAll));
  stacks = [];
  killTemporal(settings);
  rmSync(settings.BOOKING_DATA_DIR, { recursive: true, force: true });
});

const REQUEST = {
  provider: 'junction-phlebotomy',
  patient: {
    userId: '94e2d9f2-d600-4a23-9f08-536df378e2c7',
    firstName: 'Ana',
    lastName: 'Reyes',
    dob: '1984-03-09',
    gender: 'female',
    phone: '+16025550123',
    email: 'ana@example.com',
    address: { firstLine: 'West Lincoln Street', city: 'Phoenix', state: 'AZ', zip: '85004', country: 'US' },
  },
  order: { labTestIds: ['5b41f610-ebc5-4803-8f0c-a61c3bdc7faf'] },
  windows: [{ from: '+3d', to: '+9d' }],
};

interface View {
  id: string;
  status: string;
  appointment: { id: string } | null;
}

function send(url: string, body?: object): Promise<Response> {
  return fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${readFileSync(join(settings.BOOKING_DATA_DIR, 'api.key'), 'utf8').trim()}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  });
}

async function call<T>(url: string, body?: object): Promise<T> {
  const answer = await send(url, body);
  if (!answer.ok) throw new Error(`${answer.status} from ${url}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** The booking once it is as wanted. A busy machine may take longer over a read than the API waits: 503. */
async function seen(id: string, isWanted: (view: View) => boolean): Promise<View> {
  const look = async (): Promise<View | null> => {
    const answer = await send(api(`/v1/bookings/${id}`));
    if (answer.status === 503) return null;
    expect(answer.status).toBe(200);
    return (await answer.json()) as View;
  };
  const view = await until(look, (one) => one !== null && isWanted(one));
  if (view === null) throw new Error('never: until answers what is wanted');
  return view;
}

const api = (path: string): string => `http://127.0.0.1:${settings.PORT}${path}`;
const sandbox = (path: string): string => `http://127.0.0.1:${settings.JUNCTION_SANDBOX_PORT}${path}`;
const clinic = (path: string): string => `http://127.0.0.1:${settings.OLIVER_SANDBOX_PORT}${path}`;

function start(more: Record<string, string> = {}): ReturnType<typeof launch> {
  const stack = launch({ ...settings, ...more });
  stacks.push(stack);
  return stack;
}

test('a booking that waits survives SIGKILL of the whole stack and goes on after the next start', async () => {
  const first = start();
  await running(first);
  await call(sandbox('/_sandbox/confirmation'), { mode: 'reserve' });
  const { id } = await call<View>(api('/v1/bookings'), REQUEST);
  const waiting = await seen(id, ({ status }) => status === 'awaiting_confirmation');
  const key = readFileSync(join(settings.BOOKING_DATA_DIR, 'api.key'), 'utf8');
  await killAll(first);

  const second = start();
  await running(second);
  expect(second.said()).toContain('was taken over');
  expect(readFileSync(join(settings.BOOKING_DATA_DIR, 'api.key'), 'utf8')).toBe(key);
  expect((await seen(id, () => true)).status).toBe('awaiting_confirmation');
  await call(sandbox(`/_sandbox/appointments/${waiting.appointment?.id ?? ''}`), { status: 'confirmed' });
  const confirmed = await seen(id, ({ status }) => status !== 'awaiting_confirmation');
  expect(confirmed).toMatchObject({ status: 'confirmed', appointment: { id: waiting.appointment?.id } });
  const { live } = await call<{ live: object }>(sandbox('/_sandbox/state'));
  expect(live).toEqual({ appointments: [waiting.appointment?.id], orders: [expect.any(String)] });

  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  await expect(fetch(`http://127.0.0.1:${settings.BOOKING_TEMPORAL_UI_PORT}`)).rejects.toThrow(
    'fetch failed',
  );
});

test('the example of every provider comes through: its vendor has a worker on its queue, a sandbox and an adapter', async () => {
  await running(start());
  for (const provider of PROVIDERS) {
    const { example } = providerFacts(provider);
    const request: unknown = JSON.parse(readFileSync(join('examples', example), 'utf8'));
    expect(request).toMatchObject({ provider });
    const { id } = await call<View>(api('/v1/bookings'), request as object);
    const view = await seen(id, ({ status }) => ['confirmed', 'awaiting_confirmation'].includes(status));
    expect([provider, view.appointment?.id]).toEqual([provider, expect.any(String)]);
  }
});

test('it says where everything is, keeps its key to itself, and refuses to run twice on the same data', async () => {
  const stack = start();
  await running(stack);
  const keyFile = join(settings.BOOKING_DATA_DIR, 'api.key');
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  for (const what of [
    `http://127.0.0.1:${settings.BOOKING_TEMPORAL_UI_PORT}`,
    api(''),
    sandbox(''),
    clinic('/_sandbox/state'),
    'examples/oliver.json',
    readFileSync(keyFile, 'utf8').trim(),
    'npm run booking -- book examples/at-home.json',
  ]) {
    expect(stack.said()).toContain(what);
  }
  const ui = await fetch(`http://127.0.0.1:${settings.BOOKING_TEMPORAL_UI_PORT}`);
  expect(ui.status).toBe(200);

  const again = start();
  expect(await again.ended).toBe(1);
  expect(again.said()).toContain('already runs a Temporal server');

  const worker = fork('src/run/worker.ts', {
    env: childEnv({ ...settings, TEMPORAL_ADDRESS: `127.0.0.1:${settings.BOOKING_TEMPORAL_PORT}` }),
    execArgv: ['--require', 'tsx/cjs'],
    stdio: 'ignore',
  });
  const gone = once(worker, 'exit');
  await once(worker, 'message');
  // What a worker sees of the death of the stack that started it.
  worker.disconnect();
  await gone;
});

test.each(['JUNCTION_SANDBOX_PORT', 'OLIVER_SANDBOX_PORT', 'BOOKING_TEMPORAL_UI_PORT', 'PORT'])(
  'a taken port is told by the name of its setting: %s',
  async (name) => {
    const other = createServer().listen(Number(settings[name]), '127.0.0.1');
    await once(other, 'listening');
    const stack = start();
    expect(await stack.ended).toBe(2);
    expect(existsSync(join(settings.BOOKING_DATA_DIR, 'temporal.pid.json'))).toBe(false);
    expect(stack.said()).toContain(`${name}: port ${settings[name] ?? ''} is taken`);
    other.close();
  },
);
