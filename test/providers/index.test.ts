import { PROVIDERS } from '../../src/booking/model';
import { createProviders, providerFor } from '../../src/providers';
import { junctionStage, failureOf } from './junction/setup';

const stage = junctionStage();
const providers = createProviders({ junction: {}, oliver: {} }, { warn: () => undefined });

test.each(PROVIDERS)('%s has an adapter', (name) => {
  expect(providerFor(providers, name).name).toBe(name);
});

test('a provider without an adapter is not supported', () => {
  expect(() => providerFor(new Map(), 'oliver')).toThrow(expect.objectContaining({ code: 'not_supported' }));
});

test.each(['other', 'constructor'])(
  'the account %p, which no setting names, is unknown and nothing is sent',
  async (account) => {
    const orders = stage().provider().orders;
    const failure = await failureOf(Promise.resolve(orders?.read(stage().call({ account }), 'an-order')));
    expect(failure.code).toBe('account_unknown');
  },
);
