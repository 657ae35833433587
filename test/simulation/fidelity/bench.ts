import type { Pastimes, Play } from '../../property/play';
import type { SagaRig } from '../../support/saga';
import type { Lane } from '../../matrix/lanes';

/** What a story is played on: the real server, or the simulator. */
export interface Bench {
  /** As much of a rig as people and worlds need. */
  rig: Pick<SagaRig, 'bookings' | 'server' | 'until'>;
  lane: Lane;
  /** Stops the workers and starts them anew; `whileAway` is run while no worker runs the workflows. */
  restart: Play['restart'];
  pause(ms: number): Promise<unknown>;
  /** What is under way in the newest run of a workflow that runs; null when none does. */
  work(workflowId: string): Promise<Work | null>;
  /** The events of each run, oldest first; none when there is no such workflow. */
  histories(workflowId: string): Promise<string[][]>;
  /** The search attributes of its newest run, decoded. */
  attributes(workflowId: string): Promise<Record<string, unknown>>;
  racing(p: Play): Pastimes;
}

/** What is under way in a run. */
export interface Work {
  events: number;
  /** Whether a workflow task is on its way or being done. */
  isAtTask: boolean;
  activities: readonly { type: string; attempt: number }[];
}
