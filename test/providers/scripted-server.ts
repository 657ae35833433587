import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A provider over a real socket that knows its lines: each request must be the next one of the script and gets
 * the canned answer beside it. What the adapter sent is kept for the test to look at.
 */

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON, or as it is when a string. */
  body?: unknown;
  /** Held back until this resolves. */
  after?: Promise<unknown>;
}

/** `silence`: never answered. `reset`: read, then the connection is cut. `half`: cut in the middle of a 200. */
export type Outcome = Answer | 'silence' | 'reset' | 'half';

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: unknown;
  /** The body before it was parsed: a number of JavaScript's may lack digits that it has. */
  text?: string;
}

export interface ScriptedServer {
  url: string;
  /** Adds a line: `GET /v3/order/1`, without the query. */
  expect(request: string, outcome?: Outcome): void;
  received: Received[];
  /** Resolves once the condition holds; it is looked at after each request. */
  until(holds: () => boolean): Promise<void>;
  /** Throws when a request came that was not the next of the script, or one did not come. */
  finish(): void;
  close(): Promise<void>;
}

export async function scriptedServer(): Promise<ScriptedServer> {
  const script: { request: string; outcome: Outcome }[] = [];
  const received: Received[] = [];
  const problems: string[] = [];
  const arrivals = new EventEmitter();

  const server = createServer((incoming, response) => {
    void receive(incoming).then((request) => {
      received.push(request);
      arrivals.emit('request');
      const line = script.shift();
      const got = `${request.method} ${request.path}`;
      if (line?.request === got) return playInTime(line.outcome, response);
      problems.push(`expected ${line?.request ?? 'nothing more'}, got ${got}`);
      play({ status: 418, body: 'not in the script' }, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    expect: (request, outcome = {}) => void script.push({ request, outcome }),
    received,
    until: async (holds) => {
      while (!holds()) await once(arrivals, 'request');
    },
    finish: () => {
      problems.push(...script.splice(0).map(({ request }) => `never got ${request}`));
      if (problems.length > 0) throw new Error(problems.splice(0).join('; '));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(incoming: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://provider');
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body: text === '' ? undefined : JSON.parse(text),
    text,
  };
}

async function playInTime(outcome: Outcome, response: ServerResponse): Promise<void> {
  if (typeof outcome === 'object') await outcome.after;
  play(outcome, response);
}

function play(outcome: Outcome, response: ServerResponse): void {
  if (outcome === 'silence') return;
  if (outcome === 'reset') return void response.socket?.resetAndDestroy();
  if (outcome === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id":', () => response.socket?.resetAndDestroy());
    return;
  }
  const { status = 200, headers = {}, body = '' } = outcome;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
