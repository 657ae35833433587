import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { createAgenda } from '../agenda';
import { answerOddly } from '../answers';
import { readBodiesAsJson } from '../bodies';
import { createClock, HOUR_MS } from '../clock';
import { sharedControls } from '../controls';
import { createFaults } from '../faults';
import { misbehave } from '../misbehaviour';
import { DEFAULT_TIME_SCALE, listen, named, openApp, type RunningSandbox } from '../serve';
import { openStore, type Store } from '../store';
import type { Context } from './context';
import { oliverControls } from './controls';
import { Refusal, UNREADABLE } from './errors';
import { runJob } from './jobs';
import { coreRoutes, oddityOf, signInRoute } from './routes';
import { freshState, oliverStateSchema, type OliverJob, type OliverState, type Practice } from './state';

/** The options of the Oliver sandbox. */
export interface OliverSandboxOptions {
  /** 0 takes any free port. */
  port: number;
  host?: string;
  /** The directory of the state file; null keeps the state in memory only. */
  dataDir: string | null;
  /** Real ms per sandbox ms for all provider-side durations; 1/60 makes a minute a second. */
  timeScale?: number;
  /** How long a token lasts, in sandbox ms; 4 h by default (Oliver's own is unknown). */
  tokenLifetimeMs?: number;
  /** Practices whose IANA zone is not America/Chicago. */
  timezones?: Partial<Record<Practice, string>>;
  log?: FastifyBaseLogger;
}

const TIMEZONE = 'America/Chicago';

/** Starts the Oliver sandbox, and resolves once it listens. Rejects when the port is taken. */
export async function createOliverSandbox(options: OliverSandboxOptions): Promise<RunningSandbox> {
  const store = openStore({
    file: options.dataDir === null ? null : join(options.dataDir, 'oliver-sandbox.json'),
    schema: oliverStateSchema,
    initial: () => freshState(randomBytes(32).toString('base64')),
  });
  const app = openApp(options.log);
  wire(app, store, options);
  return listen(app, options.port, options.host);
}

function wire(app: FastifyInstance, store: Store<OliverState>, options: OliverSandboxOptions): void {
  const faults = createFaults();
  const context = createContext(app, store, options);
  readBodiesAsJson(app, UNREADABLE);
  answerErrors(app);
  const log = misbehave(app, faults);
  answerOddly(app, (request) => oddityOf(context, request));
  app.addHook('onSend', async (request) => {
    if (request.method !== 'GET') await store.saved();
  });

  const reset = (): void => {
    faults.clear();
    log.forget();
    context.agenda.clear();
    store.reset();
  };
  sharedControls(app, { faults, webhooks: null });
  oliverControls(app, context, { calls: log.calls, reset });
  const signIn = async (open: FastifyInstance): Promise<void> => signInRoute(open, context);
  const core = async (api: FastifyInstance): Promise<void> => coreRoutes(api, context);
  void app.register(named('sign-in', signIn));
  void app.register(named('core', core));
  app.addHook('onClose', async () => {
    await context.agenda.close();
    await store.saved();
  });
}

function createContext(
  app: FastifyInstance,
  store: Store<OliverState>,
  options: OliverSandboxOptions,
): Context {
  const { state } = store;
  const clock = createClock(options.timeScale ?? DEFAULT_TIME_SCALE);
  const agenda = createAgenda<OliverJob>({
    clock,
    jobs: () => state.jobs,
    replace: (jobs) => void (state.jobs = jobs),
    run: async (job) => {
      runJob(context, job);
      await store.saved();
    },
    failed: (job, error) => app.log.error({ job: job.kind, error }, 'a planned step failed'),
  });
  const context: Context = {
    state,
    clock,
    agenda,
    plan: (job, inMs) => agenda.add(job, inMs),
    tokenLifetimeMs: options.tokenLifetimeMs ?? 4 * HOUR_MS,
    timezones: { '1': TIMEZONE, '2': TIMEZONE, ...options.timezones },
  };
  return context;
}

function answerErrors(app: FastifyInstance): void {
  const failure = (message: string) => ({ success: false, message });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(failure('Not Found')));
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) return reply.code(error.status).send(failure(error.message));
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (error instanceof Error && status < 500) return reply.code(status).send(failure(error.message));
    request.log.error({ error }, 'the sandbox itself failed');
    return reply.code(500).send(failure('Internal Server Error'));
  });
}
