/**
 * How the adapters' HTTP client reaches the network: the one place that knows whose fetch it is. http.ts hands over a URL and
 * what goes with it, and never a Request: one fetch does not take the Request of another.
 */

/** What goes with a URL. The body is a stream of which fetch has no second copy. */
export interface Outgoing {
  method: string;
  headers: Record<string, string>;
  body?: ReadableStream<Uint8Array>;
  /** Fetch wants it with a body that is a stream. */
  duplex?: 'half';
  redirect: 'manual';
}

/** What is read of a response. Node's own fetch gives it, and so does undici's. */
export interface Incoming {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Sends one request and returns the response once its head is there. Rejects as fetch does: with the signal's reason, or with
 * an error whose cause is what happened.
 */
export type Transport = (url: string, outgoing: Outgoing, signal: AbortSignal) => Promise<Incoming>;

/** Sends by Node's own fetch. */
export const fetchWith: Transport = (url, outgoing, signal) => fetch(url, { ...outgoing, signal });
