import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A real proxy: it forwards what comes with a whole address, and opens tunnels. Whatever host is asked for is this machine. */

export interface Asked {
  method: string;
  /** The address as the proxy was given it. */
  target: string;
  headers: IncomingHttpHeaders;
}

export interface TestProxy {
  url: string;
  port: number;
  asked: Asked[];
  /** From now on it answers so itself and passes nothing on; `silence`: it does not answer. Null: it passes on again. */
  answer(refusal: number | 'silence' | 'close' | null): void;
  /** Runs before a tunnel is opened. */
  beforeTunnel(act: () => void): void;
  close(): Promise<void>;
}

/** With a certificate it is called over TLS, as `localhost`. */
export async function startProxy(tls?: { key: string; cert: string }): Promise<TestProxy> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let refusal: number | 'silence' | 'close' | null = null;
  let beforeTunnel = (): void => undefined;
  const server = tls ? createSecureServer(tls) : createServer();
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: target = '', headers } = incoming;
    asked.push({ method, target, headers });
    if (refusal === 'silence') return;
    if (refusal === 'close') return void response.socket?.resetAndDestroy();
    if (refusal !== null) return void response.writeHead(refusal).end('said by the proxy');
    const { port, pathname, search } = new URL(target);
    const { 'proxy-authorization': _ours, ...passed } = headers;
    const onward = httpRequest(
      { host: '127.0.0.1', port, path: pathname + search, method, headers: passed },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        // What is cut off behind the proxy is cut off before it.
        answer.on('error', () => response.destroy());
      },
    );
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.on('connect', ({ method = '', url: target = '', headers }: IncomingMessage, socket: Socket) => {
    asked.push({ method, target, headers });
    socket.on('error', () => undefined);
    if (refusal === 'silence') return;
    if (refusal === 'close') return void socket.resetAndDestroy();
    if (refusal !== null) return void socket.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 2\r\n\r\nno`);
    beforeTunnel();
    const onward = connect(Number(target.split(':').at(-1)), '127.0.0.1');
    sockets.add(onward);
    onward.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    port,
    asked,
    answer: (next) => void (refusal = next),
    beforeTunnel: (act) => void (beforeTunnel = act),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
