import { isNativeError } from 'node:util/types';
import { Failure } from '../booking/failures';
import { cutAtGrapheme } from '../booking/graphemes';
import { toWellFormed, unitsOf } from '../booking/text';
import { decode } from './bytes';
import { askFence, MAX_ASKS, type Fence } from './fence';
import { httpDate, retryAfterMs } from './http-date';
import { parseJson, writeJson } from './json';
import { sendingWithin, type Sending } from './sending';
import { directly, type Incoming, type Outgoing, type Transport } from './transport';
import { cannotBeSent, whyRefused, whyUnsendable } from './unsendable';

/**
 * The HTTP client that the adapters share: JSON both ways, one time limit per call, no hidden retries, and no
 * redirects (a redirect would carry credentials elsewhere). answer.ts decides what an answer means; this file decides
 * what a missing answer means.
 */

/** The largest answer that is read to its end, in bytes. */
const MAX_BODY_BYTES = 5_000_000;

/** Longest quotation of a provider, in characters. */
const MAX_SAID_LENGTH = 300;

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  /** Sent as JSON, with a bigint as an integer with all of its digits. Nothing is sent when undefined. */
  body?: unknown;
  /** Whether the call may change something at the provider. The method does not tell: some searches are POSTs. */
  effect: 'read' | 'write';
  /** The limit for the whole exchange, from connecting to the last byte of the answer, in ms. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Whether it is sent even while the vendor asks for a pause (pace.ts). */
  isLastTry?: boolean;
  /** Asked right before it is sent; when it throws, nothing is sent. Left out for reads. */
  fence?: Fence;
}

/** An answer that arrived whole, whatever its status. */
export interface HttpAnswer {
  status: number;
  /**
   * Parsed JSON, with integers beyond ±(2^53 − 1) as the text of their digits; null when empty; else the text itself.
   */
  body: unknown;
  /** Whether the body is JSON or empty. */
  isReadable: boolean;
  /** Why the body is not text, in our words. Then `body` is null, and its content is unknown. */
  illegible?: string;
  /** How long the provider asks us to wait, in ms. */
  retryAfterMs?: number;
}

/**
 * Sends one request and returns the answer, whatever its status and body, once all of it is there.
 *
 * Throws a Failure when no answer comes: `cannot_be_sent` for a request that HTTP cannot carry; `provider_unavailable`
 * with `sent: "no"` when nothing was sent (connection refused, name not found, failed handshake, no connection in
 * time); otherwise `outcome_unknown` for a write and `provider_unavailable` for a read (timeout, reset, an answer too
 * large or cut off, an abort in flight). Throws the signal's reason for an aborted read, or a call that was aborted
 * before it was sent, and what the fence throws when it holds the call back.
 */
export async function exchange(request: HttpRequest, transport: Transport = directly): Promise<HttpAnswer> {
  request.signal.throwIfAborted();
  const limit = timeLimit(request);
  const send: Send = (outgoing, mayGo) => sendOnce(request, transport, outgoing, limit.signal, mayGo);
  try {
    const received = request.fence
      ? await throughFence(request, request.fence, limit.signal, send)
      : await send(outgoingOf(request));
    if (received === 'held') throw notSent('it was held back');
    return answerOf(request, received);
  } finally {
    limit.clear();
  }
}

/** Sends within the call's time. Returns `held` when the call no longer counted as its first byte was due. */
type Send = (outgoing: Outgoing, mayGo?: () => boolean) => Promise<Received | 'held'>;

/**
 * Sends once the fence allows it and its answer is still fresh when the first byte is due; else asks again. The request
 * is complete before the fence is asked, so nothing is waited for between its answer and the send.
 */
async function throughFence(
  request: HttpRequest,
  fence: Fence,
  limit: AbortSignal,
  send: Send,
): Promise<Received> {
  for (let asked = 0; asked < MAX_ASKS; asked++) {
    const outgoing = outgoingOf(request);
    const isFresh = await askFence(fence);
    request.signal.throwIfAborted();
    if (limit.aborted) throw notSent('asking whether it still counts took all of its time');
    const received = isFresh() ? await send(outgoing, isFresh) : 'held';
    if (received !== 'held') return received;
  }
  throw notSent('connecting took longer than the check is good for, or this process stood still, each time');
}

function notSent(why: string): Failure {
  return new Failure('provider_unavailable', { said: `not sent: ${why}`, sent: 'no' });
}

async function sendOnce(
  request: HttpRequest,
  transport: Transport,
  outgoing: Outgoing,
  limit: AbortSignal,
  mayGo?: () => boolean,
): Promise<Received | 'held'> {
  const sending = sendingWithin(limit, mayGo);
  try {
    return await sending.run(async (signal) => receive(await transport(request.url, outgoing, signal)));
  } catch (err) {
    if (sending.isHeld()) return 'held';
    throw withoutAnswer(request, err, limit, sending);
  }
}

/** Returns the request to send. Throws `cannot_be_sent` when HTTP cannot carry it. */
function outgoingOf(request: HttpRequest): Outgoing {
  const outgoing: Outgoing = {
    method: request.method,
    headers: {
      ...request.headers,
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
    },
    body: request.method === 'GET' ? null : bodyOf(request),
  };
  const why = whyUnsendable(request.url, outgoing);
  if (why !== null) throw cannotBeSent(why);
  return outgoing;
}

