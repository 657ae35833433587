import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionsIn } from '../../bench/measure/actions';
import { cpuMsIn, cpuMsOf } from '../../bench/measure/cpu';
import { databaseBytes } from '../../bench/measure/database';
import { memoryIn, memoryOf } from '../../bench/measure/memory';
import { roundOf, used } from '../../bench/measure/round';

describe('CPU time', () => {
  const stat = (name: string) =>
    `71 (${name}) S 1 71 71 0 -1 4194560 9130 0 12 0 250 31 7 8 20 0 11 0 3210 1000 500 18446744073709551615`;

  test.each(['node', 'temporal server', 'a) b ('])(
    'is that of all threads, whatever the process is called: %s',
    (name) => {
      expect(cpuMsIn(stat(name))).toBe(2_810);
    },
  );

  test('of a text that is none is refused', () => {
    expect(() => cpuMsIn('71 (node) S')).toThrow(/CPU time/);
  });

  test('of a process that works grows', async () => {
    const before = await cpuMsOf(process.pid);
    const own = process.cpuUsage();
    const workedMs = (): number => {
      const { user, system } = process.cpuUsage(own);
      return (user + system) / 1_000;
    };
    while (workedMs() < 60);
    expect((await cpuMsOf(process.pid)) - before).toBeGreaterThanOrEqual(40);
  });
});

test('actions are those of the namespace, by type, of all operations together', () => {
  const shown = [
    '# HELP action action counter',
    '# TYPE action counter',
    'action{action_type="grpc_SignalWorkflowExecution",namespace="default",operation="Signal"} 3',
    'action{action_type="command_StartTimer",namespace="default",operation="A"} 4',
    'action{action_type="command_StartTimer",namespace="default",operation="B"} 1',
    'action{action_type="command_StartTimer",namespace="temporal_system",operation="A"} 90',
    'transaction{action_type="x",namespace="default"} 7',
    'service_requests{namespace="default",operation="PollActivityTaskQueue"} 100',
  ].join('\n');
  expect(actionsIn(shown, 'default')).toEqual(
    new Map([
      ['grpc_SignalWorkflowExecution', 3],
      ['command_StartTimer', 5],
    ]),
  );
  expect(actionsIn('', 'default').size).toBe(0);
});

describe('a round', () => {
  const played = { latenciesMs: [100, 300, 200, 400], tookMs: 500, executions: ['a', 'b'] };
  const before = { workerCpuMs: 1_000, receiverCpuMs: 40, serverCpuMs: 500, actions: 7 };
  const after = { workerCpuMs: 1_200, receiverCpuMs: 60, serverCpuMs: 900, actions: 27 };

  test('has a booking’s share of what was used, and the middle of what is kept', () => {
    const kept = [29, 31, 30].map((events) => ({ events, bytes: events * 100 }));
    expect(roundOf({ arm: 'ours', load: 'one' }, played, used(before, after), kept)).toEqual({
      arm: 'ours',
      load: 'one',
      bookings: 4,
      perSecond: 8,
      p50Ms: 200,
      p99Ms: 400,
      workerCpuMs: 50,
      receiverCpuMs: 5,
      serverCpuMs: 100,
      events: 30,
      bytes: 3_000,
      actions: 5,
    });
  });

  test('without a server and a receiver has nothing of them', () => {
    const alone = { receiverCpuMs: null, serverCpuMs: null, actions: null };
    const moved = used({ ...before, ...alone }, { ...after, ...alone });
    const none = { receiverCpuMs: null, serverCpuMs: null, events: null, bytes: null, actions: null };
    expect(roundOf({ arm: 'direct', load: 'one' }, played, moved, [])).toMatchObject({
      ...none,
      workerCpuMs: 50,
    });
  });
});

describe('memory', () => {
  test('is what a process has in RAM, and the most that it had', () => {
    const status = 'Name:\tnode\nVmPeak:\t  9 kB\nVmHWM:\t  2000 kB\nVmRSS:\t  1500 kB\nRssAnon:\t 7 kB\n';
    expect(memoryIn(status)).toEqual({ bytes: 1_536_000, peakBytes: 2_048_000 });
  });

  test('of a process that has ended is refused', () => {
    expect(() => memoryIn('Name:\tnode\nState:\tZ (zombie)\n')).toThrow(/memory/);
  });

  test('of one that takes more grows', async () => {
    const before = await memoryOf(process.pid);
    const taken = Buffer.alloc(200_000_000, 1);
    const { bytes, peakBytes } = await memoryOf(process.pid);
    expect(bytes - before.bytes).toBeGreaterThan(taken.length / 2);
    expect(peakBytes).toBeGreaterThanOrEqual(bytes);
  });
});

describe('the database', () => {
  let dir: string;
  beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'bench-'))));
  afterEach(() => rm(dir, { recursive: true }));

  test('is as large as its files together, and nothing beside them', async () => {
    for (const [name, size] of Object.entries({
      'temporal.db': 5,
      'temporal.db-wal': 3,
      'temporal.db-journal': 7,
      'temporal.log': 9,
    }))
      await writeFile(join(dir, name), 'x'.repeat(size));
    expect(await databaseBytes(dir)).toBe(8);
  });

  test('that is not there is told', async () => {
    await expect(databaseBytes(dir)).rejects.toThrow('no database');
  });
});
