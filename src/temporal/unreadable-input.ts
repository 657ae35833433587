import { CompleteAsyncError } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { lacksKey, unreadableIn, type EncryptionKeyError, type Unreadable } from '../booking/unreadable';

/**
 * Gives no answer to an activity whose input cannot be read here, because this worker is not fit to answer. So a write
 * becomes unknown when its time is up, and a read is retried on another worker. `tell` is called for each.
 */
export function withoutAnswer(tell: (input: Unreadable) => void): ActivityInterceptorsFactory {
  return () => ({
    inbound: {
      execute(input, next) {
        const unreadable = input.args.map(unreadableIn).find((found) => found !== null);
        if (!unreadable) return next(input);
        tell(unreadable);
        // To Temporal this means that somebody answers later; nobody does.
        throw new CompleteAsyncError();
      },
    },
  });
}

/** What to do about a key that is missing here. */
export interface Judge {
  /**
   * Returns true when this process must not go on, because it lacks a key that the deployment uses. Asked once per key.
   */
  isUnfit: (keyId: string) => Promise<boolean>;
  /** Ends this process's work. */
  drain: (err: EncryptionKeyError) => void;
  /** Logs a payload that no process can read any more. */
  log: (err: EncryptionKeyError) => void;
}

/**
 * Returns a function that is told of unreadable inputs and decides once per key whose fault that is. A process that
 * lacks a key of the deployment drains, and so does one that cannot find out. An input under a key that is not in use
 * is logged, and nothing else stops.
 */
export function judging({ isUnfit, drain, log }: Judge): (input: Unreadable) => void {
  const judged = new Set<string>();
  return (input) => {
    if (judged.has(input.keyId)) return;
    judged.add(input.keyId);
    const err = lacksKey("An activity's input", input);
    void isUnfit(input.keyId).then(
      (unfit) => (unfit ? drain(err) : log(err)),
      () => drain(err),
    );
  };
}
