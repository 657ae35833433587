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
  name: string;
  input: readonly Payload[];
  job: Job;
  isAccepted: boolean;
  /** Where a history holds its request already, that of its acceptance does not repeat it. */
  isRecorded: boolean;
  /** The event of its acceptance, once there is one. */
  acceptedId: number;
  /** Resolves when it is accepted, or answered without. */
  accepted: Promise<void>;
  answered: Promise<UpdateAnswer>;
  accept(): void;
  answer(answer: UpdateAnswer): void;
}

/** An update as its sender names it. */
export type UpdateRequest = Pick<Update, 'id' | 'name' | 'input'>;

export interface Updates {
  /** The update of this id: a repetition is the one that was there before. */
  admit(request: UpdateRequest, isRecorded?: boolean): Update;
  /** One whose handler runs since before this run was made of another. */
  reopen(request: UpdateRequest, acceptedId: number): void;
  find(id: string): Update | undefined;
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
  /** All but the refused, which leave no trace: one that is sent again is looked at again. */
  const known = new Map<string, Update>();
  /** Those that a task has had and that are not answered. */
  const open = new Map<string, Update>();
  const answer = (one: Update, given: UpdateAnswer): void => {
    open.delete(one.id);
    one.answer(given);
  };
  return {
    admit(request, isRecorded = false) {
      const before = known.get(request.id);
      if (before) return before;
      const one = updateOf(request, isRecorded);
      if (isClosed) one.answer({ is: 'not found' });
      else {
        known.set(one.id, one);
        waiting.push(one);
      }
      return one;
    },
    reopen(request, acceptedId) {
      const one = { ...updateOf(request, true), isAccepted: true, acceptedId };
      one.accept();
      known.set(one.id, one);
      open.set(one.id, one);
    },
    find: (id) => known.get(id),
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
          one.accept();
        } else if (response.rejected) {
          if (one.isAccepted) throw new Error('not modelled: the handler of an update that fails');
          refused.add(one.id);
          known.delete(one.id);
          answer(one, { is: 'failed', failure: response.rejected });
        } else answer(one, { is: 'completed', result: response.completed ?? null });
      }
      return taken.filter(({ id }) => !refused.has(id));
    },
    close() {
      isClosed = true;
      waiting.splice(0).forEach((one) => one.answer({ is: 'not found' }));
      for (const one of [...open.values()]) answer(one, { is: 'ended meanwhile' });
    },
  };
}

function updateOf({ id, name, input }: UpdateRequest, isRecorded: boolean): Update {
  let accept = (): void => undefined;
  let answer = (_given: UpdateAnswer): void => undefined;
  const accepted = new Promise<void>((resolve) => (accept = resolve));
  const answered = new Promise<UpdateAnswer>((resolve) => (answer = resolve));
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
  return {
    ...{ id, name, input, job, isRecorded, accepted, accept, answered },
    isAccepted: false,
    acceptedId: 0,
    answer(given) {
      accept();
      answer(given);
    },
  };
}
