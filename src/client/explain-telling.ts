import type { LoadedDataConverter } from '@temporalio/common';
import type { Evidence, LookedFor } from '../booking/explanation';
import { timeOf, type HistoryEvent } from './executions/history';

/** Collects the steps that `explain` tells of a booking. */

/** One thing that a booking did, received or waited for. */
export interface ExplainedStep {
  /** When it began, RFC 3339. */
  at: string;
  /** When it was over; null while it is not, and for steps that take no time. */
  until: string | null;
  kind: 'call' | 'message' | 'wait' | 'run' | 'end';
  /** What it was, in the booking's own words. */
  what: string;
  /** The type of the activity, or the name of the message. */
  name: string | null;
  /** How often it was tried. A poll is tried until there is something to see. */
  attempts: number | null;
  shows: string | null;
  why: string | null;
}

export interface Telling {
  converter: LoadedDataConverter;
  id: string;
  maker: string;
  endingBecause: string | null;
  isCauseHidden: boolean;
  /** Signals of a task whose verdicts the booking has not told yet, oldest first. */
  untold: Untold[];
  failedBy: string | null;
  /** What unfinished calls look for, by the id of the event that began them. */
  lookedFor: Map<string, LookedFor>;
  /**
   * Unfinished calls and waits of the current run, by the id of the event that began them, which starts anew in each
   * run. A local activity has no such event: it is here by its type.
   */
  open: Map<string, ExplainedStep>;
  steps: ExplainedStep[];
}

/** A signal that asked for something, with the reason that its end would have. */
export interface Untold {
  step: ExplainedStep;
  kind: string;
  ending: string | null;
}

/** Adds a step that begins with an event. */
export function step(
  telling: Telling,
  event: HistoryEvent,
  given: Pick<ExplainedStep, 'kind' | 'what'>,
): ExplainedStep {
  const made = {
    at: timeOf(event),
    until: null,
    name: null,
    attempts: null,
    shows: null,
    why: null,
    ...given,
  };
  telling.steps.push(made);
  return made;
}

/** Says how a call or wait ended, and when. */
export function conclude(call: ExplainedStep, event: HistoryEvent, { shows, why }: Evidence): void {
  call.until = timeOf(event);
  call.shows = shows;
  call.why = [call.why, why].filter(Boolean).join(' ') || null;
}
