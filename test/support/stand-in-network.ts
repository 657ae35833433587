import { isNativeError } from 'node:util/types';
import type { Transport } from '../../src/providers/transport';

/**
 * The adapters' network where a test stands in for fetch: what it puts there answers them too. A failure is told as the
 * HTTP client tells it, without fetch's wrapping.
 */
export const standInNetwork: Transport = async (url, { method, headers, body }, signal) => {
  const sent = body === null ? null : Buffer.from(body);
  try {
    return await fetch(url, { method, headers, body: sent, redirect: 'manual', signal });
  } catch (err) {
    throw isNativeError(err) && isNativeError(err.cause) && !signal.aborted ? err.cause : err;
  }
};
