import { isNativeError } from 'node:util/types';
import { Failure } from '../booking/failures';
import { askFence, MAX_ASKS, type Fence } from './fence';
import { isNothingSent, unlessHeld } from './sending';
import { fetchWith, type Outgoing } from './transport';

/**
 * The HTTP client that the adapters share: global fetch, JSON both ways, one time limit a call, no hidden
 * retries, no redirects (a redirect would carry credentials elsewhere). What an answer means is decided in
 * answer.ts; what it means that there is none is settled here.
 */

/** Answers larger than this are not read to their end, in bytes. */
const MAX_BODY_BYTES = 5_000_000;

/** Longest pause that a provider may ask for; after that it is simply asked again, in ms. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Longest quotation of a provider, in characters. */
const MAX_SAID_LENGTH = 300;

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  /** Sent as JSON; nothing is sent when undefined. */
  body?: unknown;
  /** Whether the call may change something at the provider. Not the method's business: some searches are POSTs. */
  effect: 'read' | 'write';
  /** For the whole exchange, from connecting to the last byte of the answer, in ms. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Whether it is sent although the vendor has asked for a pause (pace.ts). */
  isLastTry?: boolean;
  /** Asked right before it is sent; what it throws keeps it from being sent. Left out for reads. */
  fence?: Fence;
}

/** An answer that arrived whole, whatever its status. */
export interface HttpAnswer {
  status: number;
  /** Parsed JSON; null when empty; the text of what is no JSON. */
  body: unknown;
  /** Whether the body is JSON or empty. */
  isReadable: boolean;
  /** How long the provider asks us to wait, in ms. */
  retryAfterMs?: number;
}

/**
 * Sends one request and returns the answer, whatever its status and body, once all of it is there.
 *
 * Throws a Failure where there is none: `provider_unavailable` with `sent: "no"` when nothing was sent (connection
 * refused, name not found, a handshake that failed); else `outcome_unknown` for a write and `provider_unavailable` for
 * a read (timeout, reset, an answer too large or cut off, an abort in flight). An aborted read, or a call aborted
 * before it was sent, throws the signal's reason; a fence that holds it back, what the fence throws.
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  request.signal.throwIfAborted();
  const limit = timeLimit(request);
  try {
    const received = request.fence
      ? await throughFence(request, request.fence, limit.signal)
      : await send(request, outgoingOf(request), limit.signal);
    return answerOf(request, received);
  } finally {
    limit.clear();
  }
}

/**
 * Sends once the fence lets it, on an answer that is still fresh when the first byte is due; else asks again. The request is
 * made whole before the fence is asked: nothing is waited for between its answer and the send.
 */
async function throughFence(request: HttpRequest, fence: Fence, limit: AbortSignal): Promise<Received> {
  for (let asked = 0; asked < MAX_ASKS; asked++) {
    const outgoing = outgoingOf(request);
    const isFresh = await askFence(fence);
    request.signal.throwIfAborted();
    if (limit.aborted) throw notSent('asking whether it still counts took all of its time');
    const received = isFresh()
      ? await unlessHeld(isFresh, limit, (signal) => send(request, outgoing, signal))
      : 'held';
    if (received !== 'held') return received;
  }
  throw notSent('connecting took longer than the check is good for, or this process stood still, each time');
}

function notSent(why: string): Failure {
  return new Failure('provider_unavailable', { said: `not sent: ${why}`, sent: 'no' });
}

function send(request: HttpRequest, outgoing: Outgoing, signal: AbortSignal): Promise<Received> {
  return receive(request.url, outgoing, signal).catch((err: unknown) => {
    throw withoutAnswer(request, err, signal);
  });
}

function outgoingOf(request: HttpRequest): Outgoing {
  const body = Buffer.from(request.body === undefined ? '' : JSON.stringify(request.body));
  const isSent = request.method !== 'GET';
  const head = {
    method: request.method,
    headers: {
      ...request.headers,
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...(isSent && { 'content-length': String(body.byteLength) }),
    },
    redirect: 'manual',
  } as const;
  // Throws for what fetch would refuse.
  new Request(request.url, head);
  return { ...head, ...(isSent && onceOnly(body)) };
}

/**
 * A body as a stream, of which fetch has no second copy: an answer of 421 has fetch send by itself, and unasked by any fence,
 * what it can send again.
 */
function onceOnly(bytes: Uint8Array): Pick<Outgoing, 'body' | 'duplex'> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return { body, duplex: 'half' };
}

/** The failure of a call whose effect cannot be told from what came back. */
export function unclear(effect: 'read' | 'write', said: string): Failure {
  return effect === 'write'
    ? new Failure('outcome_unknown', { said: shortened(said), sent: 'yes' })
    : new Failure('provider_unavailable', { said: shortened(said) });
}

/** Text cut to a length that is fit for showing; 300 characters unless told otherwise. */
export function shortened(text: string, maxLength = MAX_SAID_LENGTH): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}

/**
 * A Retry-After header (seconds or an HTTP date) as ms from `now`. Undefined when there is none to make sense of, or one
 * that is over: "at once" would have a loaded provider called without a pause.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

interface Received {
  status: number;
  text: string;
  /** False when the body was larger than we read. */
  whole: boolean;
  retryAfter: string | null;
  /** When the provider answered, by its own clock. */
  date: string | null;
}

async function receive(url: string, outgoing: Outgoing, signal: AbortSignal): Promise<Received> {
  const { status, headers, body } = await fetchWith(url, outgoing, signal);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) break;
    chunks.push(chunk);
  }
  return {
    status,
    text: Buffer.concat(chunks).toString('utf8'),
    whole: size <= MAX_BODY_BYTES,
    retryAfter: headers.get('retry-after'),
    date: headers.get('date'),
  };
}

function answerOf(request: HttpRequest, received: Received): HttpAnswer {
  const { status, text } = received;
  if (!received.whole) throw unclear(request.effect, `HTTP ${status} with a body larger than we read`);
  const body = parsed(text);
  return {
    status,
    body: body === undefined ? text : body,
    isReadable: body !== undefined,
    // A date there is the provider's, and so is the clock to hold it against.
    retryAfterMs: retryAfterMs(received.retryAfter, Date.parse(received.date ?? '') || Date.now()),
  };
}

function parsed(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * One timer for the whole exchange, joined with the caller's signal by hand: AbortSignal.any over
 * AbortSignal.timeout can be collected before it fires on the older Node versions that we support.
 */
function timeLimit(request: HttpRequest): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(request.signal.reason);
  const timer = setTimeout(() => controller.abort(), request.timeoutMs);
  request.signal.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', stop);
    },
  };
}

function withoutAnswer(request: HttpRequest, err: unknown, limit: AbortSignal): unknown {
  if (request.signal.aborted) {
    return request.effect === 'read'
      ? request.signal.reason
      : unclear('write', 'stopped before the answer came');
  }
  if (limit.aborted) return unclear(request.effect, `no answer within ${request.timeoutMs} ms`);
  const cause = isNativeError(err) ? err.cause : undefined;
  if (isNothingSent(cause)) {
    return new Failure('provider_unavailable', { said: `cannot be reached (${codeOf(cause)})`, sent: 'no' });
  }
  return unclear(request.effect, `the connection broke (${codeOf(cause)})`);
}

function codeOf(cause: unknown): string {
  return isNativeError(cause) && 'code' in cause ? String(cause.code) : 'unknown cause';
}
