import type { Logger } from 'pino';

/** Tells the log about a value that a provider sent and this build does not know. */
export type Notice = (field: string, value: string) => void;

/** Past this many different values something else is wrong, and the log and memory are spared. */
const MAX_REMEMBERED = 1_000;

/** What an enum's member can look like; anything else may be somebody's data and is not logged. */
const MEMBER = /^[A-Za-z0-9_.-]{1,80}$/;

/** A notice that logs each field and value once in the life of this process. */
export function noticeOnce(log: Pick<Logger, 'warn'>): Notice {
  const seen = new Set<string>();
  return (field, value) => {
    const shown = MEMBER.test(value) ? value : '(not a plain word)';
    const key = `${field}=${shown}`;
    if (seen.has(key) || seen.size >= MAX_REMEMBERED) return;
    seen.add(key);
    log.warn(
      { field, value: shown },
      'provider sent a value that this build does not know; it is carried as it is',
    );
  };
}
