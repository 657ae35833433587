import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';

/** A sandbox that listens. */
export interface RunningSandbox {
  url: string;
  port: number;
  /** Stops listening, saves, and resolves when nothing runs any more. */
  close(): Promise<void>;
}

/** Provider-side durations run at a second a minute unless the options say otherwise. */
export const DEFAULT_TIME_SCALE = 1 / 60;

/** Returns a server without routes. Requests are never logged, because their paths name patients. */
export function openApp(log: FastifyBaseLogger | undefined): FastifyInstance {
  return Fastify({
    ...(log ? { loggerInstance: log } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
}

/** Names a group of routes: without a name, Fastify searches every loaded module for the file that defines it. */
export function named<T extends object>(name: string, routes: T): T {
  return Object.assign(routes, { [Symbol.for('fastify.display-name')]: name });
}

/** Starts to listen; port 0 takes any free port. Rejects when the port is taken. */
export async function listen(
  app: FastifyInstance,
  port: number,
  host = '127.0.0.1',
): Promise<RunningSandbox> {
  const url = await app.listen({ port, host });
  return { url, port: Number(new URL(url).port), close: () => app.close() };
}
