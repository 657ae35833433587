import type { BookingRequest } from '../../../src/booking/schema/request';
import { createOliver } from '../../../src/providers/oliver';
import type { OliverAccount } from '../../../src/providers/oliver/accounts';
import type { Call, Provider, SlotQuery } from '../../../src/providers/provider';
import { oliverContract } from '../junction/contract';
import { scriptedServer, type Received, type ScriptedServer } from '../scripted-server';
import { BOOKING_ID, BY_REMOTE_ID, CLIENT, CLIENTS, ok, PATIENT, PATIENTS, SIGN_IN, ZONE } from './fixtures';

/** The day of the tests, before every window that they ask for. */
export const NOW = Date.parse('2026-12-01T12:00:00Z');

export interface Stage {
  server: ScriptedServer;
  /** What the adapter told the log, newest last. */
  warned: object[];
  /** What the time is, and by how much the machine's clock is wrong about it, in ms. */
  clock: { now: number; wrongMs: number };
  provider(account?: Partial<OliverAccount>, more?: Record<string, Partial<OliverAccount>>): Provider;
  call(more?: Partial<Call>): Call;
  /** Adds the line of a sign-in. */
  signsIn(token?: string): void;
  /** Adds the lines of resolving a client by remote id and a patient. */
  resolves(): void;
  /** The requests to a line, oldest first. */
  sent(line: string): Received[];
}

const contract = oliverContract();

/** A scripted Oliver for each test of a file, its script finished and its requests held against the contract. */
export function oliverStage(): () => Stage {
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
  const clock = { now: NOW, wrongMs: 0 };
  const practice: OliverAccount = {
    baseUrl: server.url,
    username: 'partner',
    password: 'secret',
    locationId: '1',
    timezone: ZONE,
    lookBackDays: 1,
    capabilities: {},
  };
  return {
    server,
    warned,
    clock,
    provider: (account = {}, more = {}) =>
      createOliver({
        accounts: {
          default: { ...practice, ...account },
          ...Object.fromEntries(Object.entries(more).map(([name, its]) => [name, { ...practice, ...its }])),
        },
        log: { warn: (facts: object) => void warned.push(facts) },
        now: () => clock.now + clock.wrongMs,
        steady: () => clock.now,
      }),
    call: (more = {}) => ({
      account: 'default',
      timeoutMs: 5_000,
      signal: new AbortController().signal,
      ...more,
    }),
    signsIn: (token = 'token-1') => server.expect(SIGN_IN, ok({ token })),
    resolves: () => {
      server.expect(CLIENTS, ok([CLIENT]));
      server.expect(PATIENTS, ok([PATIENT]));
    },
    sent: (line) => server.received.filter(({ method, path }) => `${method} ${path}` === line),
  };
}

export const queryOf = (
  request: BookingRequest = BY_REMOTE_ID,
  from = '2026-12-07',
  to = from,
): SlotQuery => ({
  days: [{ from, to }],
  address: null,
  location: null,
  request,
});

export const whereOf = (
  request: BookingRequest = BY_REMOTE_ID,
  startsAt: string | null = null,
  ownIds: readonly string[] = [],
) => ({
  orderId: null,
  request,
  startsAt,
  ownIds,
  maker: BOOKING_ID,
});

export { failureOf } from '../junction/setup';
