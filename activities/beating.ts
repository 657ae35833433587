import { Context } from '@temporalio/activity';

const BEAT_MS = 10_000;

/** Heartbeats while one long call runs. */
export async function beating<T>(call: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), BEAT_MS);
  try {
    return await call();
  } finally {
    clearInterval(timer);
  }
}
