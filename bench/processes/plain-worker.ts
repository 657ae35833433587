import { connectNative } from '../../src/temporal/connection';
import { createPlainWorker } from '../plain/worker';
import { API_KEY } from '../request';
import { plainClients, type Order } from './driver';
import { eagerClient } from './eager';
import { serve } from './serve';

/** The worker of arm (b), which also plays the loads whose starts are eager. */
serve(async ({ target, urls }) => {
  const connection = await connectNative(target);
  const accounts = Object.fromEntries(
    Object.entries(urls).map(([account, url]) => [account, { url, apiKey: API_KEY }]),
  );
  const worker = await createPlainWorker({ connection, namespace: target.namespace, accounts });
  const run = worker.run();
  const clients = plainClients(eagerClient(connection, target.namespace));
  return {
    // Given by arms.ts.
    answer: (order) => clients(order as Order),
    async stop() {
      worker.shutdown();
      await run;
      await connection.close();
    },
  };
});
