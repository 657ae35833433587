import { Failure } from '../../../src/booking/failures';
import { createJunction } from '../../../src/providers/junction';
import type { JunctionAccount } from '../../../src/providers/junction/accounts';
import type { JunctionName } from '../../../src/providers/junction/operations';
import type { Call, Provider } from '../../../src/providers/provider';
import { scriptedServer, type ScriptedServer } from '../scripted-server';
import { junctionContract } from './contract';

export const API_KEY = 'sk_us_test';

/** The day of the tests, before every window that they ask for. */
export const NOW = Date.parse('2026-12-01T12:00:00Z');

export interface Stage {
  server: ScriptedServer;
  /** What the adapter told the log, newest last. */
  warned: object[];
  /** Moves the adapter's clock, for the rest of the test. */
  setNow(nowMs: number): void;
  provider(name?: JunctionName, account?: Partial<JunctionAccount>): Provider;
  call(more?: Partial<Call>): Call;
}

const contract = junctionContract();

/** A scripted Junction for each test of a file, its script finished and its requests held against the contract. */
export function junctionStage(): () => Stage {
  let stage: Stage | null = null;
  beforeEach(async () => {
    const server = await scriptedServer();
    const warned: object[] = [];
    let nowMs = NOW;
    stage = {
      server,
      warned,
      setNow: (ms) => {
        nowMs = ms;
      },
      provider: (name = 'junction-phlebotomy', account = {}) =>
        createJunction(name, {
          accounts: { default: { apiKey: API_KEY, baseUrl: server.url, capabilities: {}, ...account } },
          log: { warn: (facts: object) => void warned.push(facts) },
          now: () => nowMs,
        }),
      call: (more = {}) => ({
        account: 'default',
        timeoutMs: 5_000,
        signal: new AbortController().signal,
        ...more,
      }),
    };
  });
  afterEach(async () => {
    const server = current().server;
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

/** The failure that a call ends in; anything else fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const outcome = await call.then(
    () => 'it succeeded',
    (err: unknown) => err,
  );
  if (outcome instanceof Failure) return outcome;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}
