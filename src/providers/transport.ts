import { pipeline, type Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, request, type Dispatcher } from 'undici';

/**
 * How the adapters' HTTP client reaches the network: by undici's own `request`, which costs a fifth of what fetch does.
 * It follows no redirect and sends nothing twice.
 */

/** What goes with a URL. */
export interface Outgoing {
  method: Dispatcher.HttpMethod;
  headers: Record<string, string>;
  /** Null for none. */
  body: Uint8Array | null;
}

/** The parts of a response that are read. */
export interface Incoming {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Unpacked, where it came compressed. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Sends one request and returns the response once its head is there. Rejects with the signal's reason, or with an error
 * that says what happened.
 */
export type Transport = (url: string, outgoing: Outgoing, signal: AbortSignal) => Promise<Incoming>;

/** Creates a transport that sends through the dispatcher of each URL. */
export function transportBy(dispatcherOf: (url: string) => Dispatcher): Transport {
  return async (url, { method, headers, body }, signal) => {
    const answered = request(url, {
      ...{ method, body, signal },
      headers: { 'accept-encoding': CODINGS, ...headers },
      dispatcher: dispatcherOf(url),
    });
    const answer = await unlessAborted(answered, signal);
    const get = (name: string): string | null => joined(answer.headers[name]);
    return {
      status: answer.statusCode,
      headers: { get },
      body: unpacked(answer.body, get('content-encoding')),
    };
  };
}

/**
 * Rejects with the signal's reason at once. Undici hears an abort only once it has a connection, which may take 10 s; it
 * then sends nothing.
 */
async function unlessAborted<T>(answered: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  const givenUp = aborted.then(() => {
    signal.throwIfAborted();
    return answered;
  });
  try {
    return await Promise.race([answered, givenUp]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const agent = new Agent();

/** Sends without a proxy. Connections are kept, for all calls of this process. */
export const directly: Transport = transportBy(() => agent);

function joined(value: string | string[] | undefined): string | null {
  return Array.isArray(value) ? value.join(', ') : (value ?? null);
}

/** What we ask for. Others are unpacked too, because not every server heeds what it is asked. */
const CODINGS = 'gzip';

/** How many codings are undone: each takes memory, and a header has room for thousands. Nobody packs so often. */
const MAX_CODINGS = 5;

const { BROTLI_OPERATION_FLUSH: BR_FLUSH } = constants;

/** A body that was cut is unpacked as far as it goes. */
const AS_FAR_AS_IT_GOES = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

const UNPACKERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: () => createGunzip(AS_FAR_AS_IT_GOES),
  'x-gzip': () => createGunzip(AS_FAR_AS_IT_GOES),
  deflate: () => createInflate(AS_FAR_AS_IT_GOES),
  br: () => createBrotliDecompress({ flush: BR_FLUSH, finishFlush: BR_FLUSH }),
};

/** Returns the body without its codings, the last one first (RFC 9110, 8.4). With a coding that we do not know, or too many, as it is. */
function unpacked(body: Readable, codings: string | null): AsyncIterable<Uint8Array> {
  const names = (codings ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const steps = names.reverse().map((name) => (Object.hasOwn(UNPACKERS, name) ? UNPACKERS[name] : undefined));
  if (steps.length > MAX_CODINGS || steps.some((step) => step === undefined)) return body;
  // Whoever reads the last part hears of every error.
  return steps.reduce<Readable>(
    (from, step) => (step ? pipeline(from, step(), () => undefined) : from),
    body,
  );
}