function bodyOf({ body }: HttpRequest): Uint8Array {
  try {
    return Buffer.from(body === undefined ? '' : writeJson(body));
  } catch {
    throw cannotBeSent('A value of its body cannot be written as JSON, like half a character of a cut text.');
  }
}

/** Returns the failure of a call whose effect cannot be told from what came back. */
export function unclear(effect: 'read' | 'write', said: string): Failure {
  return effect === 'write'
    ? new Failure('outcome_unknown', { said: shortened(said), sent: 'yes' })
    : new Failure('provider_unavailable', { said: shortened(said) });
}

/** Returns a text cut to a length that can be shown, 300 characters by default. The result can be written in UTF-8. */
export function shortened(text: string, maxLength = MAX_SAID_LENGTH): string {
  const isShort = unitsOf(text, maxLength) === text.length;
  return toWellFormed(isShort ? text : `${cutAtGrapheme(text, maxLength - 1)}…`);
}

interface Received {
  status: number;
  bytes: Uint8Array;
  contentType: string | null;
  /** Whether its body came compressed. */
  isCoded: boolean;
  /** False when the body was larger than we read. */
  whole: boolean;
  retryAfter: string | null;
  /** When the provider answered, by its own clock. */
  date: string | null;
}

async function receive({ status, headers, body }: Incoming): Promise<Received> {
  const chunks: Uint8Array[] = [];
  const isBodiless = BODILESS.includes(status);
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) break;
    if (!isBodiless) chunks.push(chunk);
  }
  return {
    status,
    bytes: Buffer.concat(chunks),
    contentType: headers.get('content-type'),
    isCoded: isCoded(headers.get('content-encoding')) && !isBodiless,
    whole: size <= MAX_BODY_BYTES,
    retryAfter: headers.get('retry-after'),
    date: headers.get('date'),
  };
}

/** Statuses whose answers have no body, whatever comes (RFC 9110, 15.3.5, 15.3.6 and 15.4.5). */
const BODILESS: readonly number[] = [204, 205, 304];

/** `identity` is the name of no coding (RFC 9110, 12.5.3 and 18.6). */
function isCoded(encodings: string | null): boolean {
  return (encodings ?? '').split(',').some((name) => !['', 'identity'].includes(name.trim().toLowerCase()));
}

/** No provider answers so: a proxy did, and a call that it was handed whole may have gone on. */
const PROXY_ASKS = 407;

function answerOf(request: HttpRequest, received: Received): HttpAnswer {
  const { status } = received;
  if (status === PROXY_ASKS) throw unclear(request.effect, 'a proxy on the way asks who we are (HTTP 407)');
  if (!received.whole) throw unclear(request.effect, `HTTP ${status} with a body larger than we read`);
  return { status, ...contentOf(received), retryAfterMs: pauseOf(received) };
}

function contentOf(received: Received): Pick<HttpAnswer, 'body' | 'isReadable' | 'illegible'> {
  const { bytes, contentType, isCoded } = received;
  // A body that was cut is unpacked as far as it goes, without an error (transport.ts).
  if (isCoded && bytes.byteLength === 0) return illegible('a compressed body with nothing in it');
  const decoded = decode(bytes, contentType);
  if ('illegible' in decoded) return illegible(decoded.illegible);
  const text = decoded.text.trim();
  if (text === '') return { body: null, isReadable: true };
  const body = parseJson(text);
  return body === undefined ? { body: decoded.text, isReadable: false } : { body, isReadable: true };
}

function illegible(why: string): Pick<HttpAnswer, 'body' | 'isReadable' | 'illegible'> {
  return { body: null, isReadable: false, illegible: why };
}

/** Returns the pause that was asked for. A date in Retry-After is compared with the provider's own clock. */
function pauseOf({ retryAfter, date }: Received): number | undefined {
  if (retryAfter === null) return undefined;
  const now = Date.now();
  return retryAfterMs(retryAfter, httpDate(date ?? '', now) ?? now);
}

/**
 * Returns one timer for the whole exchange, joined with the caller's signal by hand: on the older Node versions that we
 * support, AbortSignal.any over AbortSignal.timeout can be collected before it fires.
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

function withoutAnswer(request: HttpRequest, err: unknown, limit: AbortSignal, sending: Sending): unknown {
  if (sending.isNothingSent(err)) return withoutConnection(request, err, limit);
  if (request.signal.aborted) {
    return request.effect === 'read'
      ? request.signal.reason
      : unclear('write', 'stopped before the answer came');
  }
  if (limit.aborted) return unclear(request.effect, `no answer within ${request.timeoutMs} ms`);
  const refused = sending.isMade() ? null : whyRefused(err);
  if (refused !== null) return cannotBeSent(refused);
  return unclear(request.effect, `the connection broke (${codeOf(err)})`);
}

function withoutConnection(request: HttpRequest, err: unknown, limit: AbortSignal): unknown {
  if (request.signal.aborted) return request.signal.reason;
  if (limit.aborted) return notSent(`no connection within ${request.timeoutMs} ms`);
  return new Failure('provider_unavailable', { said: `cannot be reached (${codeOf(err)})`, sent: 'no' });
}

function codeOf(err: unknown): string {
  return isNativeError(err) && 'code' in err ? String(err.code) : 'unknown cause';
}
