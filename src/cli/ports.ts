import { ConfigError } from '../config';
import { freePort } from '../temporal/embedded';

/** Ports of this machine, and the settings that name them. */

/** The port itself, or a free one for 0. */
export async function portFor(port: number): Promise<number> {
  return port === 0 ? freePort() : port;
}

/** Starts what listens on a port. Throws a ConfigError that names the setting when somebody else has the port. */
export async function listening<T>(setting: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (err) {
    throw isTaken(err) ? taken(setting, port) : err;
  }
}

/** The error for a taken port. */
export function taken(setting: string, port: number): ConfigError {
  return new ConfigError(`${setting}: port ${port} is taken; set ${setting} to a free one`);
}

function isTaken(err: unknown): boolean {
  return err instanceof Error && 'code' in err && err.code === 'EADDRINUSE';
}
