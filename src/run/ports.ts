import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { ConfigError } from '../config';

/** Ports of this machine, and the settings that name them. */

/** Systems hand out ports from 32768 on (Linux) or higher, so a free port below stays free until we use it. */
const FIRST = 20_000;
const AFTER_LAST = 32_000;
const TRIES = 100;

/** Returns a free port that the system does not hand out to others before it is used. */
export async function quietPort(): Promise<number> {
  for (let n = 0; n < TRIES; n++) {
    const port = randomInt(FIRST, AFTER_LAST);
    if (await isFree(port)) return port;
  }
  throw new Error(`No port is free between ${FIRST} and ${AFTER_LAST}.`);
}

/** Returns the port itself, or a quiet one for 0. */
export async function portFor(port: number): Promise<number> {
  return port === 0 ? quietPort() : port;
}

/** Starts a server on a port. Throws a ConfigError that names the setting when it cannot listen there. */
export async function listening<T>(setting: string, port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (err) {
    const refusal = REFUSALS[codeOf(err)];
    throw refusal ? refusal(setting, port) : err;
  }
}

const notOurs = () => new ConfigError('HOST: must be an address of this machine, or a name of one');

/** Why a server cannot listen, by the system's code. */
const REFUSALS: Readonly<Record<string, (setting: string, port: number) => ConfigError>> = {
  EADDRINUSE: taken,
  EACCES: (setting, port) =>
    new ConfigError(`${setting}: this user may not listen on port ${port}; set ${setting} to 1024 or more`),
  EADDRNOTAVAIL: notOurs,
  ENOTFOUND: notOurs,
  EAI_AGAIN: notOurs,
};

/** Returns the error for a taken port. */
export function taken(setting: string, port: number): ConfigError {
  return new ConfigError(`${setting}: port ${port} is taken; set ${setting} to a free one`);
}

/** Returns true when a server can listen on this port. */
export async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((closed) => probe.close(closed));
  }
}

function codeOf(err: unknown): string {
  return err instanceof Error && 'code' in err ? String(err.code) : '';
}
