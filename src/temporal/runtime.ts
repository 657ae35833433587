import type { LogLevel } from '@temporalio/common';
import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { ENCRYPTION_KEY_ERROR } from '../booking/unreadable';

/**
 * The fields of the SDK's own log lines that may be logged: ids and types. Its errors hold words of providers and
 * callers.
 */
const SAFE_FIELDS = [
  'namespace',
  'taskQueue',
  'workflowId',
  'runId',
  'workflowType',
  'activityId',
  'activityType',
  'attempt',
] as const;

const PINO_LEVEL = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** Messages of workers that are meant to be so. */
const EXPECTED: readonly string[] = ['No workflows registered, not polling for workflow tasks'];

let installed = false;

/**
 * Sets up the SDK's runtime once in a process, before its first native connection. Warnings and errors go to `log`
 * without what they quote, and stopping is left to the code that runs the workers.
 */
export function installRuntime(log: Logger = pino({ level: 'warn' }, pino.destination(2))): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    shutdownSignals: [],
    // Its native part would write to the terminal past the logger, and quote data.
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    logger: new DefaultLogger('WARN', (entry) => {
      if (!EXPECTED.includes(entry.message)) log[pinoLevel(entry.level)](safeFields(entry), entry.message);
    }),
  });
}

function pinoLevel(level: LogLevel): (typeof PINO_LEVEL)[LogLevel] {
  return PINO_LEVEL[level];
}

function safeFields({ meta }: LogEntry): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of SAFE_FIELDS) {
    if (meta?.[name] !== undefined) fields[name] = meta[name];
  }
  if (meta?.error instanceof Error) fields.error = kindOf(meta.error);
  return fields;
}

/** Returns a failure's code if it has one, else its class; never its message, unless that is known to be ours. */
function kindOf(err: Error): string {
  if (err.name === ENCRYPTION_KEY_ERROR) return err.message;
  return 'type' in err && typeof err.type === 'string' ? err.type : err.name;
}
