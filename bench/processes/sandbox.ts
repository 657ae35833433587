import { createJunctionSandbox, type RunningSandbox } from '../../src/sandbox/junction/server';
import { createOliverSandbox } from '../../src/sandbox/oliver/server';
import { ACCOUNTS, WEBHOOK_SECRET } from '../request';
import type { ChildSettings } from './child';
import { serve } from './serve';

/** The providers: a stand-in for each account of the one, and one for the other. */

/** A requisition comes a sandbox minute after its order; 0 is too small for a clock, and a thousandth of a ms as good. */
const MINUTE_MS = 60_000;
const AT_ONCE_MS = 0.001;
/** Booking keys last as long as at the vendor, however fast the stand-in's clock is. */
const KEY_LIFETIME_MS = 4 * 3_600_000;

/** Where they answer. */
export type Providers = Pick<ChildSettings, 'urls' | 'practice'>;

async function stand({ answerMs, requisitionMs }: (typeof ACCOUNTS)[keyof typeof ACCOUNTS]) {
  const timeScale = requisitionMs === null ? 1 : (requisitionMs || AT_ONCE_MS) / MINUTE_MS;
  return createJunctionSandbox({
    port: 0,
    dataDir: null,
    timeScale,
    keyLifetimeMs: KEY_LIFETIME_MS / timeScale,
    webhookUrl: null,
    webhookSecret: WEBHOOK_SECRET,
    advanceOrders: requisitionMs !== null,
    ...(answerMs > 0 && { answerMs }),
  });
}

serve(async () => {
  const stands: [string, RunningSandbox][] = [];
  for (const [account, vendor] of Object.entries(ACCOUNTS)) stands.push([account, await stand(vendor)]);
  const practice = await createOliverSandbox({ port: 0, dataDir: null });
  const told: Providers = {
    // Made of the table's own names.
    urls: Object.fromEntries(stands.map(([account, { url }]) => [account, url])) as Providers['urls'],
    practice: practice.url,
  };
  return {
    told,
    async stop() {
      await Promise.all(
        [practice, ...stands.map(([, sandbox]) => sandbox)].map((sandbox) => sandbox.close()),
      );
    },
  };
});
