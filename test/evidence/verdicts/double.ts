import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Incoming, Outgoing, Transport } from '../../../src/providers/transport';
import type { WriteName } from '../expected-verdicts';
import {
  answerOf,
  appointmentBody,
  orderBody,
  placeOf,
  visitBody,
  type Answer,
  type HttpAnswer,
  type Stage,
} from './answers';

/**
 * Both vendors at one address, for many cases at once: reads are answered as the documents say, the write of a case
 * with the case's own answer. A case is told by its order, its user or its practice.
 */

/** What the double does for one case. */
export interface Played extends Stage {
  write: WriteName;
  answer: Answer;
  after: 'standing' | 'ended';
  /** Whether what the write would take shows up afterwards, although it was refused. */
  surfaces: boolean;
}

export interface VendorDouble {
  url: string;
  /** How adapters reach it; left out where it has sockets. */
  transport?: Transport;
  /** Takes a case on; the returned function tells how often its write was received, and lets it go. */
  play(played: Played): () => number;
  /** Refuses connections from now on, and cuts those that are there. */
  refuse(): Promise<void>;
  close(): Promise<void>;
}

interface Running extends Played {
  received: number;
}

interface Request {
  method: string;
  path: string;
  body: string;
  practice: string;
  query: URLSearchParams;
}

/** What the cases at work are answered with. */
interface Answering {
  play: VendorDouble['play'];
  answer(request: Request): Answer;
}

function answering(): Answering {
  const cases = new Map<string, Running>();
  return {
    play: (played) => {
      const running = { ...played, received: 0 };
      const keys = [played.orderId, played.userId, played.bookingId];
      for (const key of keys) cases.set(key, running);
      return () => {
        for (const key of keys) cases.delete(key);
        return running.received;
      };
    },
    answer: (request) => answerTo(request, cases.get(keyOf(request))),
  };
}

