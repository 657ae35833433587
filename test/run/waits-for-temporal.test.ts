import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnv } from '../../src/config';
import { quietPort } from '../../src/run/ports';
import { startEmbeddedServer } from '../../src/temporal/server/embedded';
import { until } from './stack-process';

/** `npm run worker` and `npm run api` where Temporal is not there yet, is not for them, or where their keys are not. */

jest.setTimeout(120_000);

const KEYS = {
  BOOKING_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
  BOOKING_ID_KEY: Buffer.alloc(32, 2).toString('base64'),
};

const PARTS = [
  ['worker', 'the workers take tasks'],
  ['api', 'the API listens'],
] as const;

interface Part {
  said(): string;
  child: ChildProcess;
  ended: Promise<number | null>;
}

let children: Part[] = [];
let port: number;
let dataDir: string;

beforeEach(async () => {
  port = await quietPort();
  dataDir = mkdtempSync(join(tmpdir(), 'booking-saga-wait-'));
});

afterEach(async () => {
  for (const { child } of children) child.kill('SIGKILL');
  await Promise.all(children.map(({ ended }) => ended));
  children = [];
});

async function launch(part: string, settings: Record<string, string> = {}): Promise<Part> {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', `src/run/${part}.ts`], {
    env: childEnv({
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      BOOKING_DATA_DIR: join(dataDir, part),
      BOOKING_API_KEYS: 'desk:a-secret-of-the-desk',
      PORT: String(await quietPort()),
      ...KEYS,
      ...settings,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  const launched = { child, said: () => said, ended };
  children.push(launched);
  return launched;
}

const waits = (part: Part): Promise<unknown> =>
  until(part.said, (said) => said.includes('waiting for Temporal') && said.includes(`127.0.0.1:${port}`));

const doesNotServe = (part: Part): Promise<unknown> =>
  until(part.said, (said) => said.includes('it does not serve yet'));

/** Somebody who takes connections where Temporal is to be; closing hangs up on all. */
async function somebodyElse(answer: (socket: Socket) => void): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const other = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // whoever does not wait hangs up
    answer(socket);
  }).listen(port, '127.0.0.1');
  await once(other, 'listening');
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      other.close();
      await once(other, 'close');
    },
  };
}

/** Until each of them says that it goes on. */
async function goOn(parts: readonly Awaited<ReturnType<typeof launch>>[]): Promise<void> {
  for (const [n, [, goesOn]] of PARTS.entries())
    await until(
      () => parts[n]?.said() ?? '',
      (said) => said.includes(goesOn),
    );
}

test('they wait for a Temporal that is not there, and behind a port that hangs up, say for which, and go on once it serves', async () => {
  const parts = await Promise.all(PARTS.map(([name]) => launch(name)));
  await Promise.all(parts.map(waits));
  const other = await somebodyElse((socket) => void socket.end());
  await Promise.all(parts.map(doesNotServe));
  await other.close();
  const server = await startEmbeddedServer({ dataDir, port, uiPort: 0, inMemory: true });
  try {
    await goOn(parts);
    parts.forEach(({ child }) => child.kill('SIGTERM'));
    expect(await Promise.all(parts.map(({ ended }) => ended))).toEqual([0, 0]);
  } finally {
    await server.stop();
  }
});

test('they wait behind a port that is open and says nothing, and go on once Temporal serves there', async () => {
  const other = await somebodyElse(() => undefined);
  const parts = await Promise.all(PARTS.map(([name]) => launch(name)));
  await Promise.all(parts.map(waits));
  for (const part of parts) expect(part.said()).toContain('it does not serve yet');
  await other.close();
  const server = await startEmbeddedServer({ dataDir, port, uiPort: 0, inMemory: true });
  try {
    await goOn(parts);
  } finally {
    await server.stop();
  }
});

test.each([...PARTS, ['start', '']] as const)(
  '%s stops at once when it is told to while it waits',
  async (name) => {
    const launchedMs = performance.now();
    const part = await launch(name);
    await waits(part);
    const toldMs = performance.now();
    part.child.kill('SIGTERM');
    expect(await part.ended).toBe(0);
    // A busy machine took longer over the start as well.
    expect(performance.now() - toldMs).toBeLessThan(5_000 + (toldMs - launchedMs));
  },
);

describe('with a Temporal that is not what the settings say', () => {
  let other: Server;
  beforeEach(async () => {
    other = createServer((socket) => {
      socket.on('error', () => undefined); // whoever does not like the answer hangs up
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(port, '127.0.0.1');
    await once(other, 'listening');
  });
  afterEach(() => other.close());

  test.each(PARTS)('%s ends with what is wrong', async (name) => {
    const part = await launch(name, { TEMPORAL_TLS: 'true' });
    expect(await part.ended).toBe(1);
    expect(part.said()).not.toContain('waiting for Temporal');
    expect(part.said()).not.toBe('');
  });
});

test.each(PARTS)('%s without keys ends before it waits, makes none, and says what to set', async (name) => {
  const part = await launch(name, { BOOKING_ENCRYPTION_KEYS: '', NODE_ENV: 'production' });
  expect(await part.ended).toBe(2);
  expect(part.said()).toMatch(/^BOOKING_ENCRYPTION_KEYS: set BOOKING_ENCRYPTION_KEYS and BOOKING_ID_KEY/);
  expect(existsSync(join(dataDir, name))).toBe(false);
});

test('beside a deployment, one with another key does not start and names the key that it lacks', async () => {
  const server = await startEmbeddedServer({ dataDir, port, uiPort: 0, inMemory: true });
  try {
    const first = await launch('worker');
    await until(first.said, (said) => said.includes('the workers take tasks'));
    await Promise.all(
      PARTS.map(async ([name]) => {
        const other = await launch(name, {
          BOOKING_ENCRYPTION_KEYS: `file-other:${Buffer.alloc(32, 9).toString('base64')}`,
        });
        expect(await other.ended).toBe(2);
        expect(other.said()).toContain('lacks the key "test"');
        const impostor = await launch(name, {
          BOOKING_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 9).toString('base64')}`,
        });
        expect(await impostor.ended).toBe(2);
        expect(impostor.said()).toContain('key "test" is another one');
      }),
    );
  } finally {
    await server.stop();
  }
});
