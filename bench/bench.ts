import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { workflowIdOf } from '../src/booking/names';
import { createBookingClient, type BookingClient } from '../src/client/booking-client';
import { startWorkers } from '../src/run/workers';
import { loadConfig } from '../src/config';
import { createJunctionSandbox } from '../src/sandbox/junction/server';
import { clientOn, connectNative, localTarget } from '../src/temporal/connection';
import { startEmbeddedServer } from '../src/temporal/server/embedded';
import { dataConverterOf } from '../src/temporal/encryption';
import { loadKeys, makeKeys } from '../src/temporal/keys';

/**
 * `npm run bench -- --bookings 100 --at-once 10`: how fast bookings are confirmed on this machine, all of it on
 * this machine (server, sandbox, worker), and what one costs in history. Prints the median and the spread.
 */

interface Round {
  bookings: number;
  atOnce: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { bookings: { type: 'string', default: '100' }, 'at-once': { type: 'string', default: '10' } },
  });
  const round = { bookings: Number(values.bookings), atOnce: Number(values['at-once']) };
  const dataDir = await mkdtemp(join(tmpdir(), 'booking-saga-bench-'));
  const sandbox = await createJunctionSandbox({
    port: 0,
    dataDir: null,
    timeScale: 1 / 600,
    webhookUrl: null,
    webhookSecret: 'whsec_YmVuY2g=',
  });
  await openUp(sandbox.url);
  const config = loadConfig({
    BOOKING_DATA_DIR: dataDir,
    JUNCTION_API_KEY: 'sk_us_bench',
    JUNCTION_BASE_URL: sandbox.url,
    JUNCTION_PACE: JSON.stringify({ inFlight: 200, perSecond: 2_000 }),
    BOOKING_LIMITS: JSON.stringify({ pollFirstMs: 200 }),
  });
  makeKeys(config);
  const server = await startEmbeddedServer({ dataDir, port: 0, uiPort: 0, inMemory: true });
  const target = localTarget(server.address, server.namespace);
  const connection = await connectNative(target);
  const client = clientOn(connection, target, dataConverterOf(config));
  const workers = await startWorkers({ config, connection, client, log: pino({ level: 'silent' }) });
  try {
    const bookings = createBookingClient({ client, idKey: loadKeys(config).idKey });
    await run(bookings, { bookings: 5, atOnce: 5 }); // warm-up: caches, connections, the first compile
    const cpuBefore = process.cpuUsage();
    const startedMs = performance.now();
    const { latenciesMs, ids } = await run(bookings, round);
    const tookMs = performance.now() - startedMs;
    const cpu = process.cpuUsage(cpuBefore);
    const events = await Promise.all(
      ids
        .slice(0, 5)
        .map(async (id) => (await client.workflow.getHandle(workflowIdOf(id)).describe()).historyLength),
    );
    report(round, { latenciesMs, tookMs, cpuMs: (cpu.user + cpu.system) / 1_000, events });
  } finally {
    await workers.stop();
    await connection.close();
    await server.stop();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Every patient may have many visits, and every slot many patients: the bench is after the saga's cost. */
async function openUp(url: string): Promise<void> {
  const post = (path: string, body: unknown) =>
    fetch(`${url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
  await post('account', { oneAppointmentPerPatient: false });
  await post('slots', { capacity: 1_000_000 });
}

async function run(bookings: BookingClient, { bookings: wanted, atOnce }: Round) {
  const latenciesMs: number[] = [];
  const ids: string[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun < wanted) {
      begun += 1;
      const startedMs = performance.now();
      const { booking } = await bookings.start(REQUEST);
      const view = await bookings.settled(booking.id, { timeoutMs: 120_000 });
      if (view.status !== 'confirmed') throw new Error(`a booking ended up ${view.status}`);
      latenciesMs.push(performance.now() - startedMs);
      ids.push(booking.id);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { latenciesMs, ids };
}

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
  windows: [{ from: '+2d', to: '+9d' }],
};

interface Measured {
  latenciesMs: number[];
  tookMs: number;
  cpuMs: number;
  events: number[];
}

function report({ bookings, atOnce }: Round, { latenciesMs, tookMs, cpuMs, events }: Measured): void {
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  const at = (share: number): string =>
    `${Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)} ms`;
  process.stdout.write(
    [
      `${bookings} bookings, ${atOnce} at once, placed and confirmed at once`,
      `  a second              ${((bookings / tookMs) * 1_000).toFixed(1)}`,
      `  until confirmed       min ${at(0)}, median ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}`,
      `  CPU a booking         ${(cpuMs / bookings).toFixed(0)} ms (worker, client and sandbox; the server apart)`,
      `  history events        ${Math.min(...events)} to ${Math.max(...events)} at confirmation, polling included`,
      '',
    ].join('\n'),
  );
}

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 1;
});
