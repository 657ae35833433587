import { startTestServer, startTimeSkippingServer, testConfig } from '../support/temporal';
import { runCli } from './world';

/** The program on a Temporal that is not what the settings say: told as such, never as a bug. */

jest.setTimeout(120_000);

const KEYS = {
  BOOKING_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
  BOOKING_ID_KEY: Buffer.alloc(32, 2).toString('base64'),
};

async function booking(argv: readonly string[], settings: Record<string, string>): Promise<unknown> {
  const ran = await runCli(argv, {
    settings: { BOOKING_DATA_DIR: testConfig().dataDir, ...KEYS, ...settings },
  });
  return { code: ran.code, said: ran.out + ran.err };
}

test('a namespace that does not exist', async () => {
  const server = await startTestServer();
  const settings = { TEMPORAL_ADDRESS: server.target.address, TEMPORAL_NAMESPACE: 'typo' };
  try {
    for (const argv of [['list'], ['config', 'keys'], ['config', 'retire-key', 'old']]) {
      expect(await booking(argv, settings)).toEqual({
        code: 5,
        said: expect.stringContaining('The namespace does not exist.'),
      });
    }
  } finally {
    await server.stop();
  }
});

test('a server that keeps no list of keys', async () => {
  const env = await startTimeSkippingServer();
  const settings = { TEMPORAL_ADDRESS: env.address };
  try {
    for (const argv of [
      ['config', 'keys'],
      ['config', 'retire-key', 'old'],
    ]) {
      expect(await booking(argv, settings)).toEqual({
        code: 5,
        said: expect.stringContaining('does not offer what was asked of it'),
      });
    }
  } finally {
    await env.teardown();
  }
});
