import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { TemporalTarget } from '../../src/temporal/connection';
import type { Account } from '../request';

/**
 * The bench's processes: each part runs in one of its own, so that its CPU time can be told from the others'. They end
 * with us, even when we are killed.
 */

/** What such a process works with. */
export interface ChildSettings {
  target: TemporalTarget;
  /** Where the provider answers, by account. */
  urls: Record<Account, string>;
  /** Where the other provider answers, which has no orders and tells no news. */
  practice: string;
  /** Where our keys are. */
  dataDir: string;
}

/** How long a process may take until it says that it is ready; the first one bundles workflows. */
const READY_WITHIN_MS = 120_000;

/** Options of Node, by module: our worker gets those that it is deployed with. */
export const NODE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'our-worker': ['--max-old-space-size=512'],
};

/** What a process says: once what it has to tell when it is ready, then an answer to each order. */
export type Said = { ready: unknown } | { answer: unknown } | { failed: string };

export interface Child {
  pid: number;
  /** What it said when it was ready: what its module gives to `serve`. */
  told: unknown;
  /** Gives it an order, one at a time, and resolves to its answer. Rejects when it fails or ends meanwhile. */
  ask(order: unknown): Promise<unknown>;
  /** Resolves once it has ended, however that came. */
  ended: Promise<void>;
  /** Rejects when it ends without being told to; never resolves. */
  broken: Promise<never>;
  /** Resolves once it has ended. */
  stop(): Promise<void>;
  /** Kills it, as a crash would. Resolves once it is gone. */
  kill(): Promise<void>;
}

/** Starts a module of this folder with its settings; resolves once it is ready. */
export async function startChild(module: string, settings: ChildSettings | null): Promise<Child> {
  const child = fork(require.resolve(`./${module}`), [JSON.stringify(settings)], {
    execArgv: [...(NODE_OPTIONS[module] ?? []), '--require', 'tsx/cjs'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  let isStopping = false;
  const broken = gone.then(([code]): Promise<never> => {
    if (isStopping) return new Promise(() => undefined);
    throw new Error(`The process ${module} ended by itself (${String(code)}).`);
  });
  broken.catch(() => undefined); // told to whoever waits for it
  const next = async (withinMs?: number): Promise<Said> => {
    const signal = withinMs === undefined ? undefined : AbortSignal.timeout(withinMs);
    const [said] = await Promise.race([once(child, 'message', { signal }), broken]);
    return said;
  };
  const ready = async (): Promise<{ pid: number; told: unknown }> => {
    const said = await next(READY_WITHIN_MS);
    if (child.pid === undefined || !('ready' in said)) throw new Error(`The process ${module} is not ready.`);
    return { pid: child.pid, told: said.ready };
  };
  return {
    ...(await ready().catch((err: unknown) => {
      child.kill('SIGKILL');
      throw err;
    })),
    broken,
    ended: gone.then(() => undefined),
    async ask(order) {
      child.send({ order });
      const reply = await next();
      if ('failed' in reply) throw new Error(`${module}: ${reply.failed}`);
      return 'answer' in reply ? reply.answer : undefined;
    },
    async stop() {
      isStopping = true;
      if (child.connected) child.disconnect();
      await gone;
    },
    async kill() {
      isStopping = true;
      child.kill('SIGKILL');
      await gone;
    },
  };
}
