import { loadConfig, type Config } from '../../src/config';
import { SANDBOX as OLIVER } from '../../src/providers/oliver/accounts';
import { ACCOUNTS, API_KEY, CALLER, WEBHOOK_SECRET, type Account } from '../request';
import type { ChildSettings } from './child';

/** More than any load here asks for: the bench is after the saga's cost, not after the limits of an account. */
const PACE = { inFlight: 10_000, perSecond: 10_000 };

/** Keeps the default. */
const PACED: Account = 'paced';

/** The settings of a deployment with everything on; only the sweep is left out, which belongs to no booking. */
export function ourConfig({ urls, practice, dataDir }: Omit<ChildSettings, 'target'>): Config {
  const accounts = Object.entries(urls).map(([account, baseUrl]) => [
    account,
    {
      ...{ apiKey: API_KEY, baseUrl, capabilities: { needsRequisition: waits(account) } },
      ...(account !== PACED && { pace: PACE }),
    },
  ]);
  return loadConfig({
    BOOKING_DATA_DIR: dataDir,
    JUNCTION_ACCOUNTS: JSON.stringify(Object.fromEntries(accounts)),
    JUNCTION_WEBHOOK_SECRET: WEBHOOK_SECRET,
    OLIVER_BASE_URL: practice,
    OLIVER_USERNAME: OLIVER.account.username,
    OLIVER_PASSWORD: OLIVER.account.password,
    OLIVER_PRACTICES: OLIVER.practices,
    OLIVER_PACE: JSON.stringify(PACE),
    BOOKING_API_KEYS: `${CALLER.name}:${CALLER.secret}`,
    BOOKING_SWEEP_MINUTES: '0',
    PORT: '0',
    LOG_LEVEL: 'warn',
  });
}

function waits(account: string): boolean {
  return Object.entries(ACCOUNTS).some(
    ([name, { requisitionMs }]) => name === account && requisitionMs !== null && requisitionMs > 0,
  );
}
