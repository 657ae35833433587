import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';

/** An answer as it came over the socket. */
export interface RawAnswer {
  status: number;
  contentType: string;
  headers: Record<string, string | string[] | undefined>;
  bytes: Buffer;
}

/** A call whose body is sent byte for byte, and whose answer is not decoded. */
export function rawCall(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: Buffer,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          contentType: answer.headers['content-type'] ?? '',
          headers: answer.headers,
          bytes: Buffer.concat(chunks),
        }),
      );
      answer.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** One webhook as it came over the socket. */
export interface RawWebhook {
  headers: Record<string, string>;
  bytes: Buffer;
}

const listening: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(listening.map((one) => one.close())));

/** A receiver on a free port that keeps the bytes and answers 204. */
export async function rawReceiver(): Promise<{ url: string; received: RawWebhook[] }> {
  const received: RawWebhook[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const named = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
      received.push({ headers: Object.fromEntries(named), bytes: Buffer.concat(chunks) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  listening.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  // A server that listens on TCP has an address of this form.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}
