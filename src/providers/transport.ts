/**
 * How the adapters' HTTP client reaches the network. Only this file knows which fetch is used. http.ts hands over a URL
 * and what goes with it, never a Request, because one fetch does not accept the Request of another.
 */

/** What goes with a URL. The body is a stream that fetch can send only once. */
export interface Outgoing {
  method: string;
  headers: Record<string, string>;
  body?: ReadableStream<Uint8Array>;
  /** Fetch requires this with a body that is a stream. */
  duplex?: 'half';
  redirect: 'manual';
}

/** The parts of a response that are read. Both Node's own fetch and undici's return them. */
export interface Incoming {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Sends one request and returns the response once its head is there. Rejects as fetch does: with the signal's reason,
 * or with an error whose cause says what happened.
 */
export type Transport = (url: string, outgoing: Outgoing, signal: AbortSignal) => Promise<Incoming>;

/** Sends by Node's own fetch. */
export const fetchWith: Transport = (url, outgoing, signal) => fetch(url, { ...outgoing, signal });
