/** The longest that a caller can have us wait, in s. */
export const MAX_WAIT_S = 60;

/** The wait that a Prefer header (RFC 7240) asks for, in s and 60 at most; null when it asks for none. */
export function preferredWaitS(prefer: string | undefined): number | null {
  const preference = (prefer ?? '')
    .split(',')
    .map((one) => /^\s*wait\s*=\s*"?(\d+)"?\s*(?:;.*)?$/i.exec(one)?.[1])
    .find((seconds) => seconds !== undefined);
  return preference === undefined ? null : Math.min(Number(preference), MAX_WAIT_S);
}
