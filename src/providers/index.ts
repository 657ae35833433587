import type { Logger } from 'pino';
import { Failure } from '../booking/failures';
import type { ProviderName } from '../booking/model';
import type { Config } from '../config';
import { createJunction, junctionPace } from './junction';
import { createOliver } from './oliver';
import type { Provider } from './provider';
import { proxiedTransport } from './proxied';

/** The providers that this build can talk to. */
export type Providers = ReadonlyMap<ProviderName, Provider>;

/** Creates an adapter for every provider, with the accounts of the settings. It does not connect yet. */
export function createProviders(
  config: Pick<Config, 'junction' | 'oliver'> & Partial<Pick<Config, 'proxies'>>,
  log: Pick<Logger, 'warn'>,
): Providers {
  const transport = config.proxies ? proxiedTransport(config.proxies) : undefined;
  const junction = { accounts: config.junction, log, send: junctionPace(config.junction, transport) };
  const all = [
    createJunction('junction-phlebotomy', junction),
    createJunction('junction-psc', junction),
    createOliver({ accounts: config.oliver, log, transport }),
  ];
  return new Map(all.map((provider) => [provider.name, provider]));
}

/** Returns the adapter of a provider. Throws `not_supported` when this build has none. */
export function providerFor(providers: Providers, name: ProviderName): Provider {
  const provider = providers.get(name);
  if (!provider) throw new Failure('not_supported', { field: 'provider' });
  return provider;
}
