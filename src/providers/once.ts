import type { Logger } from 'pino';

/**
 * Tells the log about what a provider sent and this build does not know: the word as it came, or LEFT_OUT. A field is named by
 * our code, never by what came.
 */
export type Notice = (field: string, value: string) => void;

/** Said instead of a value where there is nothing to carry: what was sent as that field cannot be read and is left out. */
export const LEFT_OUT = '(left out)';

/** A notice that nobody hears. */
export const UNHEARD: Notice = () => undefined;

/** Past this many different values something else is wrong, and the log and memory are spared. */
const MAX_REMEMBERED = 1_000;

/** What an enum's member can look like; anything else may be somebody's data and is not logged. */
const MEMBER = /^[A-Za-z0-9_.-]{1,80}$/;

/** A notice that logs each field and value once in the life of this process, and each field that is left out once. */
export function noticeOnce(log: Pick<Logger, 'warn'>): Notice {
  // Apart, so that ever new words of one field do not hide that another is left out.
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

/** Returns true for each key when it comes first, as long as there is room to remember it. */
function remembering(): (key: string) => boolean {
  const seen = new Set<string>();
  return (key) => {
    if (seen.has(key) || seen.size >= MAX_REMEMBERED) return false;
    seen.add(key);
    return true;
  };
}
