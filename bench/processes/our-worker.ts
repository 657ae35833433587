import { pino } from 'pino';
import { createBookingClient } from '../../src/client/booking-client';
import { startWorkers } from '../../src/run/workers';
import { clientOn, connectNative } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { loadKeys } from '../../src/temporal/keys';
import { ourClients, type Order } from './driver';
import { eagerClient } from './eager';
import { ourConfig } from './our-settings';
import { serve } from './serve';

/** The workers of arm (c), which also play the loads whose starts are eager. */
serve(async (settings) => {
  const { target } = settings;
  const config = ourConfig(settings);
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const connection = await connectNative(target);
  const dataConverter = dataConverterOf(config);
  const client = clientOn(connection, target, dataConverter);
  const workers = await startWorkers({ config, connection, client, log });
  const { idKey } = loadKeys(config);
  const eager = eagerClient(connection, target.namespace, dataConverter);
  const clients = ourClients(createBookingClient({ client: eager, idKey }));
  return {
    // Given by arms.ts.
    answer: (order) => clients(order as Order),
    async stop() {
      await workers.stop();
      await connection.close();
    },
  };
});
