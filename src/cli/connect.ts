import type { Client } from '@temporalio/client';
import { Failure } from '../booking/failures';
import { createBookingClient } from '../client/booking-client';
import { asUnavailable } from '../client/executions/temporal-errors';
import { loadConfig } from '../config';
import { connectClient, localTarget, type TemporalTarget, temporalTarget } from '../temporal/connection';
import { dataConverterOf } from '../temporal/encryption';
import { checkKeys, listedKeys, readsListed, retireKey } from '../temporal/key-list';
import { loadKeys } from '../temporal/keys';
import { recordedAddress } from '../temporal/server/embedded-record';
import type { Connected, ConnectedKeys } from './io';

/**
 * Reaches the bookings of the Temporal server that the settings name, else of the one that `npm start` runs on the same
 * data directory, with that directory's keys. Throws `temporal_unavailable` when there is no server or it cannot be
 * reached, and a ConfigError for a wrong setting.
 */
export async function connectBookings(): Promise<Connected> {
  const config = loadConfig();
  const target = temporalTarget() ?? (await localServer(config.dataDir));
  const { encryptionKeys, idKey } = loadKeys(config);
  const client = await reached(target, () => connectClient(target, dataConverterOf(config)));
  const { connection } = client;
  try {
    const place = { connection, namespace: target.namespace };
    await checkKeys(place, encryptionKeys, (text) => process.stderr.write(`${text}\n`));
  } catch (err) {
    await connection.close();
    throw asUnavailable(err);
  }
  return { bookings: createBookingClient({ client, idKey }), close: () => connection.close() };
}

/**
 * Reaches the list of encryption keys of the same deployment. Our own keys may be wrong: this command looks into that.
 */
export async function connectKeys(): Promise<ConnectedKeys> {
  const config = loadConfig();
  const target = temporalTarget() ?? (await localServer(config.dataDir));
  const { encryptionKeys } = loadKeys(config);
  const { connection } = await reached(target, () => connectClient(target, {}));
  const place = { connection, namespace: target.namespace };
  return {
    keys: {
      newestId: encryptionKeys[0]?.id ?? '',
      list: () => asked(listedKeys(place)),
      isHeld: (keyId) => asked(readsListed(place, encryptionKeys, keyId)),
      retire: (keyId) => asked(retireKey(place, keyId)),
    },
    close: () => connection.close(),
  };
}

/** Turns errors that Temporal's absence caused into `temporal_unavailable`. */
function asked<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((err: unknown) => {
    throw asUnavailable(err);
  });
}

async function localServer(dataDir: string): Promise<TemporalTarget> {
  const address = await recordedAddress(dataDir);
  if (address) return localTarget(address);
  throw new Failure('temporal_unavailable', {
    hint: 'No Temporal found: run npm start or set TEMPORAL_ADDRESS.',
  });
}

async function reached({ address }: TemporalTarget, connect: () => Promise<Client>): Promise<Client> {
  try {
    return await connect();
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new Failure('temporal_unavailable', { hint: `${address} does not answer: ${why}` });
  }
}
