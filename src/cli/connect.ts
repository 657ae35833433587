import type { Client } from '@temporalio/client';
import { Failure } from '../booking/failures';
import { createBookingClient } from '../client/booking-client';
import { ConfigError, loadConfig } from '../config';
import { connectClient, localTarget, type TemporalTarget, temporalTarget } from '../temporal/connection';
import { recordedAddress } from '../temporal/embedded-record';
import { dataConverterOf } from '../temporal/encryption';
import { hasKeys, loadKeys } from '../temporal/keys';
import type { Connected } from './io';

/**
 * Reaches the bookings of the Temporal server that the settings name, else of the one that `npm start` runs on
 * the same data directory, with that directory's keys. Throws `temporal_unavailable` when there is none or it
 * cannot be reached, and a ConfigError for a wrong setting.
 */
export async function connectBookings(): Promise<Connected> {
  const config = loadConfig();
  const target = temporalTarget() ?? (await localServer(config.dataDir));
  // A key made here would be no worker's: what it encrypted could never be read.
  if (!hasKeys(config)) {
    throw new ConfigError(
      'BOOKING_ENCRYPTION_KEYS: set it and BOOKING_ID_KEY to those of the workers (or use their data directory, BOOKING_DATA_DIR)',
    );
  }
  const client = await reached(target, () => connectClient(target, dataConverterOf(config)));
  return {
    bookings: createBookingClient({ client, idKey: loadKeys(config).idKey }),
    close: () => client.connection.close(),
  };
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
