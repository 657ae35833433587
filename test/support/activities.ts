import type { Client } from '@temporalio/client';
import pino from 'pino';
import {
  createAuditActivities,
  createOpsActivities,
  createClaimActivities,
  createCoreActivities,
  createProviderActivities,
} from '../../activities';
import type { CoreActivities, ProviderActivities } from '../../activities/contract';
import { createOpsBackEnd } from '../../src/client/ops/back-end';
import { createBookingClaims } from '../../src/client/ops/claims';
import { timezoneOf, type Config } from '../../src/config';
import { createProviders, providerFor } from '../../src/providers';
import type { Provider } from '../../src/providers/provider';
import type { Transport } from '../../src/providers/transport';
import { loadKeys } from '../../src/temporal/keys';

/** How long other bookings' claims may lag behind in a list, in ms: a test's server is quick. */
const LAG_MS = 200;

/**
 * The workers' activities as tests run them, here or in the simulator; `over` lays something over each provider, and
 * `transport` is the network if it is not the real one.
 */
export function testActivities(
  config: Config,
  client: Client,
  over: (provider: Provider) => Provider = (provider) => provider,
  transport?: Transport,
) {
  const context = { client, idKey: loadKeys(config).idKey };
  const backEnd = createOpsBackEnd(context);
  const providers = createProviders(config, pino({ level: 'silent' }), transport);
  const core: CoreActivities = {
    ...createCoreActivities({ config, client }),
    ...createOpsActivities(backEnd),
    ...createClaimActivities(createBookingClaims(context, { lagMs: LAG_MS }), config),
    ...createAuditActivities(backEnd, config),
  };
  const junction: ProviderActivities = createProviderActivities({
    providerFor: (name) => over(providerFor(providers, name)),
    timezoneOf: (provider, account) => timezoneOf(config, provider, account),
  });
  return { core, junction };
}
