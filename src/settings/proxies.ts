import { isIP } from 'node:net';
import { isHost } from './addresses';
import { fail } from './error';
import type { Env } from './read';

/** The proxies that calls to providers go through: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in small letters too, as curl reads them. */

export interface Proxies {
  /** For addresses that begin with http:// and with https://; null: those are called directly. May hold credentials. */
  http: string | null;
  https: string | null;
  /** Hosts that are called directly, as NO_PROXY names them: `*`, names, addresses, ranges, each perhaps with a port. */
  direct: readonly string[];
}

/** The proxies of an environment; null when it names none. */
export function proxiesOf(env: Env): Proxies | null {
  const http = proxy(env, 'http_proxy');
  const https = proxy(env, 'https_proxy');
  return http || https ? { http, https, direct: directHosts(env) } : null;
}

/** Small letters go first, as in curl. */
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
  const { hostname, port, pathname, search, hash, username, password } = new URL(text);
  if (!isHost(hostname) || port === '0') return fail(name, RIGHT);
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

function directHosts(env: Env): string[] {
  const [name, text] = given(env, 'no_proxy');
  const entries = (text ?? '').split(/[\s,]+/).filter(Boolean);
  if (!entries.every(isEntry)) {
    return fail(name, 'must list hosts, like localhost,.example.com,10.0.0.0/8,api.example.com:443, or be *');
  }
  return entries;
}

function isEntry(entry: string): boolean {
  if (entry === '*') return true;
  const [, address = '', bits] = /^([^/]*)\/(\d{1,3})$/.exec(entry) ?? [];
  if (bits !== undefined) return isIP(address) > 0 && Number(bits) <= (isIP(address) === 4 ? 32 : 128);
  if (isIP(entry)) return true;
  const host = entry.replace(/:\d{1,5}$/, '').replace(/^\*?\./, '');
  return isHost(host);
}

/** What may be right all the same, in words for the log. */
export function proxyWarnings(env: Env): string[] {
  const [name, all] = given(env, 'all_proxy');
  const isUsed = !all || proxiesOf(env) !== null;
  return isUsed ? [] : [`${name}: is not read; HTTPS_PROXY and HTTP_PROXY are`];
}
