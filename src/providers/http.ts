import { isNativeError } from 'node:util/types';
import { Failure } from '../booking/failures';

/**
 * The HTTP client that the adapters share: global fetch, JSON both ways, one time limit a call, no hidden
 * retries, no redirects (a redirect would carry credentials elsewhere). What the answer of a provider means is the
 * adapter's business; what it means that there is none, or none that can be read, is settled here.
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
}

/** An answer that says something: any status but the 5xx that leave the outcome open (503 does not). */
export interface HttpAnswer {
  status: number;
  /** Parsed JSON; null when empty; the plain text of an error that is no JSON. */
  body: unknown;
  /** How long the provider asks us to wait, in ms. */
  retryAfterMs?: number;
}

/**
 * Sends one request and returns the answer, whatever its status, when the answer settles what happened.
 *
 * Throws a Failure: `provider_unavailable` when nothing was sent (connection refused, name not found) or a read
 * did not come through; `outcome_unknown` when a write may have taken effect (timeout, reset, 5xx other than 503,
 * a 2xx that cannot be read, an abort in flight). An aborted read, or a call aborted before it was sent, throws the
 * signal's reason.
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  request.signal.throwIfAborted();
  const outgoing = new Request(request.url, {
    method: request.method,
    headers: {
      ...request.headers,
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
    },
    body: request.body === undefined ? undefined : JSON.stringify(request.body),
    redirect: 'manual',
  });
  const limit = timeLimit(request);
  const received = await receive(outgoing, limit.signal)
    .catch((err: unknown) => {
      throw withoutAnswer(request, err, limit.signal);
    })
    .finally(limit.clear);
  return settled(request, received);
}

/** The failure of a call whose effect cannot be told from what came back. */
export function unclear(effect: 'read' | 'write', said: string): Failure {
  return new Failure(effect === 'write' ? 'outcome_unknown' : 'provider_unavailable', {
    said: shortened(said),
  });
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

async function receive(outgoing: Request, signal: AbortSignal): Promise<Received> {
  const response = await fetch(outgoing, { signal });
  const body: AsyncIterable<Uint8Array> | null = response.body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) break;
    chunks.push(chunk);
  }
  return {
    status: response.status,
    text: Buffer.concat(chunks).toString('utf8'),
    whole: size <= MAX_BODY_BYTES,
    retryAfter: response.headers.get('retry-after'),
    date: response.headers.get('date'),
  };
}

function settled(request: HttpRequest, received: Received): HttpAnswer {
  const { status, text } = received;
  if (status >= 500 && status !== 503) throw unclear(request.effect, `HTTP ${status}: ${text}`);
  const body = parsed(text);
  const readable = received.whole && body !== undefined;
  if (status >= 200 && status < 300 && !readable) {
    throw unclear(request.effect, `HTTP ${status} with a body that cannot be read`);
  }
  return {
    status,
    body: readable ? body : text,
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
  const code = codeOf(cause);
  if (nothingSent(cause)) return new Failure('provider_unavailable', { said: `cannot be reached (${code})` });
  return unclear(request.effect, `the connection broke (${code})`);
}

/** Steps that come before the first byte of a request. */
const BEFORE_SENDING: readonly unknown[] = ['connect', 'getaddrinfo'];

function nothingSent(cause: unknown): boolean {
  // `instanceof` fails for errors that fetch made in another realm, as under test runners.
  if (!isNativeError(cause)) return false;
  if ('errors' in cause && Array.isArray(cause.errors)) return cause.errors.every(nothingSent);
  const connecting = 'syscall' in cause && BEFORE_SENDING.includes(cause.syscall);
  return connecting || codeOf(cause) === 'UND_ERR_CONNECT_TIMEOUT';
}

function codeOf(cause: unknown): string {
  return isNativeError(cause) && 'code' in cause ? String(cause.code) : 'unknown cause';
}
