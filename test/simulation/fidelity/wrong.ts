import { RetryState, verdictOn } from '../server/retry';
import type { ModelRules } from '../server/rules';

/** Models that are wrong in one way each: the comparison must notice every one. */
export const WRONG_MODELS: Readonly<Record<string, Partial<ModelRules>>> = {
  'never tries an activity again': {
    verdictOn: () => ({ again: false, why: RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET }),
  },
  'tries again what failed for good': {
    verdictOn: ({ failure, ...rest }) => {
      const { applicationFailureInfo: info, ...others } = failure;
      return verdictOn({
        ...rest,
        failure: { ...others, ...(info && { applicationFailureInfo: { ...info, nonRetryable: false } }) },
      });
    },
  },
  'has a workflow wait until what it cancels has ended': { isCancelledAtOnce: () => false },
  'fires every timer at once': { timerMs: () => 0 },
  'records updates that were refused': { recordsRefusals: true },
  'keeps local activities to itself': { marksLocals: false },
  'loses the search attributes of a run that goes on as a new one': { carriesAttributes: false },
};
