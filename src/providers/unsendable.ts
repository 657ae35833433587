import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isNativeError } from 'node:util/types';
import { Failure } from '../booking/failures';
import type { Outgoing } from './transport';

/**
 * Requests that HTTP cannot carry. They are not sent, and repeating them does not help. Settings at fault are named at
 * start (src/config.ts); this is for what got past that check, and for values that came later.
 */

/** Returns the failure of such a request. The hint says what is wrong and quotes nothing. */
export function cannotBeSent(hint: string): Failure {
  return new Failure('cannot_be_sent', { hint, sent: 'no' });
}

/** Returns why this request cannot be sent; null when it can. */
export function whyUnsendable(url: string, { headers }: Outgoing): string | null {
  const target = parsed(url);
  if (!target) return 'Its address is no URL: the base URL must look like https://api.example.com.';
  const { protocol, username, password } = target;
  if (protocol !== 'https:' && protocol !== 'http:')
    return 'Its base URL must begin with https:// or http://.';
  if (username !== '' || password !== '') return 'Its base URL must hold no user name and no password.';
  const name = Object.keys(headers).find((one) => !isHeader(one, headers[one] ?? ''));
  if (name !== undefined) {
    return `The value of its header ${name} has a character that no header can carry, like a dash or a quote of a word processor or a line feed: look for it in the account's settings.`;
  }
  return null;
}

/** Codes of undici for a request that it does not accept. */
const NOT_TAKEN: readonly unknown[] = ['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'];

/** Returns why undici refused a request that never reached a connection; null for any other error. */
export function whyRefused(err: unknown): string | null {
  return isNativeError(err) && 'code' in err && NOT_TAKEN.includes(err.code)
    ? 'The HTTP client refuses it.'
    : null;
}

function parsed(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
