import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { createAgenda } from '../agenda';
import { answerOddly } from '../answers';
import { readBodiesAsJson } from '../bodies';
import { oddBytes } from '../bytes';
import { createClock, HOUR_MS } from '../clock';
import { sharedControls } from '../controls';
import { createFaults } from '../faults';
import { misbehave } from '../misbehaviour';
import { named } from '../serve';
import { openStore, type Store } from '../store';
import { createWebhooks } from '../webhooks';
import { oddityOf, type Context } from './context';
import { junctionControls } from './controls';
import { Refusal, REFUSALS, UNREADABLE } from './errors';
import { runJob } from './jobs';
import { appointmentRoutes } from './routes-appointments';
import { catalogueRoutes } from './routes-catalogue';
import { orderRoutes } from './routes-orders';
import { emptyState, junctionStateSchema, type JunctionJob, type JunctionState } from './state';

/** The options of the Junction sandbox. */
export interface JunctionSandboxOptions {
  /** 0 takes any free port. */
  port: number;
  host?: string;
  /** The directory of the state file; null keeps the state in memory only. */
  dataDir: string | null;
  /** Real ms per sandbox ms for all provider-side durations; 1/60 makes a minute a second. */
  timeScale?: number;
  /** Where events are sent; null: nowhere. */
  webhookUrl: string | null;
  /** `whsec_…`; signs the events. */
  webhookSecret: string;
  /** Whether orders get their requisitions and results by themselves. A state file's own setting wins. */
  advanceOrders?: boolean;
  /** How long a booking key lasts, in sandbox ms; 4 h by default. */
  keyLifetimeMs?: number;
  /** How long the vendor takes before it works on a call, in real ms. The sandbox's own controls are not delayed. */
  answerMs?: number;
  log?: FastifyBaseLogger;
}

/** A sandbox that listens. */
export interface RunningSandbox {
  url: string;
  port: number;
  /** Stops listening, saves, and resolves when nothing runs any more. */
  close(): Promise<void>;
}

const DEFAULT_TIME_SCALE = 1 / 60;
const KEY_PREFIX = 'sk_us_';

/** Starts the Junction sandbox, and resolves once it listens. Rejects when the port is taken. */
export async function createJunctionSandbox(options: JunctionSandboxOptions): Promise<RunningSandbox> {
  const store = openStore({
    file: options.dataDir === null ? null : join(options.dataDir, 'junction-sandbox.json'),
    schema: junctionStateSchema,
    initial: () => emptyState(options.advanceOrders ?? true, randomBytes(32).toString('base64')),
  });
  const app = Fastify({
    ...(options.log ? { loggerInstance: options.log } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  wire(app, store, options);
  const host = options.host ?? '127.0.0.1';
  const url = await app.listen({ port: options.port, host });
  return { url, port: Number(new URL(url).port), close: () => app.close() };
}

function wire(app: FastifyInstance, store: Store<JunctionState>, options: JunctionSandboxOptions): void {
  const faults = createFaults();
  const context = createContext(app, store, options, faults);
  readBodiesAsJson(app, UNREADABLE);
  answerErrors(app);
  const log = misbehave(app, faults);
  answerOddly(app, () => oddityOf(context));
  app.addHook('onSend', async (request) => {
    if (request.method !== 'GET') await store.saved();
  });

  const reset = (): void => {
    faults.clear();
    log.forget();
    context.agenda.clear();
    context.webhooks.clear();
    store.reset();
  };
  sharedControls(app, { faults, webhooks: context.webhooks });
  junctionControls(app, context, { calls: log.calls, reset });
  const vendorRoutes = async (api: FastifyInstance): Promise<void> => {
    api.addHook('preHandler', async (request) => {
      const key = request.headers['x-vital-api-key'];
      if (typeof key !== 'string' || !key.startsWith(KEY_PREFIX)) throw REFUSALS.badKey();
    });
    const { answerMs } = options;
    if (answerMs !== undefined) api.addHook('preHandler', () => pause(answerMs));
    orderRoutes(api, context);
    appointmentRoutes(api, context);
    catalogueRoutes(api, context);
  };
  void app.register(named('vendor', vendorRoutes));
  app.addHook('onClose', async () => {
    await context.agenda.close();
    await store.saved();
  });
}

function createContext(
  app: FastifyInstance,
  store: Store<JunctionState>,
  options: JunctionSandboxOptions,
  faults: ReturnType<typeof createFaults>,
): Context {
  const { state } = store;
  const clock = createClock(options.timeScale ?? DEFAULT_TIME_SCALE);
  const plan: Context['plan'] = (job, inMs) => agenda.add(job, inMs);
  const webhooks = createWebhooks({
    url: options.webhookUrl,
    secret: options.webhookSecret,
    clock,
    faults,
    plan: (message, attempt, inMs) => plan({ kind: 'deliver', message, attempt }, inMs),
    encode: (body) => oddBytes(body, 'Webhooks', state.quirks),
  });
  const agenda = createAgenda<JunctionJob>({
    clock,
    jobs: () => state.jobs,
    replace: (jobs) => void (state.jobs = jobs),
    run: async (job) => {
      await runJob(context, job);
      await store.saved();
    },
    failed: (job, error) => app.log.error({ job: job.kind, error }, 'a planned step failed'),
  });
  const keyLifetimeMs = options.keyLifetimeMs ?? 4 * HOUR_MS;
  const context: Context = { state, clock, webhooks, keyLifetimeMs, plan, agenda };
  return context;
}

function answerErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ detail: 'Not Found' }));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) return reply.code(error.status).send(error.body);
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    const message = error instanceof Error ? error.message : 'unknown';
    if (status < 500) return reply.code(status).send({ detail: message });
    request.log.error({ error }, 'the sandbox itself failed');
    return reply.code(500).send({ detail: 'Internal Server Error' });
  });
}
