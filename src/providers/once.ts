import type { Logger } from 'pino';

/**
 * Logs a value from a provider that this build does not know: the word as it came, or LEFT_OUT. Our code names the
 * field, never what came.
 */
export type Notice = (field: string, value: string) => void;

/** Stands for a value that was sent but cannot be read, so that the field is left out. */
export const LEFT_OUT = '(left out)';

/** A notice that does nothing. */
export const UNHEARD: Notice = () => undefined;

/** How many different values are logged. With more, something else is wrong, and log and memory are spared. */
const MAX_REMEMBERED = 1_000;

/** The form of an enum's member. Anything else may be somebody's data and is not logged. */
const MEMBER = /^[A-Za-z0-9_.-]{1,80}$/;

/** Creates a notice that logs each field and value, and each field that is left out, once per process. */
export function noticeOnce(log: Pick<Logger, 'warn'>): Notice {
  // They are counted apart, so that ever new words of one field do not hide that another is left out.
  const unknown = remembering();
  const leftOut = remembering();
  return (field, value) => {
    if (value === LEFT_OUT) {
      if (leftOut(field))
        log.warn({ field }, 'provider sent something that this build cannot read; it is left out');
      return;
    }
    const shown = MEMBER.test(value) ? value : '(not a plain word)';
    if (unknown(`${field}=${shown}`)) {
      log.warn(
        { field, value: shown },
        'provider sent a value that this build does not know; it is carried as it is',
      );
    }
  };
}

/** Returns a function that returns true for each new key, as long as there is room to remember it. */
function remembering(): (key: string) => boolean {
  const seen = new Set<string>();
  return (key) => {
    if (seen.has(key) || seen.size >= MAX_REMEMBERED) return false;
    seen.add(key);
    return true;
  };
}
