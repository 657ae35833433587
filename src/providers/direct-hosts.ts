import { BlockList, isIP, isIPv6 } from 'node:net';

/** Decides which hosts are called directly although there is a proxy. */

/** Where a call goes. The host is in small letters, and an IPv6 address is without brackets. */
interface Target {
  host: string;
  port: number;
}

type Rule = (target: Target) => boolean;

/**
 * Returns a function that tells whether a URL is called directly: this machine always, and hosts that the entries name.
 * As curl reads NO_PROXY, an entry is `*`, an address, a range like `10.0.0.0/8`, or a name, which includes what lies
 * below it (`example.com`, `.example.com`, `*.example.com`); all except ranges may have a port. Beyond curl, as in
 * Windows, `*example.com` stands for every name that ends so, and `<local>` for every name without a dot.
 */
export function directHosts(entries: readonly string[]): (url: string) => boolean {
  const rules = [isThisMachine(), ...entries.map(ruleOf)];
  return (url) => {
    const target = targetOf(url);
    return rules.some((rule) => rule(target));
  };
}

function targetOf(url: string): Target {
  const { hostname, port, protocol } = new URL(url);
  return { host: plain(hostname), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

/** Returns a host in the form to compare: without brackets and final dot, an IPv6 address in its shortest form. */
function plain(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return isIPv6(bare) ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare.replace(/\.$/, '');
}

/**
 * Returns the rule for this machine: loopback, the unspecified addresses, and the names that RFC 6761 reserves for it.
 */
function isThisMachine(): Rule {
  const addresses = new BlockList();
  addresses.addSubnet('127.0.0.0', 8, 'ipv4');
  addresses.addAddress('0.0.0.0', 'ipv4');
  addresses.addSubnet('::', 127, 'ipv6');
  return ({ host }) => host === 'localhost' || host.endsWith('.localhost') || isIn(addresses, host);
}

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true;
  if (entry === '<local>') return ({ host }) => !/[.:]/.test(host);
  const [, network = '', bits] = /^(.*)\/(\d+)$/.exec(entry) ?? [];
  if (bits !== undefined) return rangeRule(network, Number(bits));
  const [, named = entry, port] = isIP(entry) ? [] : (/^(.*):(\d+)$/.exec(entry) ?? []);
  const host = plain(named.replace(/^(?:\*?\.|\*)/, ''));
  const isAddress = isIP(host) > 0;
  // The end of a name, wherever its parts begin.
  const end = /^\*[^.]/.test(named) ? host : `.${host}`;
  return (target) =>
    (port === undefined || target.port === Number(port)) &&
    (target.host === host || (!isAddress && isIP(target.host) === 0 && target.host.endsWith(end)));
}

function rangeRule(network: string, bits: number): Rule {
  const range = new BlockList();
  range.addSubnet(network, bits, isIPv6(network) ? 'ipv6' : 'ipv4');
  return ({ host }) => isIn(range, host);
}

/** Returns true when the addresses contain the host. An IPv4 address that is written as IPv6 counts as IPv4. */
function isIn(addresses: BlockList, host: string): boolean {
  const family = isIP(host);
  return family > 0 && addresses.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
