import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection, ConnectionLike } from '@temporalio/client';
import type { Logger } from 'pino';
import { connectNative, lazyConnection, type TemporalTarget } from '../temporal/connection';
import { GRPC, grpcCode } from '../temporal/grpc';
import { checkKeys } from '../temporal/key-list';
import type { EncryptionKey } from '../temporal/keys';
import { prepareNamespace } from '../temporal/search-attributes';

/** The longest time, in ms, for a look at the address, for a try to connect, and for learning why one failed. */
const LOOK_MS = 2_000;
const TRY_MS = 20_000;
const WHY_MS = 5_000;
/** The pauses between two tries, in ms. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

const AWAY: readonly unknown[] = [GRPC.deadlineExceeded, GRPC.unavailable, GRPC.resourceExhausted];

/** The client's connection says only this when it does not get through, whatever the reason. */
const NOT_THROUGH = 'Failed to connect before the deadline';

/** The name of the error of a failed worker's connection. Its message says the rest. */
const TRANSPORT_ERROR = 'TransportError';

/** Messages of errors that waiting does not cure: TLS that does not fit, files, credentials. */
const NOT_FITTING =
  /InvalidData|ParseError|H2NotNegotiated|valid authentication credentials|does not have permission/;

/** A try to connect. Once `givenUp` aborts, its result is ignored. */
export type Reach<T> = (givenUp: AbortSignal) => Promise<T>;

/**
 * Reaches Temporal. While no server listens or serves at its address, this waits with growing pauses, and says so. An
 * error that waiting does not cure (wrong settings or keys, TLS that does not fit, credentials, a missing namespace) is
 * thrown at once. Returns null when `told` resolves first; a try that is under way is then ignored.
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
        // It is tried in any case, because a proxy may be the only way there.
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

/** Pauses, unless `other` resolves first. Returns what came first, and leaves no timer behind. */
async function unlessFirst<T>(other: Promise<T>, pauseMs: number): Promise<T | 'paused'> {
  const over = new AbortController();
  try {
    return await Promise.race([pause(pauseMs, 'paused' as const, { signal: over.signal }), other]);
  } finally {
    over.abort();
  }
}

/** Thrown when a server accepted the connection and then stayed silent. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Makes one try, and gives it up when it takes too long: a silent server would be waited for without a word. */
async function inTime<T>(reach: Reach<T>): Promise<T> {
  const givenUp = new AbortController();
  const reached = await unlessFirst(reach(givenUp.signal), TRY_MS);
  if (reached !== 'paused') return reached;
  givenUp.abort();
  throw new NoAnswer();
}

/** Returns true when a try failed because no server serves there yet. */
function isAway(err: unknown): boolean {
  if (err instanceof NoAnswer) return true;
  if (err instanceof Error && err.name === TRANSPORT_ERROR) return !NOT_FITTING.test(err.message);
  return isNotThrough(err) || AWAY.includes(grpcCode(err));
}

function isNotThrough(err: unknown): boolean {
  return err instanceof Error && err.message === NOT_THROUGH;
}

/** Connects a client's connection. If it fails it does not say why, so the worker's kind is asked. */
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
 * Returns a connection on which bookings may begin: its namespace has what they need, and these keys (newest first) are
 * the deployment's. Otherwise the connection is closed again.
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
 * Returns true when something accepts connections at an address. Returns true for an address of another form too:
 * connecting to it will say what is wrong.
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
