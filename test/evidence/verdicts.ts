import { Failure } from '../../src/booking/failures';
import {
  expectedOf,
  SENTENCES,
  WRITES,
  type AnswerFacts,
  type Expected,
  type Form,
  type Sentence,
  type SentenceName,
  type WriteName,
} from './expected-verdicts';
import type { Counts, Report } from './part';
import { answerOf, ownFormsOf, startInDays, strangeForms, type Answer, type Stage } from './verdicts/answers';
import { vendorDouble, vendorInMemory, type Played, type VendorDouble } from './verdicts/double';
import { made, type Seen } from './verdicts/writes';

/**
 * *Verdicts*: every write of every provider × every status from 200 to 599, worded and unworded, and what is no answer at
 * all, held against a table written from the documents. At the activities, with the real adapters, over real sockets or a part of
 * them without.
 */

interface Case {
  name: string;
  write: WriteName;
  answer: (stage: Stage) => Answer;
  expected: Expected;
  after: 'standing' | 'ended';
  surfaces: boolean;
  /** Whether it is about what a connection does, or fetch by itself with an answer. */
  needsSocket: boolean;
}

/** Cases at work at the same time. */
const AT_ONCE = 24;
/** One call's time limit, in ms: long beside a busy machine. */
const CALL_TIMEOUT_MS = 20_000;
/** The same where no answer comes. */
const SHORT_TIMEOUT_MS = 3_000;

/** Statuses that documents or rules speak of: they are played with every body, the others with some by turns. */
const SPOKEN_OF: readonly number[] = [
  ...[200, 201, 202, 204, 301, 302, 307, 400, 401, 403, 404, 407, 408, 409, 410, 421, 422, 425, 429, 499],
  ...[500, 502, 503, 504],
];

/** Statuses with which fetch does something of its own: it may ask again, or gives none of a proxy's that wants a password. */
const OF_FETCH: readonly number[] = [401, 407, 421];

/** Every so many statuses it is the turn of success, and half-way between of what strangers answer. */
const TURNS = 8;

export interface VerdictsOptions {
  /** Told each part's count when it is through. */
  report?: Report;
  /** Every so many cases go over a real socket, the others through a stand-in for fetch; each when it is not said. */
  socketsEvery?: number;
}

/** Plays all of it. What a connection does is played over sockets always. */
export async function play({
  report = () => undefined,
  socketsEvery = 1,
}: VerdictsOptions = {}): Promise<Counts> {
  const outcome: Counts = { cases: 0, held: 0, broken: [] };
  const cases = WRITES.flatMap(casesOf);
  const overSockets = cases.filter((one, index) => one.needsSocket || index % socketsEvery === 0);
  const others = cases.filter((one) => !overSockets.includes(one));
  const playThese = async (double: VendorDouble, chosen: Case[], timeoutMs: number): Promise<void> => {
    for (const write of WRITES) {
      const before = { ...outcome };
      await playAll(
        double,
        chosen.filter((one) => one.write === write),
        timeoutMs,
        outcome,
      );
      report(`${write}: ${outcome.held - before.held} of ${outcome.cases - before.cases}`);
    }
  };
  await withDouble(await vendorDouble(), async (double) => {
    await playThese(double, overSockets, CALL_TIMEOUT_MS);
    await playAll(
      double,
      WRITES.map((write) => cutCase(write, 'silence')),
      SHORT_TIMEOUT_MS,
      outcome,
    );
  });
  await withDouble(vendorInMemory(), (double) => playThese(double, others, CALL_TIMEOUT_MS));
  await Promise.all(WRITES.map((write) => playUnsent(write, outcome)));
  return outcome;
}

async function withDouble(double: VendorDouble, run: (double: VendorDouble) => Promise<void>): Promise<void> {
  try {
    await run(double);
  } finally {
    await double.close();
  }
}

