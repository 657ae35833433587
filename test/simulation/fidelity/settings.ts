import type { RigOptions } from '../../support/saga';

/**
 * What the stories of fidelity are played under, on either side. Calls have more time than in other tests: on a busy
 * machine none may run out of it that the story does not spoil.
 */
export const SETTINGS = {
  capabilities: { lateCommitWindowMs: 3_600, callTimeoutMs: 3_000 },
  clinicCapabilities: { lateCommitWindowMs: 3_600, callTimeoutMs: 3_000 },
} satisfies RigOptions;

/**
 * The same where every life is a long one: a confirmed booking continues as a new run as soon as it may. Here the workers know
 * the secret of the provider's news too. A far visit is polled as often as a near one, or no booking would come to rest.
 */
export const LONG_LIVES = {
  ...SETTINGS,
  env: { JUNCTION_WEBHOOK_SECRET: 'whsec_Ym9va2luZy1zYWdhLXNhbmRib3gtc2VjcmV0LTAx' },
  limits: { maxHistoryEvents: 60, keepPollFarMs: 300 },
} satisfies RigOptions;
