import { coresdk } from '@temporalio/proto';
import { verdictOn } from './retry';

/** Rules of the model that tests break on purpose, to see that a wrong model is noticed. */
export interface ModelRules {
  verdictOn: typeof verdictOn;
  /** Whether a workflow hears at once that an activity which runs is cancelled, by how the activity was scheduled. */
  isCancelledAtOnce(type: coresdk.workflow_commands.ActivityCancellationType): boolean;
  /** How long a timer runs that was asked to run so long, in ms. */
  timerMs(asked: number): number;
  /** Whether an update that its validator refuses is in the history. */
  recordsRefusals: boolean;
  /** Whether a local activity is in the history, by its marker. */
  marksLocals: boolean;
  /** Whether a run that goes on as a new one keeps its search attributes. */
  carriesAttributes: boolean;
  /** Events after which a run is told that it should continue as a new one. */
  newRunAfterEvents: number;
}

const { ActivityCancellationType: Cancelling } = coresdk.workflow_commands;

/** As Temporal has them. */
export const RULES: ModelRules = {
  verdictOn,
  newRunAfterEvents: 4_096,
  isCancelledAtOnce: (type) => type !== Cancelling.WAIT_CANCELLATION_COMPLETED,
  timerMs: (asked) => asked,
  recordsRefusals: false,
  marksLocals: true,
  carriesAttributes: true,
};
