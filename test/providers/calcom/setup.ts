import { createCalcom } from '../../../src/providers/calcom';
import type { CalcomAccount } from '../../../src/providers/calcom/accounts';
import type { Call, Provider, Where } from '../../../src/providers/provider';
import { contractCheck, contractFileOf } from '../junction/contract';
import { scriptedServer, type Received, type ScriptedServer } from '../scripted-server';
import { MAKER, REQUEST, START, ZONE } from './fixtures';

/** The day of the tests, before every window that they ask for. */
export const NOW = Date.parse('2026-12-01T12:00:00Z');

export interface Stage {
  server: ScriptedServer;
  /** What the adapter told the log, newest last. */
  warned: object[];
  provider(account?: Partial<CalcomAccount>): Provider;
  call(more?: Partial<Call>): Call;
  /** The only request to a line. */
  sent(line: string): Received;
}

const contract = contractCheck(contractFileOf('calcom'));

/** A scripted Cal.com for each test of a file, its script finished and its requests held against the contract. */
export function calcomStage(): () => Stage {
  let stage: Stage | null = null;
  beforeEach(async () => {
    stage = stageOn(await scriptedServer());
  });
  afterEach(async () => {
    const { server } = current();
    await server.close();
    server.finish();
    for (const request of server.received) contract?.(request);
  });
  function current(): Stage {
    if (!stage) throw new Error('only within a test');
    return stage;
  }
  return current;
}

function stageOn(server: ScriptedServer): Stage {
  const warned: object[] = [];
  const account = { apiKey: 'cal_test', baseUrl: server.url, timezone: ZONE, capabilities: {} };
  return {
    server,
    warned,
    provider: (over = {}) =>
      createCalcom({
        accounts: { default: { ...account, ...over } },
        log: { warn: (facts: object) => void warned.push(facts) },
        now: () => NOW,
      }),
    call: (more = {}) => ({
      account: 'default',
      timeoutMs: 5_000,
      signal: new AbortController().signal,
      ...more,
    }),
    sent(line) {
      const found = server.received.filter(({ method, path }) => `${method} ${path}` === line);
      const [only] = found;
      if (!only || found.length > 1) throw new Error(`${found.length} requests to ${line}`);
      return only;
    },
  };
}

export const whereOf = (over: Partial<Where> = {}): Where => ({
  orderId: null,
  request: { client: REQUEST.client },
  startsAt: START,
  ownIds: [],
  maker: MAKER,
  ...over,
});

export { failureOf } from '../exchanges';
