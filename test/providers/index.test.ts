import { forVendors, PROVIDERS } from '../../src/booking/vendors';
import { loadConfig } from '../../src/config';
import { createProviders, providerFor } from '../../src/providers';
import { junctionStage, failureOf } from './junction/setup';

const stage = junctionStage();
const providers = createProviders(loadConfig({}), { warn: () => undefined });

test.each(PROVIDERS)('%s has an adapter', (name) => {
  expect(providerFor(providers, name).name).toBe(name);
});

test('a vendor without accounts has no adapter, and a person is asked to set some', () => {
  const none = createProviders({ accounts: forVendors(() => ({})) }, { warn: () => undefined });
  expect([...none]).toEqual([]);
  expect(() => providerFor(none, 'oliver')).toThrow(expect.objectContaining({ code: 'account_unknown' }));
});

test('a provider of another build is not supported', () => {
  const name = 'of-another-build' as (typeof PROVIDERS)[number]; // as a newer build may have asked for it
  expect(() => providerFor(providers, name)).toThrow(expect.objectContaining({ code: 'not_supported' }));
});

test.each(['other', 'constructor'])(
  'the account %p, which no setting names, is unknown and nothing is sent',
  async (account) => {
    const orders = stage().provider().orders;
    const failure = await failureOf(Promise.resolve(orders?.read(stage().call({ account }), 'an-order')));
    expect(failure.code).toBe('account_unknown');
  },
);
