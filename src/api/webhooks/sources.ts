import { VENDOR_NAMES } from '../../booking/vendors';
import type { Config } from '../../config';
import { vendorAt } from '../../vendors';
import type { WebhookSource } from './receiver';

/** Returns the vendors of which webhooks may come: those that send some, with the accounts and secrets of the settings. */
export function webhookSources({
  accounts,
  webhookSecrets,
}: Pick<Config, 'accounts' | 'webhookSecrets'>): WebhookSource[] {
  return VENDOR_NAMES.flatMap((vendor) => {
    const { news } = vendorAt(vendor);
    const names = Object.keys(accounts[vendor]);
    if (!news || names.length === 0) return [];
    const isSigned = news.verifier(webhookSecrets[vendor]);
    return [{ vendor, accounts: names, isSigned, reader: news.reader() }];
  });
}
