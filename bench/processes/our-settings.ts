import { loadConfig, type Config } from '../../src/config';
import { ACCOUNTS, API_KEY, WEBHOOK_SECRET } from '../request';
import type { ChildSettings } from './child';

/** More than any load here asks for: the bench is after the saga's cost, not after the limits of an account. */
const PACE = { inFlight: 10_000, perSecond: 10_000 };

/** The settings of a deployment with everything on; only the sweep is left out, which belongs to no booking. */
export function ourConfig({ urls, dataDir }: Pick<ChildSettings, 'urls' | 'dataDir'>): Config {
  const accounts = Object.entries(urls).map(([account, baseUrl]) => [
    account,
    { apiKey: API_KEY, baseUrl, capabilities: { needsRequisition: waits(account) }, pace: PACE },
  ]);
  return loadConfig({
    BOOKING_DATA_DIR: dataDir,
    JUNCTION_ACCOUNTS: JSON.stringify(Object.fromEntries(accounts)),
    JUNCTION_WEBHOOK_SECRET: WEBHOOK_SECRET,
    BOOKING_SWEEP_MINUTES: '0',
    PORT: '0',
    LOG_LEVEL: 'warn',
  });
}

function waits(account: string): boolean {
  return Object.entries(ACCOUNTS).some(([name, { requisitionMs }]) => name === account && requisitionMs > 0);
}
