import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { CALL_TIMEOUT_MS, within } from './temporal-errors';

/** Tells whether a worker attends a task queue, by the age of the last poll. */

const { TaskQueueType } = temporal.api.enums.v1;

const TYPES = {
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
} as const;

/** The last poll of a queue. */
export interface LastPoll {
  /** When it was, by Temporal's clock, in ms since 1970. */
  atMs: number;
  /** How long ago that was, in ms. */
  ageMs: number;
}

/** Returns the last poll of a queue that Temporal remembers (for five minutes), and null when there is none. */
export async function lastPollOf(
  client: Client,
  taskQueue: string,
  type: keyof typeof TYPES,
  nowMs: number | null = null,
): Promise<LastPoll | null> {
  const { pollers } = await within(client, CALL_TIMEOUT_MS, () =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: TYPES[type],
    }),
  );
  const times = pollers.map(({ lastAccessTime: at }) => msOf(at)).filter((atMs) => atMs > 0);
  if (times.length === 0) return null;
  const atMs = Math.max(...times);
  return { atMs, ageMs: nowMs === null ? ageHere(client, `${type} ${taskQueue}`, atMs) : nowMs - atMs };
}

function msOf(at: temporal.api.taskqueue.v1.IPollerInfo['lastAccessTime']): number {
  return Number(at?.seconds ?? 0) * 1000 + Math.floor((at?.nanos ?? 0) / 1e6);
}

interface Seen {
  atMs: number;
  /** When this process first saw that poll, by its monotonic clock, and how old it took it to be then. */
  sinceMs: number;
  ageMs: number;
}

/** The last polls that this process saw, kept for each client: servers may differ in their times. */
const seenBy = new WeakMap<Client, Map<string, Seen>>();

/**
 * Returns how old a poll is when Temporal's time is not available: by this machine's clock, within what is known
 * without it. A poll that this process saw before has aged by the time since then; a newer poll is no older than the
 * last look. So a wrong clock matters only at a process's first look, or after a long time without one. A clock that is
 * ahead then misses a polling worker until its next poll, within a minute. A clock that is behind counts a worker that
 * is gone as polling, until its last poll has been seen for as long as polls count.
 */
function ageHere(client: Client, queue: string, atMs: number): number {
  const seen = seenBy.get(client) ?? new Map<string, Seen>();
  seenBy.set(client, seen);
  const before = seen.get(queue);
  const sinceMs = performance.now();
  const passedMs = before ? sinceMs - before.sinceMs : Infinity;
  if (before?.atMs === atMs) return before.ageMs + passedMs;
  const ageMs = Math.min(Math.max(0, Date.now() - atMs), passedMs);
  seen.set(queue, { atMs, sinceMs, ageMs });
  return ageMs;
}
