import type * as sandbox from '../../sandbox/oliver/server';
import type { Vendor } from '../vendor';
import type * as adapter from '.';
import { accounts, type OliverAccount, SANDBOX } from './accounts';

/** What Oliver declares besides its facts: how it is set, and where its code is. */
export const oliver: Vendor<'oliver', OliverAccount> = {
  accounts,
  sandbox: {
    account: SANDBOX.account,
    headers: {},
    tells: [
      ['user, password', `${SANDBOX.account.username}, ${SANDBOX.account.password}`],
      ['practice', `1 (accounts ${SANDBOX.practices})`],
    ],
    isBookCall: (method, path) => method === 'POST' && path.endsWith('/open_api/v1/appointments'),
    isItsOwn: ({ username, password }) =>
      username === SANDBOX.account.username && password === SANDBOX.account.password,
    start({ webhookUrl: _sendsNone, ...options }) {
      const { createOliverSandbox } = require('../../sandbox/oliver/server') as typeof sandbox;
      return createOliverSandbox(options);
    },
  },
  news: null,
  adapters(options) {
    const { createOliver } = require('.') as typeof adapter;
    return { oliver: createOliver(options) };
  },
};
