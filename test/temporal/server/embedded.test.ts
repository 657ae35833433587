import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../../src/booking/names';
import { retentionDays } from '../../../src/temporal/search-attributes';
import { findTemporalCli } from '../../../src/temporal/server/download';
import { freePort, startEmbeddedServer, type EmbeddedServer } from '../../../src/temporal/server/embedded';
import { isRunning } from '../../../src/temporal/server/embedded-process';

const TIMEOUT_MS = 60_000;

let dataDir: string;
let servers: EmbeddedServer[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'booking-saga-embedded-'));
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
}, TIMEOUT_MS);

async function start(more: Partial<Parameters<typeof startEmbeddedServer>[0]> = {}): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ dataDir, port: 0, uiPort: 0, ...more });
  servers.push(server);
  return server;
}

const recordPath = () => join(dataDir, 'temporal.pid.json');

test(
  'it serves with retention, search attributes, its UI asking our codec server, and keeps its state in a file',
  async () => {
    const server = await start({ codecPort: 3999, namespace: 'team' });
    expect(server).toMatchObject({ adopted: false, namespace: 'team' });
    const connection = await Connection.connect({ address: server.address });
    await expect(retentionDays(connection, 'team')).resolves.toBe(30);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'team' });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
    await connection.close();
    const settings = await (await fetch(`${server.uiUrl}/api/v1/settings`)).json();
    expect(settings).toMatchObject({ Codec: { Endpoint: 'http://127.0.0.1:3999' } });
    expect(existsSync(join(dataDir, 'temporal.db'))).toBe(true);
    await server.stop();
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    expect(existsSync(recordPath())).toBe(false);
  },
  TIMEOUT_MS,
);

test(
  'it shows its metrics where it is told to, what Temporal Cloud would bill among them',
  async () => {
    const metricsPort = await freePort();
    const { address } = await start({ inMemory: true, metricsPort });
    const connection = await Connection.connect({ address });
    const { workflow } = new Client({ connection });
    await workflow.start('waits', { workflowId: 'for-a-worker', taskQueue: 'nobody-polls' });
    await connection.close();
    const started = /^action\{action_type="grpc_StartWorkflowExecution",namespace="default".*\} 1$/m;
    // They lag behind by up to a second.
    await until(async () =>
      started.test(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()),
    );
  },
  TIMEOUT_MS,
);

test(
  'the server of a parent that was killed lives on, is taken over and stopped',
  async () => {
    const orphan = await killedParent();
    expect(isRunning(orphan.pid)).toBe(true);
    const server = await start();
    expect(server).toMatchObject({ adopted: true, pid: orphan.pid, address: orphan.address });
    await server.stop();
    expect(isRunning(orphan.pid)).toBe(false);
    expect(existsSync(recordPath())).toBe(false);
  },
  TIMEOUT_MS,
);

test.each(['diesWithUs', 'inMemory'])(
  'the server of a parent that was killed ends with it where that is asked for: %s',
  async (option) => {
    const { pid } = await killedParent({ [option]: true });
    await until(() => !isRunning(pid));
    const next = await start();
    expect(next.adopted).toBe(false);
  },
  TIMEOUT_MS,
);

test(
  'a server that was stopped is no longer tied to us',
  async () => {
    const server = await start({ inMemory: true });
    expect(shellsOn(server.pid)).toHaveLength(1);
    await server.stop();
    await until(() => shellsOn(server.pid).length === 0);
  },
  TIMEOUT_MS,
);

test(
  'a port that another Temporal server has is named, with the setting that changes it',
  async () => {
    const first = await start({ inMemory: true });
    const port = Number(first.address.split(':')[1]);
    await expect(start({ port })).rejects.toThrow(/Another Temporal server.*BOOKING_TEMPORAL_PORT/);
    expect(isRunning(first.pid)).toBe(true);
  },
  TIMEOUT_MS,
);

test(
  'a server that ends at once is reported in its own words, and leaves no record',
  async () => {
    const taken = createServer((socket) => socket.destroy());
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await expect(start({ port })).rejects.toThrow(/did not start: .*port/is);
    expect(existsSync(recordPath())).toBe(false);
    taken.close();
  },
  TIMEOUT_MS,
);

/** As Go prints it: what was wrong, then the stack, which is longer than what an error quotes. */
const STACK = 'go.temporal.io/server/temporal.NewServerFx({0x6054178})\n'.repeat(200);

test.each([
  ['in its last words', 'listen tcp: bind: address already in use'],
  ['before a long stack', `panic: listen tcp: bind: address already in use\n${STACK}`],
])(
  'a server that finds one of its own ports taken is started again: it says so %s',
  async (_, words) => {
    for (const inMemory of [true, false]) {
      const bin = mkdtempSync(join(tmpdir(), 'booking-saga-bin-'));
      const met = join(bin, 'met');
      writeFileSync(join(bin, 'words'), words);
      // Asked for its version, to see whether it runs at all, it answers.
      const isMet = `[ "$1" != server ] || [ -e ${met} ]`;
      const once = `{ ${isMet}; } || { touch ${met}; cat ${join(bin, 'words')} >&2; exit 1; }`;
      const script = `#!/bin/sh\n${once}\nexec ${await findTemporalCli()} "$@"\n`;
      writeFileSync(join(bin, 'temporal'), script, { mode: 0o755 });
      const server = await start({ inMemory, find: { path: bin } });
      expect(isRunning(server.pid)).toBe(true);
      expect(existsSync(met)).toBe(true);
    }
  },
  TIMEOUT_MS,
);

/** Starts a process of its own that starts a server, kills it, and tells which server it left. */
async function killedParent(options: object = {}): Promise<{ address: string; pid: number }> {
  const script = join(__dirname, 'fixtures', 'orphan.ts');
  const parent = spawn(
    process.execPath,
    ['--require', 'tsx/cjs', script, JSON.stringify({ dataDir, ...options })],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line]: unknown[] = await once(parent.stdout, 'data');
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  return JSON.parse(String(line));
}

/** The shells that wait to kill a process. */
function shellsOn(pid: number): string[] {
  const all = execFileSync('ps', ['-ww', '-A', '-o', 'command='], { encoding: 'utf8' });
  return all.split('\n').filter((line) => line.startsWith('sh -c read') && line.endsWith(` ${pid}`));
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + TIMEOUT_MS;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error('What the test waits for did not come.');
    await pause(50);
  }
}
