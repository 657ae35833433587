import { Socket } from 'node:net';
import { isNativeError } from 'node:util/types';
import { Agent, buildConnector, Pool, type Dispatcher } from 'undici';
import type { Proxies } from '../settings/proxies';
import { directHosts } from './direct-hosts';
import { transportBy, type Transport } from './transport';

/**
 * Reaches the network through the proxies of the settings. For https addresses it asks the proxy for a tunnel (CONNECT),
 * whose content the proxy does not see. A call to an http address is handed to the proxy whole.
 */

/** How long a proxy may take to open a tunnel, in ms: as long as undici allows for a connection. */
const TUNNEL_WITHIN_MS = 10_000;

/** Creates a transport through the proxies. It calls this machine, and hosts that the settings except, directly. */
export function proxiedTransport({ http, https, direct }: Proxies): Transport {
  const isDirect = directHosts(direct);
  const directly = new Agent();
  const throughHttp = http === null ? directly : forwarding(proxyOf(http));
  const throughHttps = https === null ? directly : tunnelling(proxyOf(https));
  return transportBy((url) => {
    if (isDirect(url)) return directly;
    return new URL(url).protocol === 'https:' ? throughHttps : throughHttp;
  });
}

/** Creates a pool of connections to a proxy. A proxy called over TLS is called by its own name, not by the target's. */
function poolOf(origin: string, headersTimeout?: number): Pool {
  const connect = buildConnector({});
  return new Pool(origin, {
    headersTimeout,
    connect: (options, callback) => connect({ ...options, servername: undefined }, callback),
  });
}

interface Proxy {
  origin: string;
  /** Headers for the proxy alone; the target must not see them. */
  headers: Record<string, string>;
}

function proxyOf(setting: string): Proxy {
  const { origin, username, password } = new URL(setting);
  if (!username && !password) return { origin, headers: {} };
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { origin, headers: { 'proxy-authorization': `Basic ${credentials.toString('base64')}` } };
}

/** Hands each request to the proxy with its whole address (RFC 9112, 3.2.2). */
function forwarding({ origin, headers }: Proxy): Dispatcher {
  return poolOf(origin).compose((dispatch) => (options, handler) => {
    const target = new URL(String(options.origin));
    const own = { ...headers, host: target.host };
    return dispatch(
      { ...options, origin, path: `${target.origin}${options.path}`, headers: withOwn(options.headers, own) },
      handler,
    );
  });
}

/** Adds headers. The transport hands its headers over as an object by name; the dispatcher's types allow more. */
function withOwn(given: Dispatcher.DispatchOptions['headers'], own: Record<string, string>) {
  return { ...Object.fromEntries(Object.entries(given ?? {})), ...own };
}

/**
 * Opens a tunnel for each connection. Undici's own ProxyAgent would not do: with it a refused tunnel looks like an
 * aborted call, and a proxy that never answers is waited for for five minutes.
 */
function tunnelling({ origin, headers }: Proxy): Dispatcher {
  const proxy = poolOf(origin, TUNNEL_WITHIN_MS);
  const secure = buildConnector({});
  const open = async (host: string) => {
    const { statusCode, socket } = await proxy.connect({ path: host, headers: { ...headers, host } });
    // A connection of HTTP/1.1 is a socket; the type says less, for those of HTTP/2.
    if (statusCode >= 200 && statusCode < 300 && socket instanceof Socket) return socket;
    socket.on('error', () => undefined).destroy();
    throw withCode(new Error('The proxy opened no tunnel.'), `ANSWERED_${statusCode}`);
  };
  return new Agent({
    connect: (options, callback) => {
      open(`${options.host ?? options.hostname}${options.port ? '' : ':443'}`).then(
        (httpSocket) => secure({ ...options, httpSocket }, callback),
        (err: unknown) => callback(inProxysName(err), null),
      );
    },
  });
}

/** Returns the error with a code that names the proxy, so that its failures are told apart from the vendor's. */
function inProxysName(err: unknown): Error {
  // `instanceof` fails for errors of another realm, as under test runners.
  const error = isNativeError(err) ? err : new Error('The proxy was not reached.');
  return withCode(error, `PROXY_${'code' in error ? String(error.code) : 'FAILED'}`);
}

function withCode(err: Error, code: string): Error {
  return Object.assign(err, { code });
}
