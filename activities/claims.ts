import { Context } from '@temporalio/activity';
import type { OthersClaims } from '../src/booking/claims';
import { Failure } from '../src/booking/failures';
import { capabilitiesOf, type Config } from '../src/config';
import type { CoreActivities } from './contract';
import { afterSomeTries, asActivity } from './failures';

export type ClaimActivities = Pick<CoreActivities, 'othersClaims' | 'isOrderUsedElsewhere'>;

type OthersQuestion = Parameters<CoreActivities['othersClaims']>[0];
type OrderQuestion = Parameters<CoreActivities['isOrderUsedElsewhere']>[0];

interface Timing {
  /** How long after an unknown outcome its effect may still surface, in ms. */
  windowMs: number;
  /** Temporal's time of the question. A worker's own clock may be ahead, and would count every window as over. */
  nowMs: number;
}

/** What these activities ask of Temporal; src/client/ops/claims.ts implements it. */
export interface ClaimWork {
  /** Returns null when Temporal does not list the asking booking itself: then its list proves nothing. */
  othersClaims(question: OthersQuestion & Timing, signal: AbortSignal): Promise<OthersClaims | null>;
  /** `askedBy` is the asking workflow, which does not count. */
  isOrderUsedElsewhere(order: OrderQuestion, askedBy: string): Promise<boolean>;
}

/** The activities that compare a booking's guess with what the deployment's other bookings know. */
export function createClaimActivities(work: ClaimWork, config: Pick<Config, 'accounts'>): ClaimActivities {
  return {
    othersClaims: (question) =>
      asActivity(async () => {
        const capabilities = capabilitiesOf(config, question.provider, question.account);
        if (!capabilities) throw new Failure('account_unknown', { field: 'account' });
        const { info, cancellationSignal } = Context.current();
        const timing = {
          windowMs: capabilities.lateCommitWindowMs,
          nowMs: info.currentAttemptScheduledTimestampMs,
        };
        const claims = await claimsOrAsk(() =>
          work.othersClaims({ ...question, ...timing }, cancellationSignal),
        );
        if (claims) return claims;
        throw new Failure('ambiguous_match', { said: 'Temporal does not list the booking itself yet' });
      }, afterSomeTries),
    isOrderUsedElsewhere: (order) =>
      asActivity(() => {
        const { workflowId = '' } = Context.current().info.workflowExecution ?? {};
        return work.isOrderUsedElsewhere(order, workflowId);
      }, afterSomeTries),
  };
}

/** Turns `key_missing` into `ambiguous_match`: without the other booking's key, a person has to tell whose it is. */
async function claimsOrAsk<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (err) {
    if (!(err instanceof Failure) || err.code !== 'key_missing') throw err;
    throw new Failure('ambiguous_match', { said: 'another booking there cannot be read' });
  }
}