async function playAll(double: VendorDouble, cases: Case[], timeoutMs: number, into: Counts): Promise<void> {
  const waiting = [...cases];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const stage = nextStage();
      const letGo = double.play(playedOf(next, stage));
      const circumstances = {
        ...{ baseUrl: double.url, transport: double.transport },
        ...{ callTimeoutMs: timeoutMs, fence: openFence },
      };
      const seen = await made(next.write, stage, circumstances);
      judge(into, next, seen, letGo());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Lets every write through. */
const openFence = (): Promise<void> => Promise.resolve();

function playedOf({ write, answer, after, surfaces }: Case, stage: Stage): Played {
  return { ...stage, write, answer: answer(stage), after, surfaces };
}

/** What never went out: a write that was given up, and one whose connection is refused. */
async function playUnsent(write: WriteName, into: Counts): Promise<void> {
  const unsent = { ...caseOf(write, GIVEN_UP), answer: () => 'reset' as const };
  const expected: Expected = { verdict: 'no_effect' };
  const ways: [string, (double: VendorDouble) => () => Promise<void>][] = [
    [
      'given up before it was sent',
      () => () => Promise.reject(new Failure('provider_unavailable', { sent: 'no' })),
    ],
    ['its connection is refused', (double) => () => double.refuse()],
  ];
  for (const [name, fenceOf] of ways) {
    const double = await vendorDouble({ keepsAlive: false });
    const stage = nextStage();
    const letGo = double.play(playedOf(unsent, stage));
    const circumstances = { baseUrl: double.url, callTimeoutMs: CALL_TIMEOUT_MS, fence: fenceOf(double) };
    const seen = await made(write, stage, circumstances);
    judge(into, { ...unsent, name: `${write}: ${name}`, expected }, seen, letGo(), 0);
    await double.close();
  }
}

const GIVEN_UP: AnswerFacts = { status: 200, form: 'empty', sentence: null, after: 'standing' };

/** Counts a case, and says what is wrong with it. A write goes out once; at Oliver once more after a new sign-in. */
function judge(into: Counts, played: Case, seen: Seen, sent: number, sends = sendsOf(played)): void {
  const { name, expected } = played;
  into.cases += 1;
  const isCode = expected.code === undefined || seen.code === expected.code;
  const isRight = seen.verdict === expected.verdict && isCode && sent === sends;
  if (isRight) return void (into.held += 1);
  const wanted = [expected.verdict, expected.code].filter(Boolean).join(' ');
  const got = [seen.verdict, seen.code].filter(Boolean).join(' ');
  const times = sent === sends ? '' : `; sent ${sent} times instead of ${sends}`;
  into.broken.push({ name, why: `expected ${wanted}, got ${got} (${seen.words.slice(0, 120)})${times}` });
}

function sendsOf({ write, name, expected }: Case): number {
  const signsInAnew = write.startsWith('oliver/') && expected.code === 'credentials_rejected';
  return signsInAnew && name.includes(' 401 ') ? 2 : 1;
}

/** All answers with a status, and those that are cut off. */
function casesOf(write: WriteName): Case[] {
  const statuses = Array.from({ length: 400 }, (_, n) => 200 + n);
  return [
    ...statuses.flatMap((status) =>
      bodiesOf(write, status).map((body) => caseOf(write, { status, ...body })),
    ),
    ...sentencesOf(write),
    ...endedOf(write),
    ...surfacingOf(write),
    cutCase(write, 'reset'),
    cutCase(write, 'half'),
  ];
}

type Body = Omit<AnswerFacts, 'status'>;

/** Writes whose answer shows something that was there before. */
const CHANGES = /cancel|reschedule/;

/**
 * Both vendors' errors, worded and unworded, for every status; success, and what strangers answer, by turns. All of it for
 * a status that is spoken of.
 */
function bodiesOf(write: WriteName, status: number): Body[] {
  const isSpokenOf = SPOKEN_OF.includes(status);
  const isTurn = (n: number): boolean => isSpokenOf || status % TURNS === n;
  const chosen = (forms: Form[], turn: number): Form[] =>
    isSpokenOf ? forms : forms.filter((_, n) => n === turn % forms.length);
  const sentence = sentenceOf(write);
  const success: Form[] = CHANGES.test(write) ? ['good', 'unchanged'] : ['good'];
  const own = chosen(ownFormsOf(write), status);
  const bodies: Omit<Body, 'after'>[] = [
    ...(isTurn(0) ? success.map((form) => ({ form, sentence: null })) : []),
    ...(sentence === null ? [] : own.map((form) => ({ form, sentence }))),
    ...own.map((form) => ({ form, sentence: null })),
    ...(isTurn(4)
      ? chosen(strangeForms(), Math.floor(status / TURNS)).map((form) => ({ form, sentence }))
      : []),
  ];
  return bodies.map((body) => ({ ...body, after: 'standing' }));
}

/** A sentence that answers this write; null where the vendor documents none. */
function sentenceOf(write: WriteName): SentenceName | null {
  return SENTENCE_NAMES.find((name) => answers(name, write)) ?? null;
}

/** Statuses that no sentence comes with, to be played with each. */
const OTHER_STATUSES = [409, 500] as const;

/**
 * Each sentence that answers this write, with the statuses that any sentence comes with and others, in each form; and those
 * that answer another write.
 */
function sentencesOf(write: WriteName): Case[] {
  if (write.startsWith('oliver/')) return [];
  const forms: Form[] = [...ownFormsOf(write), 'text', 'html'];
  return SENTENCE_NAMES.flatMap((sentence) => {
    const own = answers(sentence, write);
    const statuses = own ? [400, 404, 503, ...OTHER_STATUSES] : [400, 404];
    return statuses
      .filter((status) => !isOpen(sentence, write, status))
      .flatMap((status) =>
        (own ? forms : forms.slice(0, 1)).map((form) =>
          caseOf(write, { status, form, sentence, after: 'standing' }),
        ),
      );
  });
}

/** Whether the documents leave open if a sentence answers a write with this status: then nothing is expected of it. */
function isOpen(name: SentenceName, write: WriteName, status: number): boolean {
  const { open = [], statuses }: Sentence = SENTENCES[name];
  return open.includes(write) && !(answers(name, write) && (statuses.includes(status) || isOther(status)));
}

function isOther(status: number): boolean {
  return OTHER_STATUSES.some((one) => one === status);
}

function answers(name: SentenceName, write: WriteName): boolean {
  const { answers: writes }: Sentence = SENTENCES[name];
  return writes.includes(write);
}

const SENTENCE_NAMES = Object.keys(SENTENCES).filter((name): name is SentenceName => name in SENTENCES);

/** Cancellations after which the provider shows that it ended. */
function endedOf(write: WriteName): Case[] {
  if (!/^(home|site)\/cancel/.test(write)) return [];
  const refusals = SENTENCE_NAMES.filter((name) => answers(name, write) && 'read' in SENTENCES[name].means);
  const facts: AnswerFacts[] = [
    ...[200, 201, 202].map((status) => ({ status, form: 'good', sentence: null, after: 'ended' }) as const),
    ...refusals.flatMap((sentence) =>
      ownFormsOf(write).map((form) => ({ status: 400, form, sentence, after: 'ended' }) as const),
    ),
  ];
  return facts.map((one) => caseOf(write, one));
}

/** Refusals after which what they refused shows all the same, and a replayed success that nothing shows. */
function surfacingOf(write: WriteName): Case[] {
  const refusal = { status: 400, form: 'envelope', sentence: null, after: 'standing' } as const;
  const success = { status: 200, form: 'good', sentence: null, after: 'standing' } as const;
  const unknown: Expected = { verdict: 'unknown' };
  if (write === 'oliver/create_appointment')
    return [
      {
        ...caseOf(write, refusal),
        name: `${write}: refused, and it shows`,
        surfaces: true,
        expected: unknown,
      },
    ];
  if (write === 'site/book_with_key')
    return [
      {
        ...caseOf(write, success),
        name: `${write}: 200, and nothing shows`,
        surfaces: false,
        expected: unknown,
      },
    ];
  return [];
}

function cutCase(write: WriteName, cut: 'silence' | 'reset' | 'half'): Case {
  const expected: Expected = { verdict: 'unknown' };
  const name = `${write}: ${cut}`;
  return { name, write, answer: () => cut, expected, after: 'standing', surfaces: false, needsSocket: true };
}

function caseOf(write: WriteName, facts: AnswerFacts): Case {
  const { status, form, sentence, after } = facts;
  const name = [`${write}: ${status} ${form}`, sentence, after === 'ended' && 'and it has ended'];
  return {
    name: name.filter(Boolean).join(' '),
    write,
    answer: (stage) => answerOf(write, stage, facts),
    expected: expectedOf(write, facts),
    after,
    // A key's success may be a replay, so it is read after: what it names is there.
    surfaces: write === 'site/book_with_key' && form === 'good' && status < 300,
    needsSocket: OF_FETCH.includes(status),
  };
}

let stages = 0;

/** Ids of a case of its own. */
function nextStage(): Stage {
  stages += 1;
  const tail = stages.toString(16).padStart(12, '0');
  const bookingId = `b${tail}`;
  return {
    orderId: `413d7205-f8a9-42ed-aa4a-${tail}`,
    userId: `202b2c2f-fb4c-44dc-a4f8-${tail}`,
    bookingId,
    ref: `${bookingId}.m1/book/1`,
    startsAt: START,
  };
}

const START = startInDays(5);
