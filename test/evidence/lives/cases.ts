import type { Fault, FaultAnswer } from '../../support/calls';
import { pairwise } from '../pairwise';
import type { Follow } from './follows';
import { SCENES, sceneOf, type SceneName, type Vendor } from './scenes';

/** The cases of *Lives*: which write is answered how, what became of it, and what follows. */

/** How long the answer to a call is waited for, and how long after it its effect may surface, in ms. */
export const CALL_TIMEOUT_MS = 3_000;
export const WINDOW_MS = 1_500;
/** Until an effect that comes right after the answer, and one well inside the window. */
const SOON_MS = 150;
const LATE_MS = 900;

/**
 * What became of the call: nothing, or its effect came before its answer, right after it, or late in the window. A
 * named refusal has none; `before` is one that lied, which the look before an end has to find.
 */
const EFFECTS = ['none', 'before', 'after', 'late'] as const;
export type Effect = (typeof EFFECTS)[number];

/** What an answer says of the call by the rules: it had no effect, it is done, or nobody can tell. */
type Verdict = 'no effect' | 'done' | 'unknown';

interface Answer {
  verdict: Verdict;
  /** What the stand-in says; null: what the scene has for it. */
  says: FaultAnswer | ((vendor: Vendor) => FaultAnswer) | null;
}

/** An error in the form that each vendor's own errors have. */
const inForm = (status: number, text: string) => (vendor: Vendor) => {
  return { status, body: vendor === 'oliver' ? { success: false, message: text } : { detail: text } };
};

const ANSWERS = {
  'its own refusal': { verdict: 'no effect', says: null },
  'a 429 in form': { verdict: 'no effect', says: inForm(429, 'Too many requests') },
  done: { verdict: 'done', says: null },
  'a 503': {
    verdict: 'unknown',
    says: { status: 503, headers: { 'retry-after': '1' }, body: 'Service Unavailable' },
  },
  'a 504': { verdict: 'unknown', says: { status: 504, body: 'Gateway Timeout' } },
  'a 409 without words': { verdict: 'unknown', says: 409 },
  'a 404 in form that no row names': { verdict: 'unknown', says: inForm(404, 'Nothing goes by that name') },
  'a 301': { verdict: 'unknown', says: { status: 301, headers: { location: 'http://127.0.0.1:9/' } } },
  'a 408': { verdict: 'unknown', says: { status: 408, body: 'Request Timeout' } },
  'a timeout': { verdict: 'unknown', says: 'timeout' },
  'a reset': { verdict: 'unknown', says: 'reset' },
  garbage: { verdict: 'unknown', says: 'garbage' },
  'a 200 of another shape': { verdict: 'unknown', says: { status: 200, body: { ok: true } } },
  'an empty 200': { verdict: 'unknown', says: 200 },
} as const satisfies Record<string, Answer>;
type AnswerName = keyof typeof ANSWERS;

const EFFECTS_OF: Readonly<Record<Verdict, readonly Effect[]>> = {
  'no effect': ['none', 'before'],
  done: ['before'],
  unknown: EFFECTS,
};

/** One case: a type and no interface, so that it is a row of texts. */
export type LifeCase = Readonly<{ write: SceneName; answer: AnswerName; effect: Effect; follow: Follow }>;

/** Pairwise: every pair of a write, an answer, an effect and what follows that can be. */
export function lifeCases(): LifeCase[] {
  return pairwise(everyCase());
}

function everyCase(): LifeCase[] {
  return keysOf(SCENES).flatMap((write) =>
    keysOf(ANSWERS).flatMap((answer) =>
      EFFECTS.filter((effect) => canBe(write, answer, effect)).flatMap((effect) =>
        SCENES[write].follows.map((follow) => ({ write, answer, effect, follow })),
      ),
    ),
  );
}

/** An accepting answer may be untrue only where the scene has one that shows what still stands. */
function canBe(write: SceneName, answer: AnswerName, effect: Effect): boolean {
  const { verdict } = ANSWERS[answer];
  return (
    EFFECTS_OF[verdict].includes(effect) || (verdict === 'done' && sceneOf(write).accepted !== undefined)
  );
}

export function nameOf({ write, answer, effect, follow }: LifeCase): string {
  return `${write}: ${answer}, effect ${effect}, then ${follow}`;
}

export function verdictOf({ answer }: LifeCase): Verdict {
  return ANSWERS[answer].verdict;
}

/** What is laid over the write; null where the stand-in answers by itself as the case has it. */
export function faultOf(one: LifeCase, accepted: FaultAnswer | null): Fault | null {
  const { write, effect } = one;
  const { says, verdict }: Answer = ANSWERS[one.answer];
  if (verdict === 'done' && effect === 'before') return null;
  const { vendor, refusal } = SCENES[write];
  const own = verdict === 'done' ? accepted : refusal;
  const answer = (typeof says === 'function' ? says(vendor) : says) ?? own;
  if (answer === null) throw new Error(`${write} has no answer that is ${verdict}`);
  return { ...when(effect, answer), answer };
}

/** The stand-in counts a late effect from the call; we from the answer, which a timeout has none of. */
function when(effect: Effect, answer: FaultAnswer): Fault {
  if (effect === 'none') return { when: 'before' };
  if (effect === 'before') return { when: 'after' };
  const answeredMs = answer === 'timeout' ? CALL_TIMEOUT_MS : 0;
  return { when: 'late', delayMs: answeredMs + (effect === 'late' ? LATE_MS : SOON_MS) };
}

function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table) as K[]; // the tables here have no other keys than their types say
}
