import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Received } from '../providers/scripted-server';

/** One call of an adapter with its answer. */
export interface Exchange extends Received {
  /** When it came, in ms since 1970. */
  at: number;
  /** Null when no answer came through. */
  status: number | null;
  answer: unknown;
}

export interface Recorder {
  url: string;
  /** Oldest first. */
  exchanges: Exchange[];
  /** Passes something else on than what was answered; what is noted is the truth. */
  mishear(change: (exchange: Exchange) => unknown): void;
  close(): Promise<void>;
}

/** A proxy that notes every call and its answer. Silence, resets and aborts go through it as they come. */
export async function startRecorder(target: string): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  let heard: ((exchange: Exchange) => unknown) | null = null;
  const hear = (exchange: Exchange, text: string): string =>
    heard === null ? text : JSON.stringify(heard(exchange));
  const server = createServer((incoming, response) => {
    void record(target, incoming, response, { exchanges, hear });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    mishear: (change) => void (heard = change),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Kept {
  exchanges: Exchange[];
  /** What the adapter is told of an answer. */
  hear: (exchange: Exchange, text: string) => string;
}

async function record(
  target: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  { exchanges, hear }: Kept,
): Promise<void> {
  const raw = await textOf(incoming);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', target);
  const exchange: Exchange = {
    at: Date.now(),
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body: raw === '' ? undefined : JSON.parse(raw),
    status: null,
    answer: null,
  };
  exchanges.push(exchange);
  forward(target, incoming, raw, response, exchange, hear);
}

function forward(
  target: string,
  incoming: IncomingMessage,
  raw: string,
  response: ServerResponse,
  exchange: Exchange,
  hear: Kept['hear'],
): void {
  const { host: _host, connection: _connection, ...headers } = incoming.headers;
  const outgoing = send(
    new URL(incoming.url ?? '/', target),
    { method: incoming.method, headers, agent: false },
    (answer) => {
      void textOf(answer).then((text) => {
        exchange.status = answer.statusCode ?? null;
        exchange.answer = parsed(text);
        const {
          'transfer-encoding': _chunked,
          connection: _theirs,
          'content-length': _length,
          ...kept
        } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, kept).end(hear(exchange, text));
      }, cut);
    },
  );
  function cut(): void {
    response.destroy();
  }
  outgoing.on('error', cut);
  response.on('close', () => outgoing.destroy());
  outgoing.end(raw);
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
