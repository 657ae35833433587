import { CompleteAsyncError } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { unreadableIn, type Unreadable } from '../booking/unreadable';

/**
 * Gives an activity whose input cannot be read here no answer at all: any answer would come from a worker that is not
 * fit to give one. So a write becomes unknown when its time is up, and a read is tried again on another worker.
 * `tell` hears of it.
 */
export function withoutAnswer(tell: (input: Unreadable) => void): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      execute(input, next) {
        const unreadable = input.args.map(unreadableIn).find((found) => found !== null);
        if (!unreadable) return next(input);
        tell(unreadable);
        // Temporal takes this as "somebody answers later", and nobody does.
        throw new CompleteAsyncError();
      },
    },
  });
}
