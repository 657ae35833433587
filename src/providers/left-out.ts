import { LEFT_OUT, type Notice } from './once';

/**
 * Notices the fields that were sent but could not be read, by the names of our schemas; values are never told. `field`
 * names the whole. An empty text counts as missing, and an odd element is reported by its list. Where a schema takes a
 * part out of what was sent, as an order out of its wrapping, there is nothing to compare.
 */
export function noticeLeftOut(notice: Notice, field: string, sent: unknown, read: unknown): void {
  // A value that a schema does not name is let through as it is.
  if (Object.is(sent, read)) return;
  if (isMissing(read)) {
    if (!isMissing(sent)) notice(field, LEFT_OUT);
  } else if (Array.isArray(read)) {
    noticeInList(notice, field, sent, read);
  } else if (isObject(read) && isObject(sent)) {
    if (!Object.keys(sent).every((name) => Object.hasOwn(read, name))) return;
    for (const name of Object.keys(read)) {
      const had = valueOf(sent, name);
      const has = valueOf(read, name);
      // Most fields are read as they were sent, and need no name.
      if (!Object.is(had, has)) noticeLeftOut(notice, `${field}.${name}`, had, has);
    }
  }
}

function valueOf(whole: object, name: string): unknown {
  return Object.hasOwn(whole, name) ? Reflect.get(whole, name) : undefined;
}

function noticeInList(notice: Notice, field: string, sent: unknown, read: readonly unknown[]): void {
  if (!Array.isArray(sent)) {
    if (read.length === 0) notice(field, LEFT_OUT);
    return;
  }
  read.forEach((element, n) => {
    if (element === null) notice(`${field}[]`, LEFT_OUT);
    else noticeLeftOut(notice, `${field}[]`, sent[n], element);
  });
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
