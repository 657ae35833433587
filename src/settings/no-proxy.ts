import { isIP } from 'node:net';
import { hasHostAsGiven, isHost } from './addresses';

/**
 * Reads NO_PROXY. Every program reads it in its own way, and it is most often written for other programs. An entry with
 * one clear meaning is taken. Any other is left out, and its hosts are called through the proxy. A bad entry never
 * keeps the service from starting.
 */

/** What may stand in NO_PROXY, in words for the log. */
export const RIGHT_ENTRIES = 'hosts, like localhost,.example.com,10.0.0.0/8,api.example.com:443, or *';

export interface DirectEntries {
  /**
   * `*`, names, addresses and ranges; all except ranges may have a port. `*example.com` stands for an end, `<local>`
   * for names without a dot.
   */
  taken: string[];
  /** The positions of the entries that are left out, from 1. */
  leftOut: number[];
}

/** Returns the entries of NO_PROXY, in the forms that src/providers/direct-hosts.ts knows. */
export function directEntries(text: string | undefined): DirectEntries {
  // Windows and Java separate entries by `;` and `|`, which no host contains.
  const entries = (text ?? '').split(/[\s,;|]+/).filter(Boolean);
  const read = entries.map(entryOf);
  return {
    taken: read.filter((entry) => entry !== null),
    leftOut: read.flatMap((entry, index) => (entry === null ? index + 1 : [])),
  };
}

function entryOf(entry: string): string | null {
  if (entry === '*' || isIP(entry)) return entry;
  if (entry.toLowerCase() === '<local>') return '<local>';
  return range(entry) ?? prefix(entry) ?? named(entry);
}

/** Reads a range. Zeros at its end may be left out: `169.254/16`. */
function range(entry: string): string | null {
  const [, network = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? [];
  const address = isIP(network) ? network : [...network.split('.'), '0', '0', '0'].slice(0, 4).join('.');
  const most = isIP(address) === 4 ? 32 : 128;
  return bits !== '' && isIP(address) && Number(bits) <= most ? `${address}/${bits}` : null;
}

/** Reads the beginning of an address: `10.*`, `192.168.*.*`. */
function prefix(entry: string): string | null {
  const [, numbers = ''] = /^((?:\d{1,3}\.){1,3})\*(?:\.\*){0,2}$/.exec(entry) ?? [];
  const known = numbers.split('.').filter(Boolean);
  return known.length > 0 ? range(`${known.join('.')}/${known.length * 8}`) : null;
}

/**
 * Reads a name or the end of one, or an address, maybe with a port. A name in another script is compared in Punycode.
 */
function named(entry: string): string | null {
  const [, star = '', host = '', port = ''] = /^(\*?\.?)(.*?)(:\d{1,5})?$/.exec(entry) ?? [];
  const name = /[^\x21-\x7e]/.test(host) ? inPunycode(host) : host;
  const isName = isHost(name) && !(star !== '' && isIP(name));
  return isName ? `${star}${name}${port}` : null;
}

/** Returns a name in Punycode; empty when the text is not a name. */
function inPunycode(host: string): string {
  const url = `http://${host}`;
  const isName = /^[\p{L}\p{M}\p{Nd}._-]+$/u.test(host) && URL.canParse(url) && hasHostAsGiven(url);
  return isName ? new URL(url).hostname : '';
}
