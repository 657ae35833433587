import { Failure } from '../../booking/failures';
import { unclear } from '../http';
import type { Call } from '../provider';
import { isWhole, readable } from '../reading';
import { accountOf, demand, type Session } from './session';
import { reasonsWire, type ReasonWire } from './wire';

/** How long an account's list of reasons is kept, in ms. */
const KEPT_MS = 600_000;

/** A cancellation's reason as Junction wants it: an id of its list, and free text beside it. */
export interface ChosenReason {
  reasonId: string;
  note: string | undefined;
}

export interface CancellationReasons {
  /**
   * Returns the reason to give: the caller's, else the account's, each by id or name; else the first refundable one;
   * else the first. A caller's reason that is not in the list goes along as the note. A reason that is not refundable
   * costs money, so it is chosen only if the list was read whole.
   */
  choose(call: Call, wanted: string | null): Promise<ChosenReason>;
}

/** Creates the chooser of cancellation reasons. An account's list of reasons is read when first needed. */
export function cancellationReasons(session: Session): CancellationReasons {
  const kept = new Map<string, { untilMs: number; reasons: Reasons }>();

  async function reasonsOf(call: Call): Promise<Reasons> {
    const known = kept.get(call.account);
    if (known && session.steady() < known.untilMs) return known.reasons;
    const reasons = await demand(session, call, 'reasons', reasonsWire);
    if (isWhole(reasons)) kept.set(call.account, { untilMs: session.steady() + KEPT_MS, reasons });
    return reasons;
  }

  return {
    choose: async (call, wanted) => {
      const account = accountOf(session, call);
      const listed = await reasonsOf(call);
      const reasons = readable(listed);
      const asked = named(reasons, wanted);
      const chosen =
        asked ??
        named(reasons, account.cancellationReason) ??
        reasons.find((reason) => reason.is_refundable) ??
        (isWhole(listed) ? reasons[0] : null);
      if (chosen === null) throw unclear('read', 'a cancellation reason of the list cannot be read');
      if (!chosen)
        throw new Failure('unexpected_answer', { said: 'the list of cancellation reasons is empty' });
      return { reasonId: chosen.id, note: asked ? undefined : (wanted ?? undefined) };
    },
  };
}

type Reasons = readonly (ReasonWire | null)[];

function named(reasons: readonly ReasonWire[], wanted: string | null | undefined): ReasonWire | undefined {
  const word = wanted?.trim().toLowerCase();
  if (!word) return undefined;
  return reasons.find(({ id, name }) => id.toLowerCase() === word || name?.trim().toLowerCase() === word);
}
