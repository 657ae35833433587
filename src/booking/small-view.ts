import type { BookingView } from './schema/view';

/** Keeps a view small enough for the memo, from which it is read. Pure: workflows import it. */

/** The largest view as JSON, in bytes of UTF-8. Encrypted, it takes less than the 32 KiB that a memo field may have. */
export const MAX_VIEW_BYTES = 31 * 1024;

const COMMA_BYTES = 1;

/** Texts are cut to this many characters when leaving out the past was not enough. */
const SHORT_TEXT = 256;

/**
 * Returns the view itself when it is small enough, else without its oldest attempts, then without the oldest lines of
 * what was tried. What is left out is counted. If even that is not enough, long texts are cut.
 */
export function smallView(view: BookingView): BookingView {
  if (bytesOf(view) <= MAX_VIEW_BYTES) return view;
  const recent = withoutOldTries(withoutOldAttempts(view));
  return bytesOf(recent) <= MAX_VIEW_BYTES ? recent : shortened(recent);
}

function withoutOldAttempts(view: BookingView): BookingView {
  const leftOut = oldestToLeaveOut(view.attempts, bytesOf(view) - MAX_VIEW_BYTES);
  return { ...view, attempts: view.attempts.slice(leftOut), attemptsLeftOut: view.attemptsLeftOut + leftOut };
}

function withoutOldTries(view: BookingView): BookingView {
  const { attention } = view;
  if (!attention) return view;
  const leftOut = oldestToLeaveOut(attention.tried, bytesOf(view) - MAX_VIEW_BYTES);
  const tried = attention.tried.slice(leftOut);
  return { ...view, attention: { ...attention, tried, triedLeftOut: attention.triedLeftOut + leftOut } };
}

/** Returns how many entries from the front make up `tooManyBytes`; the newest always stays. */
function oldestToLeaveOut(entries: readonly unknown[], tooManyBytes: number): number {
  let leftOut = 0;
  for (let left = tooManyBytes; left > 0 && leftOut < entries.length - 1; leftOut += 1)
    left -= bytesOf(entries[leftOut]) + COMMA_BYTES;
  return leftOut;
}

function shortened(view: BookingView): BookingView {
  const cut = (_key: string, value: unknown): unknown =>
    typeof value === 'string' && value.length > SHORT_TEXT
      ? `${Array.from(value)
          .slice(0, SHORT_TEXT - 1)
          .join('')}…`
      : value;
  // Cutting texts changes no field's type.
  return JSON.parse(JSON.stringify(view, cut)) as BookingView;
}

/** Returns the bytes of a value as JSON in UTF-8. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
