import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, ConnectionLike } from '@temporalio/client';
import type { Logger } from 'pino';
import { connectNative, lazyConnection, type TemporalTarget } from '../temporal/connection';
import { GRPC, grpcCode } from '../temporal/grpc';
import { checkKeys } from '../temporal/key-list';
import type { EncryptionKey } from '../temporal/keys';
import { prepareNamespace } from '../temporal/search-attributes';

/** Longest that a look at the address may take, a try to get in, and the words on why one failed, in ms. */
const LOOK_MS = 2_000;
const TRY_MS = 20_000;
const WHY_MS = 5_000;
/** The pauses between two tries, in ms. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

const AWAY: readonly unknown[] = [GRPC.deadlineExceeded, GRPC.unavailable, GRPC.resourceExhausted];

/** All that the client's connection says when it does not get through, whatever the reason. */
const NOT_THROUGH = 'Failed to connect before the deadline';

/** What the worker's connection throws when it cannot be made; the rest of it is words. */
const TRANSPORT_ERROR = 'TransportError';

/** In those words, what no wait mends: TLS that does not fit, files, credentials. */
const NOT_FITTING =
  /InvalidData|ParseError|H2NotNegotiated|valid authentication credentials|does not have permission/;

/** A try to get in. Once `givenUp` aborts, nobody takes its result. */
export type Reach<T> = (givenUp: AbortSignal) => Promise<T>;

/**
 * Reaches Temporal, waiting for it with growing pauses while nobody listens at its address or nobody serves there, and
 * saying so. What no wait mends (wrong settings or keys, TLS that does not fit, credentials, a namespace that is not
 * there) is thrown at once. Null when `told` resolves first: then a try that is under way is left to itself.
 */
export async function reachTemporal<T>(
  { address }: TemporalTarget,
  reach: Reach<T>,
  { log, told }: { log: Logger; told: Promise<void> },
): Promise<T | null> {
  const stopped = told.then(() => null);
  const trying = async (): Promise<T | null> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const isThere = await somebodyListens(address);
      if (!isThere) log.warn({ temporal: address }, 'waiting for Temporal: nobody listens at its address');
      try {
        // Tried all the same: a proxy may be the only way there.
        return await inTime(reach);
      } catch (err) {
        if (!isAway(err)) throw err;
        if (isThere) log.warn({ temporal: address }, 'waiting for Temporal: it does not serve yet');
      }
      if ((await unlessFirst(stopped, pauseMs)) === null) return null;
    }
  };
  return Promise.race([trying(), stopped]);
}

/** Pauses. Answers with what resolves first, and then leaves no timer behind. */
async function unlessFirst<T>(other: Promise<T>, pauseMs: number): Promise<T | 'paused'> {
  const over = new AbortController();
  try {
    return await Promise.race([pause(pauseMs, 'paused' as const, { signal: over.signal }), other]);
  } finally {
    over.abort();
  }
}

/** Somebody took the connection and said nothing more. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** One try, given up when it takes too long: whoever takes a connection and is silent would be waited for without a word. */
async function inTime<T>(reach: Reach<T>): Promise<T> {
  const givenUp = new AbortController();
  const reached = await unlessFirst(reach(givenUp.signal), TRY_MS);
  if (reached !== 'paused') return reached;
  givenUp.abort();
  throw new NoAnswer();
}

/** Returns true when a try failed because nobody serves there yet. */
function isAway(err: unknown): boolean {
  if (err instanceof NoAnswer) return true;
  if (err instanceof Error && err.name === TRANSPORT_ERROR) return !NOT_FITTING.test(err.message);
  return isNotThrough(err) || AWAY.includes(grpcCode(err));
}

function isNotThrough(err: unknown): boolean {
  return err instanceof Error && err.message === NOT_THROUGH;
}

/** A connection for clients. One that does not get through does not say why, so the worker's kind is asked. */
export async function connectPlain(target: TemporalTarget): Promise<Connection> {
  const connection = lazyConnection(target);
  try {
    await connection.ensureConnected();
    return connection;
  } catch (err) {
    await connection.close();
    if (isNotThrough(err)) await tellWhy(target);
    throw err;
  }
}

/** Throws what the worker's kind of connection says, when it says something in time. */
async function tellWhy(target: TemporalTarget): Promise<void> {
  const closing = connectNative(target).then((connection) => connection.close());
  await Promise.race([closing, pause(WHY_MS, undefined, { ref: false })]);
}

/**
 * A connection on which bookings may begin: its namespace has what they need, and these keys (newest first) are the
 * deployment's. Closed again where that is not so.
 */
export async function ready<C extends ConnectionLike>(
  connecting: () => Promise<C>,
  { namespace }: TemporalTarget,
  { keys, warn, givenUp }: Readying,
): Promise<C> {
  const connection = await connecting();
  try {
    givenUp.throwIfAborted();
    await prepareNamespace(connection, namespace, warn);
    await checkKeys({ connection, namespace }, keys, warn);
    return connection;
  } catch (err) {
    await connection.close();
    throw err;
  }
}

interface Readying {
  keys: readonly EncryptionKey[];
  warn: (text: string) => void;
  givenUp: AbortSignal;
}

/**
 * Returns true when something takes connections there. True for an address of another form: who connects to it says
 * what is wrong.
 */
function somebodyListens(address: string): Promise<boolean> {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  if (!host || !port) return Promise.resolve(true);
  return new Promise((found) => {
    const socket = connect({ host, port: Number(port), timeout: LOOK_MS });
    const answer = (isThere: boolean) => () => {
      socket.destroy();
      found(isThere);
    };
    socket.once('connect', answer(true));
    socket.once('timeout', answer(false));
    socket.once('error', answer(false));
  });
}
