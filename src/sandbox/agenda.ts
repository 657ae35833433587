import { randomUUID } from 'node:crypto';
import type { Clock } from './clock';

/** Something that a sandbox will do later. It is plain data, so the state file carries it over a restart. */
export interface Job {
  id: string;
  /** Real time in ms since the epoch. */
  dueAt: number;
}

/** The planned jobs. Each runs once, when it is due; a job that a crash interrupted runs again. */
export interface Agenda<J extends Job> {
  /** Plans a job `inMs` real ms from now. */
  add(job: Omit<J, 'id' | 'dueAt'>, inMs: number): void;
  /** Forgets every planned job. */
  clear(): void;
  /** Stops the timers; the jobs stay in the state for the next start. Resolves when running jobs are done. */
  close(): Promise<void>;
}

interface AgendaOptions<J extends Job> {
  clock: Clock;
  /** The jobs as the state holds them now. */
  jobs: () => J[];
  /** Gives the state its new jobs. */
  replace: (jobs: J[]) => void;
  run: (job: J) => Promise<void> | void;
  /** Called for a job that threw; the job is dropped. */
  failed: (job: J, error: unknown) => void;
}

/** setTimeout takes at most 2^31-1 ms; a longer wait is armed again when this part is over. */
const LONGEST_TIMER_MS = 2_000_000_000;

/** Arms every job that the state holds, and every job that is added later. */
export function createAgenda<J extends Job>(options: AgendaOptions<J>): Agenda<J> {
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();

  const arm = (job: J): void => {
    const waitMs = Math.min(Math.max(0, job.dueAt - options.clock.now()), LONGEST_TIMER_MS);
    timers.set(
      job.id,
      setTimeout(() => due(job), waitMs),
    );
  };
  const due = (job: J): void => {
    if (job.dueAt > options.clock.now()) return arm(job);
    timers.delete(job.id);
    const run = finish(job).finally(() => running.delete(run));
    running.add(run);
  };
  const finish = async (job: J): Promise<void> => {
    try {
      await options.run(job);
    } catch (error) {
      options.failed(job, error);
    }
    options.replace(options.jobs().filter(({ id }) => id !== job.id));
  };
  const disarm = (): void => {
    timers.forEach((timer) => clearTimeout(timer));
    timers.clear();
  };

  options.jobs().forEach(arm);
  return {
    add(job, inMs) {
      // The three parts together are a J; TypeScript cannot see that through Omit of a type parameter.
      const planned = { ...job, id: randomUUID(), dueAt: options.clock.now() + inMs } as unknown as J;
      options.replace([...options.jobs(), planned]);
      arm(planned);
    },
    clear() {
      disarm();
      options.replace([]);
    },
    async close() {
      disarm();
      await Promise.all(running);
    },
  };
}
