import { bookingIdIn } from '../../../src/booking/names';
import type { Run } from '../server/run';
import type { Stage } from '../stage';
import type { Effect } from '../world/network';
import { viewOf } from './checks';

/** The course of a story, a line for each thing that happened: for whoever wants to see why a rule was broken. */
export interface Telling {
  effect(effect: Effect): void;
  runs(runs: readonly Run[]): void;
}

/** Tells nothing. */
export const SILENT: Telling = { effect: () => undefined, runs: () => undefined };

export function tellingOf({ time }: Stage, print: (line: string) => void): Telling {
  const beganMs = time.now();
  const told = new Map<Run, number>();
  const statuses = new Map<Run, string>();
  const names = new Map<string, string>();
  const tell = (line: string): void => print(`${String(time.now() - beganMs).padStart(9)} ${line}`);
  /** Ids are long, and there are few of them in a story. */
  const nameOf = (workflowId: string): string => {
    const name = names.get(workflowId) ?? `${workflowId.split(':', 1)[0]} ${names.size + 1}`;
    if (!names.has(workflowId)) {
      names.set(workflowId, name);
      tell(`${name} is ${workflowId}`);
    }
    return name;
  };
  return {
    effect({ by, method, path, status, body, answer }) {
      const who = by ? nameOf(by.workflowId) : 'somebody else';
      tell(`${who}: ${method} ${path} ${body} -> ${status} ${answer.slice(0, ANSWER_CHARS)}`);
    },
    runs(runs) {
      for (const run of runs) {
        const { workflowId } = run.info;
        for (const { type, of } of run.events.slice(told.get(run) ?? 0))
          if (!DULL.test(type)) tell(`${nameOf(workflowId)}: ${type}${of ? ` ${of}` : ''}`);
        told.set(run, run.events.length);
        const view = bookingIdIn(workflowId) === null ? null : viewOf(run);
        const status =
          view && [view.status, view.attention?.reason, view.failure?.code].filter(Boolean).join(' ');
        if (!status || statuses.get(run) === status) continue;
        statuses.set(run, status);
        tell(`${nameOf(workflowId)}: is ${status}`);
      }
    },
  };
}

const ANSWER_CHARS = 300;
const DULL = /^(WorkflowTask|Upsert|WorkflowPropert|Marker|Timer)/;
