import { createJunctionSandbox, type RunningSandbox } from '../../src/sandbox/junction/server';
import { ACCOUNTS, WEBHOOK_SECRET } from '../request';
import { serve } from './serve';

/** The provider: a stand-in for each account. Tells where each answers, by account. */

/** A requisition comes a sandbox minute after its order; 0 is too small for a clock, and a thousandth of a ms as good. */
const MINUTE_MS = 60_000;
const AT_ONCE_MS = 0.001;
/** Booking keys last as long as at the vendor, however fast the stand-in's clock is. */
const KEY_LIFETIME_MS = 4 * 3_600_000;

async function stand({ answerMs, requisitionMs }: (typeof ACCOUNTS)[keyof typeof ACCOUNTS]) {
  const timeScale = (requisitionMs || AT_ONCE_MS) / MINUTE_MS;
  return createJunctionSandbox({
    port: 0,
    dataDir: null,
    timeScale,
    keyLifetimeMs: KEY_LIFETIME_MS / timeScale,
    webhookUrl: null,
    webhookSecret: WEBHOOK_SECRET,
    ...(answerMs > 0 && { answerMs }),
  });
}

serve(async () => {
  const stands: [string, RunningSandbox][] = [];
  for (const [account, vendor] of Object.entries(ACCOUNTS)) stands.push([account, await stand(vendor)]);
  return {
    told: Object.fromEntries(stands.map(([account, { url }]) => [account, url])),
    async stop() {
      await Promise.all(stands.map(([, sandbox]) => sandbox.close()));
    },
  };
});
