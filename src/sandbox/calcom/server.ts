import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { createAgenda } from '../agenda';
import { answerOddly } from '../answers';
import { readBodiesAsJson } from '../bodies';
import { oddBytes } from '../bytes';
import { createClock } from '../clock';
import { sharedControls } from '../controls';
import { createFaults, type Faults } from '../faults';
import { misbehave } from '../misbehaviour';
import { DEFAULT_TIME_SCALE, listen, named, openApp, type RunningSandbox } from '../serve';
import { openStore, type Store } from '../store';
import { createWebhooks } from '../webhooks';
import { decide } from './bookings';
import { oddityOf, type Context } from './context';
import { calcomControls } from './controls';
import { Refusal, UNREADABLE } from './errors';
import { CALCOM_DELIVERY } from './events';
import { createPace } from './pace';
import { vendorRoutes } from './routes';
import { calcomStateSchema, freshState, type CalcomJob, type CalcomState } from './state';

/** The options of the Cal.com sandbox. */
export interface CalcomSandboxOptions {
  /** 0 takes any free port. */
  port: number;
  host?: string;
  /** The directory of the state file; null keeps the state in memory only. */
  dataDir: string | null;
  /** Real ms per sandbox ms for all provider-side durations; 1/60 makes a minute a second. */
  timeScale?: number;
  /** Where events are sent; null: nowhere. */
  webhookUrl: string | null;
  /** Any text; signs the events. */
  webhookSecret: string;
  log?: FastifyBaseLogger;
}

/** Starts the Cal.com sandbox, and resolves once it listens. Rejects when the port is taken. */
export async function createCalcomSandbox(options: CalcomSandboxOptions): Promise<RunningSandbox> {
  const store = openStore({
    file: options.dataDir === null ? null : join(options.dataDir, 'calcom-sandbox.json'),
    schema: calcomStateSchema,
    initial: freshState,
  });
  const app = openApp(options.log);
  wire(app, store, options);
  return listen(app, options.port, options.host);
}

function wire(app: FastifyInstance, store: Store<CalcomState>, options: CalcomSandboxOptions): void {
  const faults = createFaults();
  const context = createContext(app, store, options, faults);
  const pace = createPace(context);
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
    pace.forget();
    context.past.clear();
    context.agenda.clear();
    context.webhooks.clear();
    store.reset();
  };
  sharedControls(app, { faults, webhooks: context.webhooks });
  calcomControls(app, context, { calls: log.calls, pace, reset });
  const vendor = async (api: FastifyInstance): Promise<void> => vendorRoutes(api, context, pace);
  void app.register(named('vendor', vendor));
  app.addHook('onClose', async () => {
    await context.agenda.close();
    await store.saved();
  });
}

function createContext(
  app: FastifyInstance,
  store: Store<CalcomState>,
  options: CalcomSandboxOptions,
  faults: Faults,
): Context {
  const { state } = store;
  const clock = createClock(options.timeScale ?? DEFAULT_TIME_SCALE);
  const plan: Context['plan'] = (job, inMs) => agenda.add(job, inMs);
  const webhooks = createWebhooks({
    url: options.webhookUrl,
    secret: options.webhookSecret,
    style: CALCOM_DELIVERY,
    clock,
    faults,
    plan: (message, attempt, inMs) => plan({ kind: 'deliver', message, attempt }, inMs),
    encode: (body) => oddBytes(body, 'Webhooks', state.quirks),
  });
  const agenda = createAgenda<CalcomJob>({
    clock,
    jobs: () => state.jobs,
    replace: (jobs) => void (state.jobs = jobs),
    run: async (job) => {
      await runJob(context, job);
      await store.saved();
    },
    failed: (job, error) => app.log.error({ job: job.kind, error }, 'a planned step failed'),
  });
  const context: Context = { state, clock, webhooks, past: new Map(), plan, agenda };
  return context;
}

/** Runs a planned job, unless its booking has changed so that the job no longer applies. */
async function runJob(context: Context, job: CalcomJob): Promise<void> {
  if (job.kind === 'deliver') return context.webhooks.attempt(job.message, job.attempt);
  const booking = context.state.bookings.find(({ uid }) => uid === job.uid);
  if (booking?.status === 'pending') decide(context, booking, job.acts);
}

function answerErrors(app: FastifyInstance): void {
  const failure = (status: number, path: string, code: string, message: string) => ({
    status: 'error',
    timestamp: new Date().toISOString(),
    path,
    error: { code, message, details: { message, error: code, statusCode: status } },
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send(failure(404, request.url, 'NotFoundException', `Cannot ${request.method} ${request.url}`)),
  );
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) {
      const { status, code, message, form } = error;
      const body =
        form === 'api' ? failure(status, request.url, code, message) : { statusCode: status, message };
      return reply.code(status).send(body);
    }
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    const message = error instanceof Error ? error.message : 'unknown';
    if (status < 500) return reply.code(status).send({ statusCode: status, message });
    request.log.error({ error }, 'the sandbox itself failed');
    return reply.code(500).send({ statusCode: 500, message: 'Internal server error' });
  });
}
