/** The longest wait that a caller can ask for, in s. */
export const MAX_WAIT_S = 60;

/** Returns the wait that a Prefer header (RFC 7240) asks for, in s, at most 60; null when it asks for none. */
export function preferredWaitS(prefer: string | undefined): number | null {
  const preference = (prefer ?? '')
    .split(',')
    .map((one) => /^\s*wait\s*=\s*"?(\d+)"?\s*(?:;.*)?$/i.exec(one)?.[1])
    .find((seconds) => seconds !== undefined);
  return preference === undefined ? null : Math.min(Number(preference), MAX_WAIT_S);
}
