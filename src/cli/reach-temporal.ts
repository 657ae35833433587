import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import type { Logger } from 'pino';
import type { TemporalTarget } from '../temporal/connection';
import { GRPC, grpcCode } from '../temporal/grpc';
import { checkKeys } from '../temporal/key-list';
import type { EncryptionKey } from '../temporal/keys';
import { prepareNamespace } from '../temporal/search-attributes';

/** Longest that a look at the address may take, and the pauses between two tries, in ms. */
const LOOK_MS = 2_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

const AWAY: readonly unknown[] = [GRPC.deadlineExceeded, GRPC.unavailable];

/**
 * Reaches Temporal, waiting for it with growing pauses while nobody listens at its address or nobody serves there, and
 * saying so. What somebody answers who does listen (wrong credentials, another protocol, a namespace that is not
 * there) is thrown at once. Null when `told` resolves first: then a try that is under way is left to itself.
 */
export async function reachTemporal<T>(
  { address }: TemporalTarget,
  reach: () => Promise<T>,
  { log, told }: { log: Logger; told: Promise<void> },
): Promise<T | null> {
  const stopped = told.then(() => null);
  const trying = async (): Promise<T | null> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const isThere = await somebodyListens(address);
      if (!isThere) log.warn({ temporal: address }, 'waiting for Temporal: nobody listens at its address');
      try {
        // Tried all the same: a proxy may be the only way there.
        return await reach();
      } catch (err) {
        if (isThere && !AWAY.includes(grpcCode(err))) throw err;
        if (isThere) log.warn({ temporal: address }, 'waiting for Temporal: it does not serve yet');
      }
      const more = await Promise.race([pause(pauseMs, 'again'), stopped]);
      if (more === null) return null;
    }
  };
  return Promise.race([trying(), stopped]);
}

/**
 * A connection on which bookings may begin: its namespace has what they need, and these keys (newest first) are the
 * deployment's. Closed again where that is not so.
 */
export async function ready<C extends ConnectionLike>(
  connecting: () => Promise<C>,
  { namespace }: TemporalTarget,
  keys: readonly EncryptionKey[],
  warn: (text: string) => void,
): Promise<C> {
  const connection = await connecting();
  try {
    await prepareNamespace(connection, namespace, warn);
    await checkKeys({ connection, namespace }, keys, warn);
    return connection;
  } catch (err) {
    await connection.close();
    throw err;
  }
}

/** Whether something takes connections there. True for an address of another form: who connects to it says what is wrong. */
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
