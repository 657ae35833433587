import type { Payload } from '@temporalio/common';
import type { Command, Job } from '../sdk-internals';
import type { Failure } from './payloads';

/** The updates of one run: admitted, given to a task, accepted or refused, and answered. */

export type UpdateAnswer =
  | { is: 'completed'; result: Payload | null }
  /** Its validator refused it. */
  | { is: 'failed'; failure: Failure }
  /** The run is over: it was never looked at (`not found`), or was accepted and not carried out. */
  | { is: 'not found' }
  | { is: 'ended meanwhile' };

export interface Update {
  id: string;
  job: Job;
  isAccepted: boolean;
  answer: (answer: UpdateAnswer) => void;
}

export interface Updates {
  admit(id: string, name: string, input: readonly Payload[]): Promise<UpdateAnswer>;
  take(): Update[];
  giveBack(updates: readonly Update[]): void;
  isAnyWaiting(): boolean;
  /** Tells the senders what a task came to; returns those that were not refused. */
  answer(commands: readonly Command[], taken: readonly Update[]): Update[];
  close(): void;
}

export function createUpdates(): Updates {
  let waiting: Update[] = [];
  let isClosed = false;
  /** Accepted ones whose handlers run. */
  const open = new Map<string, Update>();
  return {
    admit: (id, name, input) =>
      new Promise((answer) => {
        if (isClosed) return answer({ is: 'not found' });
        const job = {
          doUpdate: {
            id,
            protocolInstanceId: id,
            name,
            input: [...input],
            headers: {},
            meta: { identity: 'client', updateId: id },
            runValidator: true,
          },
        };
        waiting.push({ id, job, isAccepted: false, answer });
      }),
    take: () => waiting.splice(0),
    giveBack: (updates) => void (waiting = [...updates, ...waiting]),
    isAnyWaiting: () => waiting.length > 0,
    answer(commands, taken) {
      taken.forEach((one) => open.set(one.id, one));
      const refused = new Set<string>();
      for (const { updateResponse: response } of commands) {
        const one = open.get(response?.protocolInstanceId ?? '');
        if (!response || !one) continue;
        if (response.accepted) {
          one.isAccepted = true;
          continue;
        }
        open.delete(one.id);
        if (response.rejected) {
          if (one.isAccepted) throw new Error('not modelled: the handler of an update that fails');
          refused.add(one.id);
          one.answer({ is: 'failed', failure: response.rejected });
        } else one.answer({ is: 'completed', result: response.completed ?? null });
      }
      return taken.filter(({ id }) => !refused.has(id));
    },
    close() {
      isClosed = true;
      waiting.splice(0).forEach(({ answer }) => answer({ is: 'not found' }));
      open.forEach(({ answer }) => answer({ is: 'ended meanwhile' }));
      open.clear();
    },
  };
}
