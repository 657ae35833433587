import { isIP, isIPv6 } from 'node:net';
import type { Fault } from './text';

/** Checks addresses in the settings: of HTTP services, of gRPC services, and to listen on. */

/**
 * Ports that fetch and browsers refuse to call: the Fetch standard's table of bad ports
 * (https://fetch.spec.whatwg.org/#port-blocking). Not every fetch refuses port 0, but no server has it.
 */
const BAD_PORTS: ReadonlySet<number> = new Set([
  ...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103],
  ...[104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513],
  ...[514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720],
  ...[1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/** Returns true when fetch and browsers refuse to call a port. */
export function isBadPort(port: number): boolean {
  return BAD_PORTS.has(port);
}

const NOT_IN_A_URL = /[\s\p{Cc}\\"<>^`{|}]/u;
const AN_ADDRESS = 'https://api.example.com';

/**
 * Returns what is wrong with the address of an HTTP service. Right is http or https, a host, maybe a port that fetch
 * calls and a path, without credentials, query and fragment. This is stricter than the URL standard, which repairs what
 * it is given.
 */
export function urlFault(text: string): Fault {
  if (NOT_IN_A_URL.test(text)) return 'must be a URL without blanks, backslashes and quotes';
  const [before = '', scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(text) ?? [];
  if (!/^https?$/i.test(scheme))
    return `must be a URL that begins with http:// or https://, like ${AN_ADDRESS}`;
  if (authority.includes('@')) return 'must not hold credentials: they have settings of their own';
  if (/[?#]/.test(text)) return 'must have no query and no fragment (no ? and no #)';
  // The standard would read the first part of the path as the host.
  if (authority === '' || !URL.canParse(text)) return unparsed(authority);
  if (!hasHostAsGiven(text))
    return `must name a host by letters, digits, hyphens and dots, like ${AN_ADDRESS}`;
  const { port } = new URL(text);
  if (port !== '' && isBadPort(Number(port))) return 'must not name a port that fetch refuses to call';
  return pathFault(text.slice(before.length));
}

/** Returns what is wrong with a base path. The URL standard would repair it, and every call would go elsewhere. */
function pathFault(path: string): Fault {
  if (/[^\x21-\x7e]/.test(path)) return 'must have a path of ASCII characters, all others percent-encoded';
  if (/%(?![0-9a-f]{2})/i.test(path)) return 'must have a path with whole percent escapes, like %2F';
  const isStep = path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment));
  return isStep ? 'must have a path without the steps . and ..' : null;
}

/** A part of a name in any script, before Punycode: no dash except the hyphen, and nothing invisible. */
const GIVEN_LABEL = /^[\p{L}\p{Nd}_](?:[\p{L}\p{M}\p{Nd}_-]*[\p{L}\p{M}\p{Nd}_])?$/u;

/** Variation selectors and the like, which are letters or marks. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/**
 * Returns true when a parsable URL has a host that somebody may mean. The standard accepts many more, and turns them
 * into names or addresses that nobody meant: `1.2.3` becomes 1.2.0.3.
 */
export function hasHostAsGiven(url: string): boolean {
  const { hostname } = new URL(url);
  const [, authority = ''] = /^[^/]*\/\/([^/?#]*)/.exec(url) ?? [];
  const given = authority.replace(/^.*@/, '').replace(/:\d*$/, '');
  if (!isHost(hostname) || INVISIBLE.test(given)) return false;
  if (isIPv6(hostname.slice(1, -1))) return true;
  const name = given.replace(/\.$/, '');
  return isIP(hostname) ? name === hostname : name.split('.').every((label) => GIVEN_LABEL.test(label));
}

/** Returns why the URL standard does not read an address whose scheme is right. */
function unparsed(authority: string): string {
  const host = authority.replace(/:\d*$/, '');
  if (isIPv6(authority) || isIPv6(host)) return 'must have an IPv6 host in brackets, like http://[::1]:4010';
  return `must be a URL with a host and perhaps a port, like ${AN_ADDRESS}`;
}

/** Returns the address without surrounding blanks and final slashes, so that a path can follow it. */
export function withoutEnd(url: string): string {
  return url.trim().replace(/\/+$/, '');
}

/** RFC 1123, and the underscores that container networks allow. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** Returns true when a text is a host: a name, an IPv4 address, or an IPv6 address with or without brackets. */
export function isHost(text: string): boolean {
  if (/^\[.*\]$/.test(text)) return isIPv6(text.slice(1, -1));
  if (isIP(text)) return true;
  const labels = text.replace(/\.$/, '').split('.');
  const isNumber = /^(?:\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '');
  return text.length <= 253 && !isNumber && labels.every((label) => LABEL.test(label));
}

/**
 * Returns what is wrong with the address of a gRPC service, `host:port`. The port may be left out: the SDK has a
 * default.
 */
export function grpcFault(text: string): Fault {
  const right = 'must be host:port, like temporal.example.com:7233';
  if (text.includes('://')) return `${right}, without a scheme`;
  if (text.includes('/')) return `${right}, without a path`;
  if (isIPv6(text)) return `${right}; an IPv6 host stands in brackets, like [::1]:7233`;
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  if (!isHost(host)) return right;
  const isPort = port === undefined || (Number(port) > 0 && Number(port) < 65_536);
  return isPort ? null : `${right}, with a port from 1 to 65535`;
}