export async function vendorDouble({ keepsAlive = true } = {}): Promise<VendorDouble> {
  const { play, answer } = answering();
  const server = createServer((incoming, response) => {
    void requestOf(incoming).then((request) => {
      if (!keepsAlive) response.setHeader('connection', 'close');
      send(answer(request), response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  // A server that listens on a port has an address of that form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    play,
    refuse: () => closed(server),
    close: () => closed(server),
  };
}

/** The same without sockets. For answers alone; what a connection does (a cut, silence, a refusal) is for sockets. */
export function vendorInMemory(): VendorDouble {
  const { play, answer } = answering();
  const transport: Transport = async (url, outgoing) => incomingOf(answer(plainOf(url, outgoing)));
  const close = (): Promise<void> => Promise.resolve();
  return { url: 'http://vendor.test', transport, play, refuse: close, close };
}

function plainOf(url: string, { method, headers, body }: Outgoing): Request {
  const { pathname, searchParams } = new URL(url);
  const practice = headers['x-client-id'] ?? '';
  return { method, path: pathname, query: searchParams, body: Buffer.from(body ?? []).toString(), practice };
}

function incomingOf(answer: Answer): Incoming {
  if (typeof answer === 'string') throw new Error(`${answer} is for sockets`);
  const { status, headers, body } = answer;
  return new Response(BODILESS.includes(status) ? null : body, { status, headers });
}

/** Statuses whose answers have no body, whatever was sent. */
const BODILESS: readonly number[] = [204, 205, 304];

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  // A request's stream yields Buffers while no encoding is set.
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://vendor');
  return {
    method: incoming.method ?? '',
    path: pathname,
    query: searchParams,
    body: Buffer.concat(chunks).toString('utf8'),
    practice: String(incoming.headers['x-client-id'] ?? ''),
  };
}

const ORDER_PATH = /^\/(?:v3\/order|followed)\/([0-9a-f]{8}-[0-9a-f-]{27})(\/|$)/;

/** What tells the case: its order in the path, its user at the lists and in a new order, its practice at Oliver. */
function keyOf({ path, query, body, practice }: Request): string {
  const order = ORDER_PATH.exec(path)?.[1];
  if (order) return order;
  if (path === '/v3/orders') return query.get('user_id') ?? '';
  if (path === '/v3/order') return /"user_id":"([^"]+)"/.exec(body)?.[1] ?? '';
  return practice;
}

/** Each write's own request. */
const REQUESTS: Record<WriteName, RegExp> = {
  'home/place_order': /^POST \/v3\/order$/,
  'home/cancel_order': /^POST \/v3\/order\/[^/]+\/cancel$/,
  'home/book': /^POST .*\/phlebotomy\/appointment\/book$/,
  'home/request_visit': /^POST .*\/phlebotomy\/appointment\/request$/,
  'home/reschedule': /^PATCH .*\/phlebotomy\/appointment\/reschedule$/,
  'home/cancel_appointment': /^PATCH .*\/phlebotomy\/appointment\/cancel$/,
  'site/place_order': /^POST \/v3\/order$/,
  'site/cancel_order': /^POST \/v3\/order\/[^/]+\/cancel$/,
  'site/book': /^POST .*\/psc\/appointment\/book$/,
  'site/book_with_key': /^POST .*\/psc\/appointment\/book$/,
  'site/reschedule': /^PATCH .*\/psc\/appointment\/reschedule$/,
  'site/cancel_appointment': /^PATCH .*\/psc\/appointment\/cancel$/,
  'oliver/create_appointment': /^POST .*\/open_api\/v1\/appointments$/,
  'oliver/create_task': /^POST .*\/open_api\/v1\/staff_tasks$/,
};

function answerTo(request: Request, running: Running | undefined): Answer {
  // Whoever follows a redirect finds the success that it would have had.
  if (running && request.path.startsWith('/followed/'))
    return answerOf(running.write, running, { status: 200, form: 'good', sentence: null, after: 'standing' });
  if (running && REQUESTS[running.write].test(`${request.method} ${request.path}`)) {
    running.received += 1;
    return running.answer;
  }
  const read = request.path.startsWith('/v3/')
    ? junctionRead(request, running)
    : oliverRead(request, running);
  return read ?? { status: 418, headers: {}, body: `not played: ${request.method} ${request.path}` };
}

function junctionRead({ method, path }: Request, running: Running | undefined): HttpAnswer | null {
  if (path.endsWith('/cancellation-reasons'))
    return ok([{ id: REASON_ID, name: 'Other', is_refundable: true }]);
  if (method !== 'GET' || !running) return null;
  if (path === '/v3/orders') return ok({ orders: [], total: 0, page: 1, size: 50 });
  const place = placeOf(running.write);
  if (place === 'oliver') return null;
  const hasEnded = running.received > 0 && running.after === 'ended';
  if (path.endsWith('/appointment')) return appointmentRead(place, running, hasEnded);
  const isCancelled = running.write.endsWith('cancel_order') && hasEnded;
  return ok(
    orderBody(place, running, isCancelled ? 'cancelled.*.cancelled' : 'received.*.requisition_created'),
  );
}

const REASON_ID = '3b1f0c2d-0000-4000-8000-000000000001';

function appointmentRead(place: 'home' | 'site', running: Running, hasEnded: boolean): HttpAnswer {
  const { write, received } = running;
  const wasThere = write.endsWith('reschedule') || write.endsWith('cancel_appointment');
  const isThere = wasThere || (received > 0 && running.surfaces);
  if (!isThere) return notFound('This order does not have an appointment.');
  return ok(appointmentBody(place, running, hasEnded ? 'cancelled' : 'confirmed'));
}

function oliverRead({ method, path }: Request, running: Running | undefined): HttpAnswer | null {
  if (path.endsWith('/auth/sign-in')) return okIn({ token: 'token-1' });
  if (!running) return null;
  if (path.endsWith('/open_times')) return okIn([]);
  if (method !== 'GET') return null;
  const { write, received, surfaces } = running;
  if (path.endsWith('/clients')) return okIn([CLIENT]);
  if (path.endsWith('/patients')) return okIn([PATIENT]);
  if (path.endsWith('/staff_tasks')) return okIn(pageOf([]));
  if (!path.endsWith('/appointments')) return null;
  const isThere = write === 'oliver/create_task' || (received > 0 && surfaces);
  return okIn(pageOf(isThere ? [visitBody('123', running)] : []));
}

const CLIENT = {
  id: '11',
  name: 'Ana Reyes',
  email: 'ana@example.com',
  phone: '(602) 555-0123',
  remote_id: 'C-1001',
};
const PATIENT = { id: '77', name: 'Rex', client_id: '11', remote_id: 'P-77' };

const pageOf = (content: object[]) => ({
  page: 0,
  per_page: 100,
  total_pages: 1,
  total_count: content.length,
  content,
});

const ok = (value: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const okIn = (data: unknown): HttpAnswer => ok({ success: true, data });
const notFound = (detail: string): HttpAnswer => ({ ...ok({ detail }), status: 404 });

function send(answer: Answer, response: ServerResponse): void {
  if (answer === 'silence') return;
  if (answer === 'reset') return void response.socket?.resetAndDestroy();
  if (answer === 'half') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"id":', () => response.socket?.resetAndDestroy());
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}
