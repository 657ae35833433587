import { hasHostAsGiven } from './addresses';
import { fail } from './error';
import { directEntries, RIGHT_ENTRIES } from './no-proxy';
import type { Env } from './read';

/**
 * Reads the proxies that calls to providers go through, as curl does: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, also in
 * small letters.
 */

export interface Proxies {
  /**
   * The proxy for addresses that begin with http://; null: they are called directly. May hold credentials. `https`
   * likewise.
   */
  http: string | null;
  https: string | null;
  /** Hosts that are called directly, in the forms of `directEntries`. */
  direct: readonly string[];
}

/** Returns the proxies of an environment; null when it names none. */
export function proxiesOf(env: Env): Proxies | null {
  const http = proxy(env, 'http_proxy');
  const https = proxy(env, 'https_proxy');
  return http || https ? { http, https, direct: directEntries(given(env, 'no_proxy')[1]).taken } : null;
}

/** Returns a variable's name and value. Small letters go first, as in curl. */
function given(env: Env, name: string): [name: string, value: string | undefined] {
  return env[name] ? [name, env[name]] : [name.toUpperCase(), env[name.toUpperCase()]];
}

const RIGHT = 'must be the URL of an HTTP proxy, like http://proxy.example.com:3128';

function proxy(env: Env, variable: string): string | null {
  const [name, text] = given(env, variable);
  if (!text) return null;
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (!/^https?$/i.test(scheme))
    return fail(name, scheme ? `${RIGHT}; other kinds are not supported` : RIGHT);
  if (/[\s\p{Cc}\\]/u.test(text) || !URL.canParse(text)) return fail(name, RIGHT);
  const { port, pathname, search, hash, username, password } = new URL(text);
  if (!hasHostAsGiven(text) || port === '0') return fail(name, RIGHT);
  if (pathname !== '/' || search || hash) return fail(name, `${RIGHT}, without a path`);
  if (!isDecodable(username) || !isDecodable(password)) {
    return fail(
      name,
      'must have user and password percent-encoded, as in http://user:p%40ss@proxy.example.com:3128',
    );
  }
  return text;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Returns, in words for the log, what looks wrong but may be right. */
export function proxyWarnings(env: Env): string[] {
  if (proxiesOf(env) === null) {
    const [name, all] = given(env, 'all_proxy');
    return all ? [`${name}: is not read; HTTPS_PROXY and HTTP_PROXY are`] : [];
  }
  const [name, text] = given(env, 'no_proxy');
  return directEntries(text).leftOut.map(
    (position) => `${name}: entry ${position} is left out; right are ${RIGHT_ENTRIES}`,
  );
}
