import { DAY_MS } from '../clock';
import type { Context } from './context';
import { Refusal, REFUSALS } from './errors';

/** An answer that is stored with its key and replayed. */
export interface Answer {
  status: number;
  body: unknown;
}

/** How long a key's answer is kept, in sandbox ms (docs/providers.md#idempotency). */
export const KEY_LIFETIME_MS = { order: DAY_MS, psc: 14 * DAY_MS } as const;

const running = new WeakMap<Context, Set<string>>();

/**
 * Runs a call under its idempotency key. The first answer, good or bad, is stored and replayed until the key expires;
 * with `x-idempotency-error: no-cache` failures are not stored. A call without a key just runs. Callers refuse
 * malformed calls before this, because such calls do not use up their key.
 */
export async function underKey(
  context: Context,
  scope: keyof typeof KEY_LIFETIME_MS,
  headers: Readonly<Record<string, unknown>>,
  run: () => Promise<unknown>,
): Promise<Answer> {
  const given = headers['x-idempotency-key'];
  if (typeof given !== 'string' || given === '') return answerOf(run);
  const key = `${scope}:${given}`;
  const kept = context.state.answers[key];
  const lifetimeMs = context.clock.scaled(KEY_LIFETIME_MS[scope]);
  if (kept && context.clock.now() - kept.at < lifetimeMs) return { status: kept.status, body: kept.body };

  const inFlight = running.get(context) ?? new Set<string>();
  running.set(context, inFlight);
  if (inFlight.has(key)) throw REFUSALS.keyInUse();
  inFlight.add(key);
  try {
    const answer = await answerOf(run);
    const keepsFailures = headers['x-idempotency-error'] !== 'no-cache';
    if (answer.status < 400 || keepsFailures)
      context.state.answers[key] = { ...answer, at: context.clock.now() };
    return answer;
  } finally {
    inFlight.delete(key);
  }
}

async function answerOf(run: () => Promise<unknown>): Promise<Answer> {
  try {
    return { status: 200, body: structuredClone(await run()) };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body };
    throw error;
  }
}
