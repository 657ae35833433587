import { CompleteAsyncError } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { lacksKey, unreadableIn, type EncryptionKeyError, type Unreadable } from '../booking/unreadable';

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

/** What follows from a key that is missing here. */
export interface Judge {
  /** Whether this process must not go on: it lacks a key that the deployment uses. Asked once for each key. */
  isUnfit: (keyId: string) => Promise<boolean>;
  /** Ends this process's work. */
  drain: (err: EncryptionKeyError) => void;
  /** Tells of what nobody can read any more. */
  log: (err: EncryptionKeyError) => void;
}

/**
 * Hears of inputs that cannot be read here and decides once for each key whose fault that is. A process that lacks a key
 * of the deployment drains, and so does one that cannot find out; what is under a key that nobody uses is logged and
 * stops nothing else.
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
