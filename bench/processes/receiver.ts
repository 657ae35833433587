import { pino } from 'pino';
import { listenApi } from '../../src/api/listen';
import { connectClient } from '../../src/temporal/connection';
import { dataConverterOf } from '../../src/temporal/encryption';
import { ourConfig } from './our-settings';
import { serve } from './serve';

/** The API of arm (c), here for the provider's webhooks alone. Tells where they are received. */
serve(async (settings) => {
  const config = ourConfig(settings);
  const client = await connectClient(settings.target, dataConverterOf(config));
  const api = await listenApi(config, client, pino({ level: config.logLevel }, pino.destination(2)));
  return {
    told: `${api.address}/webhooks/junction`,
    async stop() {
      await api.close();
      await client.connection.close();
    },
  };
});
