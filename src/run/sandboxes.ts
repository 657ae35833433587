import type { Logger } from 'pino';
import { SANDBOX, type Config } from '../config';
import { createJunctionSandbox } from '../sandbox/junction/server';
import { createOliverSandbox } from '../sandbox/oliver/server';
import { listening } from './ports';

/** Starts the providers' sandboxes on the ports of the settings, with their state under the data directory. */

export interface ProviderSandbox {
  url: string;
  /** Stops listening, saves, and resolves when nothing runs any more. */
  close(): Promise<void>;
}

interface SandboxPlace {
  /** Where it listens; 127.0.0.1 when not set. */
  host?: string;
  log: Logger;
}

/**
 * Starts Junction's sandbox, whose news goes to `webhookUrl`. Throws a ConfigError that names the setting of a taken
 * port.
 */
export function startJunctionSandbox(
  { sandboxPorts: { junction: port }, dataDir }: Config,
  { webhookUrl, ...place }: SandboxPlace & { webhookUrl: string },
): Promise<ProviderSandbox> {
  const { webhookSecret } = SANDBOX;
  return listening('JUNCTION_SANDBOX_PORT', port, () =>
    createJunctionSandbox({ port, dataDir, webhookUrl, webhookSecret, ...place }),
  );
}

/** Starts Oliver's sandbox, which sends no news. Throws a ConfigError that names the setting of a taken port. */
export function startOliverSandbox(
  { sandboxPorts: { oliver: port }, dataDir }: Config,
  place: SandboxPlace,
): Promise<ProviderSandbox> {
  return listening('OLIVER_SANDBOX_PORT', port, () => createOliverSandbox({ port, dataDir, ...place }));
}
