import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A server of bytes: what it is told to write to whoever connects, and what it was sent. */
export interface RawServer {
  /** `host:port`. */
  address: string;
  /** All that came, in Latin-1. */
  got(): string;
  close(): Promise<void>;
}

/** Acts on each connection once the client has said something. */
export async function rawServer(act: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let got = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
    });
    socket.once('data', () => act(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    got: () => got,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
