import { z } from 'zod';
import type { JunctionName } from '../../../src/providers/junction/operations';
import { eventually } from '../desk';
import type { Subject } from '../subject';
import { junctionSubject } from '../subjects/junction';

/** A Junction account whose sandbox is asked for real (or our own stand-in, posing as it). */
export interface LiveTarget {
  baseUrl: string;
  /** Begins with `sk_`: the key of a sandbox. */
  apiKey: string;
  /** The account's user to book for; null: one is made for each run. */
  userId: string | null;
  /** How long to wait for what the provider does by itself, in ms. */
  patienceMs: number;
}

type Env = Record<string, string | undefined>;

const NEEDS = 'set JUNCTION_API_KEY (it must begin with sk_: a sandbox) and JUNCTION_BASE_URL';

/** The target that the settings name, or why there is none. A key of production is never used. */
export function targetOf(env: Env): { target: LiveTarget } | { skipped: string } {
  const {
    JUNCTION_API_KEY: apiKey = '',
    JUNCTION_BASE_URL: baseUrl = '',
    JUNCTION_LIVE_USER_ID: userId,
  } = env;
  if (!apiKey.startsWith('sk_')) return { skipped: `${NEEDS}; no such key is set` };
  if (!z.url().safeParse(baseUrl).success) return { skipped: `${NEEDS}; JUNCTION_BASE_URL is no URL` };
  return { target: { apiKey, baseUrl, userId: userId || null, patienceMs: 120_000 } };
}

const METHODS = { 'junction-phlebotomy': 'at_home_phlebotomy', 'junction-psc': 'walk_in_test' } as const;

/** What the account has that bookings need, found out once a run. */
export interface LiveAccount {
  userId: string;
  /** The first active lab test of each kind; null where the account has none. */
  labTests: Record<JunctionName, string | null>;
}

const labTestsSchema = z.array(
  z.looseObject({ id: z.string(), method: z.string(), is_active: z.boolean().nullish() }),
);
const userSchema = z.looseObject({ user_id: z.string().optional(), id: z.string().optional() });

/** Reads the account's lab tests, and makes a user where none was named. */
export async function prepare(target: LiveTarget): Promise<LiveAccount> {
  const tests = labTestsSchema.parse(await ask(target, 'GET', '/v3/lab_tests'));
  const testFor = (name: JunctionName): string | null =>
    tests.find((test) => test.method === METHODS[name] && test.is_active !== false)?.id ?? null;
  return {
    userId: target.userId ?? (await newUser(target)),
    labTests: {
      'junction-phlebotomy': testFor('junction-phlebotomy'),
      'junction-psc': testFor('junction-psc'),
    },
  };
}

async function newUser(target: LiveTarget): Promise<string> {
  const body = { client_user_id: `booking-saga-live-${Date.now()}` };
  const { user_id: userId, id } = userSchema.parse(await ask(target, 'POST', '/v2/user', body));
  const known = userId ?? id;
  if (known === undefined) throw new Error('the new user has no id');
  return known;
}

/** A provider of the account as a subject without hands: only what needs none can be asked of it. */
export function liveSubject(target: LiveTarget, account: LiveAccount, name: JunctionName): Subject {
  const labTestId = account.labTests[name];
  if (labTestId === null) throw new Error(`the account has no active lab test for ${METHODS[name]}`);
  const { apiKey, baseUrl, patienceMs } = target;
  const options = { labTestId, userId: account.userId };
  const subject = junctionSubject(name, { apiKey, baseUrl, capabilities: {} }, options);
  const call = { account: subject.account, timeoutMs: 30_000, signal: new AbortController().signal };
  return {
    ...subject,
    orders: {
      async ready(orderId) {
        const final = `received.${METHODS[name]}.requisition_created`;
        await ask(target, 'POST', `/v3/order/${orderId}/test?final_status=${final}`);
        await eventually(
          async () => subject.adapter.orders?.read(call, orderId),
          (order) => order !== undefined && order.phase !== 'received',
          patienceMs,
        );
      },
    },
    hand: null,
    exchanges: [],
    checkContract: () => undefined,
    close: () => Promise.resolve(),
  };
}

async function ask(target: LiveTarget, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(target.baseUrl.replace(/\/+$/, '') + path, {
    method,
    headers: { 'x-vital-api-key': target.apiKey, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path.split('?')[0] ?? ''} answered ${answer.status}`);
  return answer.json();
}
