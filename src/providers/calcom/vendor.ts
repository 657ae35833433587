import type * as sandbox from '../../sandbox/calcom/server';
import { secretFault } from '../../settings/text';
import type { Vendor } from '../vendor';
import type * as adapter from '.';
import { accounts, type CalcomAccount, SANDBOX } from './accounts';
import type * as news from './news';
import type * as signatures from './signature';

/** What Cal.com declares besides its facts: how it is set, and where its code is. */
export const calcom: Vendor<'calcom', CalcomAccount> = {
  accounts,
  sandbox: {
    account: SANDBOX.account,
    headers: { authorization: `Bearer ${SANDBOX.account.apiKey}`, 'cal-api-version': '2024-08-13' },
    tells: [['API key', SANDBOX.account.apiKey]],
    isBookCall: (method, path) => method === 'POST' && path === '/v2/bookings',
    isItsOwn: ({ apiKey }) => apiKey === SANDBOX.account.apiKey,
    start(options) {
      const { createCalcomSandbox } = require('../../sandbox/calcom/server') as typeof sandbox;
      return createCalcomSandbox({ ...options, webhookSecret: SANDBOX.webhookSecret });
    },
  },
  news: {
    sandboxSecret: SANDBOX.webhookSecret,
    secretFault,
    verifier: (secrets) => (require('./signature') as typeof signatures).webhookVerifier(secrets),
    reader: () => (require('./news') as typeof news).newsReader,
  },
  adapters(options) {
    const { createCalcom } = require('.') as typeof adapter;
    return { calcom: createCalcom(options) };
  },
};
