import type { Logger } from 'pino';
import type { VendorName } from '../booking/vendors';
import { type Config, sandboxPortSetting } from '../config';
import type { RunningSandbox } from '../providers/vendor';
import { vendorAt } from '../vendors';
import { listening } from './ports';

export interface SandboxPlace {
  /** Where it listens; 127.0.0.1 when not set. */
  host?: string;
  /** Where its webhooks go; a sandbox that sends none ignores it. */
  webhookUrl: string | null;
  log: Logger;
}

/**
 * Starts a vendor's sandbox on the port of the settings, with its state under the data directory. Throws a ConfigError
 * that names the setting of a taken port.
 */
export function startSandbox(
  vendor: VendorName,
  { sandboxPorts, dataDir }: Config,
  place: SandboxPlace,
): Promise<RunningSandbox> {
  const port = sandboxPorts[vendor];
  return listening(sandboxPortSetting(vendor), port, () =>
    vendorAt(vendor).sandbox.start({ port, dataDir, ...place }),
  );
}
