import { Failure } from '../booking/failures';

/**
 * Runs what comes before a write's own request, and marks its failures with `sent: "no"`: nothing of the write was
 * sent.
 */
export async function beforeSending<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (err) {
    throw err instanceof Failure ? new Failure(err.code, { ...err.facts, sent: 'no' }) : err;
  }
}
