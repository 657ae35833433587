import type * as sandbox from '../../sandbox/junction/server';
import { standardSecretFault } from '../../settings/keys';
import type * as signatures from '../standard-webhooks';
import type { Vendor } from '../vendor';
import type * as adapter from '.';
import { accounts, type JunctionAccount, SANDBOX } from './accounts';
import type * as news from './news';

/** What Junction declares besides its facts: how it is set, and where its code is. */
export const junction: Vendor<'junction', JunctionAccount> = {
  accounts,
  sandbox: {
    account: SANDBOX.account,
    headers: { 'x-vital-api-key': SANDBOX.account.apiKey },
    tells: [['API key', `${SANDBOX.account.apiKey} (any key that begins with sk_us_)`]],
    isBookCall: (method, path) => method === 'POST' && path.endsWith('/appointment/book'),
    isItsOwn: ({ apiKey }) => apiKey === SANDBOX.account.apiKey,
    start(options) {
      const { createJunctionSandbox } = require('../../sandbox/junction/server') as typeof sandbox;
      return createJunctionSandbox({ ...options, webhookSecret: SANDBOX.webhookSecret });
    },
  },
  news: {
    sandboxSecret: SANDBOX.webhookSecret,
    secretFault: standardSecretFault,
    verifier: (secrets) => (require('../standard-webhooks') as typeof signatures).webhookVerifier(secrets),
    reader: () => (require('./news') as typeof news).newsReader,
  },
  adapters(options) {
    const { createJunction } = require('.') as typeof adapter;
    return {
      'junction-phlebotomy': createJunction('junction-phlebotomy', options),
      'junction-psc': createJunction('junction-psc', options),
    };
  },
};
