/**
 * The workflow's clock. Temporal replaces Date inside its sandbox by the time of the current workflow task, so
 * these give the same answers when the history is replayed.
 */

/** Now, in ms since the epoch. */
export function nowMs(): number {
  return Date.now();
}

/** Now, RFC 3339 in UTC. */
export function now(): string {
  return new Date().toISOString();
}

/** The moment `ms` after `time`, RFC 3339 in UTC. */
export function after(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
