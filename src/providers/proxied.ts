import { Socket } from 'node:net';
import { isNativeError } from 'node:util/types';
import type * as undiciPackage from 'undici';
import type { Dispatcher } from 'undici';
import type { Proxies } from '../config';
import { directHosts } from './direct-hosts';
import type { Transport } from './transport';

/**
 * Reaches the network through the proxies of the settings, by undici's own fetch: Node's takes no dispatcher of another undici.
 * To https addresses a tunnel is asked for (CONNECT), and what passes through it the proxy does not see. A call to an http
 * address is handed to the proxy whole. Without a proxy in the settings neither this nor undici is loaded.
 */

type Undici = Pick<typeof undiciPackage, 'Agent' | 'Pool' | 'buildConnector' | 'fetch'>;

/** How long a proxy may take to open a tunnel, in ms: as long as undici gives a connection. */
const TUNNEL_WITHIN_MS = 10_000;

/** A transport that goes through the proxies, but directly to this machine and to the hosts that the settings except. */
export function proxiedTransport(proxies: Proxies): Transport {
  const loading = import('undici').then((undici: Undici) => ({ undici, pick: pickerOf(undici, proxies) }));
  loading.catch(() => undefined); // whoever sends is told
  return async (url, outgoing, signal) => {
    const { undici, pick } = await loading;
    return undici.fetch(url, { ...outgoing, signal, dispatcher: pick(url) });
  };
}

function pickerOf(undici: Undici, { http, https, direct }: Proxies): (url: string) => Dispatcher {
  const isDirect = directHosts(direct);
  const directly = new undici.Agent();
  const throughHttp = http === null ? directly : forwarding(undici, proxyOf(http));
  const throughHttps = https === null ? directly : tunnelling(undici, proxyOf(https));
  return (url) => {
    if (isDirect(url)) return directly;
    return new URL(url).protocol === 'https:' ? throughHttps : throughHttp;
  };
}

/** A proxy may itself be called over TLS: by its own name, and not by that of whoever is called through it. */
function poolOf(
  { buildConnector, Pool }: Undici,
  origin: string,
  headersTimeout?: number,
): undiciPackage.Pool {
  const connect = buildConnector({});
  return new Pool(origin, {
    headersTimeout,
    connect: (options, callback) => connect({ ...options, servername: undefined }, callback),
  });
}

interface Proxy {
  origin: string;
  /** What the proxy is to know and nobody behind it. */
  headers: Record<string, string>;
}

function proxyOf(setting: string): Proxy {
  const { origin, username, password } = new URL(setting);
  if (!username && !password) return { origin, headers: {} };
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { origin, headers: { 'proxy-authorization': `Basic ${credentials.toString('base64')}` } };
}

/** Hands each request to the proxy with its whole address (RFC 9112, 3.2.2). */
function forwarding(undici: Undici, { origin, headers }: Proxy): Dispatcher {
  return poolOf(undici, origin).compose((dispatch) => (options, handler) => {
    const target = new URL(String(options.origin));
    const own = { ...headers, host: target.host };
    return dispatch(
      { ...options, origin, path: `${target.origin}${options.path}`, headers: withOwn(options.headers, own) },
      handler,
    );
  });
}

/** Fetch hands over its headers as an object by name; the dispatcher's types allow more. */
function withOwn(given: Dispatcher.DispatchOptions['headers'], own: Record<string, string>) {
  return { ...Object.fromEntries(Object.entries(given ?? {})), ...own };
}

/**
 * Opens a tunnel for each connection. Of undici's own ProxyAgent a refused tunnel can't be told from a call that was given up,
 * and one that is never answered waits for five minutes.
 */
function tunnelling(undici: Undici, { origin, headers }: Proxy): Dispatcher {
  const proxy = poolOf(undici, origin, TUNNEL_WITHIN_MS);
  const secure = undici.buildConnector({});
  const open = async (host: string) => {
    const { statusCode, socket } = await proxy.connect({ path: host, headers: { ...headers, host } });
    // A connection of HTTP/1.1 is a socket; the type says less, for those of HTTP/2.
    if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket;
    socket.on('error', () => undefined).destroy();
    throw withCode(new Error('The proxy opened no tunnel.'), `ANSWERED_${statusCode}`);
  };
  return new undici.Agent({
    connect: (options, callback) => {
      open(`${options.host ?? options.hostname}${options.port ? '' : ':443'}`).then(
        (httpSocket) => secure({ ...options, httpSocket }, callback),
        (err: unknown) => callback(inProxysName(err), null),
      );
    },
  });
}

/** What went wrong on the way to the vendor is told apart from the vendor by its code. */
function inProxysName(err: unknown): Error {
  // `instanceof` fails for errors of another realm, as under test runners.
  const error = isNativeError(err) ? err : new Error('The proxy was not reached.');
  return withCode(error, `PROXY_${'code' in error ? String(error.code) : 'FAILED'}`);
}

function withCode(err: Error, code: string): Error {
  return Object.assign(err, { code });
}
