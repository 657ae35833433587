import { asyncLocalStorage } from '@temporalio/activity';
import type { Chance } from '../chance';
import { owner, whenAwake, type Mortal, type VirtualTime } from '../time';
import type { FaultBook, Rule } from './faults';
import type { InMemoryProvider, PlainAnswer, PlainRequest } from './sandboxes';

/**
 * A stand-in for fetch: requests take their time to the provider and back, and a fault may spoil them on the way. A request
 * that was sent arrives whatever becomes of its sender; what its sender does not live to hear, nobody hears.
 */
export interface Network {
  fetch: typeof fetch;
  /** Requests that are at a provider, or on their way back. */
  inFlight(): number;
}

export interface NetworkOptions {
  time: VirtualTime;
  chance: Chance;
  providers: readonly InMemoryProvider[];
  faults: FaultBook;
  /** Takes the providers' news. */
  hearNews(body: string): void;
  newsUrl: string;
  longestWayMs?: number;
  /** Told of everything that may have changed a provider. */
  touched(effect: Effect): void;
  /** Told of every request that leaves, whether or not it arrives and is answered. */
  sent?(sent: Sent): void;
}

/** A request that left. */
export type Sent = Pick<Effect, 'by' | 'method' | 'path'>;

/** A call that took effect at a provider, or may have. */
export interface Effect {
  /** The workflow on whose behalf it was made, and since when the attempt that made it ran; null for anybody else. */
  by: Caller | null;
  method: string;
  /** Without its query. */
  path: string;
  body: string;
  status: number;
  answer: string;
}

export interface Caller {
  workflowId: string;
  sinceMs: number;
}

/** What a provider is about to do is not its caller's, and does not die with it. */
const PROVIDER: Mortal = { dead: false };

const WAY_MS = { least: 1, most: 20 };

export function createNetwork(options: NetworkOptions): Network {
  let inFlight = 0;
  const wayMs = (): number => options.chance.between(WAY_MS.least, options.longestWayMs ?? WAY_MS.most);
  const exchange = async (
    url: URL,
    request: PlainRequest,
    by: Caller | null,
  ): Promise<PlainAnswer | 'timeout' | Error> => {
    const provider = options.providers.find((one) => one.url === url.origin);
    if (!provider) return refused();
    const rule = options.faults.take(request.method, url.pathname);
    if (rule?.answer === 'refused') return refused();
    options.sent?.({ by, method: request.method, path: url.pathname });
    await options.time.sleep(wayMs());
    const answer = await spoiled(options, rule, () => effectOf(options, provider, request, by));
    await options.time.sleep(wayMs());
    return answer;
  };
  return {
    inFlight: () => inFlight,
    fetch: async (input, init) => {
      const { url, plain, signal } = await partsOf(input, init);
      signal?.throwIfAborted();
      if (url.href === options.newsUrl) {
        options.hearNews(plain.body);
        return new Response('{}');
      }
      inFlight += 1;
      const by = caller();
      const exchanged = owner.run(PROVIDER, () => exchange(url, plain, by)).finally(() => (inFlight -= 1));
      return unlessGone(options.time, exchanged, signal ?? null);
    },
  };
}

/** The answer, as its sender hears it: never once it is dead, the signal's reason once that aborts. */
function unlessGone(
  time: VirtualTime,
  exchanged: Promise<PlainAnswer | 'timeout' | Error>,
  signal: AbortSignal | null,
) {
  const mortal = owner.getStore();
  return new Promise<Response>((resolve, reject) => {
    const abort = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal?.addEventListener('abort', abort, { once: true });
    exchanged.then(
      (answer) =>
        whenAwake(time, mortal, () => {
          if (answer === 'timeout') return;
          signal?.removeEventListener('abort', abort);
          if (answer instanceof Error) reject(answer);
          else resolve(responseOf(answer));
        }),
      reject,
    );
  });
}

async function effectOf(
  { touched }: NetworkOptions,
  provider: InMemoryProvider,
  request: PlainRequest,
  by: Caller | null,
): Promise<PlainAnswer | Error> {
  const answer = await provider.ask(request);
  if (request.method !== 'GET') touched(effectSeen(request, answer, by));
  return answer === 'reset' ? broken('read', 'ECONNRESET') : answer;
}

function effectSeen(
  { method, path, body }: PlainRequest,
  answer: PlainAnswer | 'reset',
  by: Caller | null,
): Effect {
  const seen =
    answer === 'reset' ? { status: 0, answer: '' } : { status: answer.status, answer: String(answer.body) };
  return { by, method, path: path.split('?', 1)[0] ?? path, body, ...seen };
}

/** The activity that calls, if one does. */
function caller(): Caller | null {
  const { workflowExecution, currentAttemptScheduledTimestampMs: sinceMs } =
    asyncLocalStorage.getStore()?.info ?? {};
  return workflowExecution && sinceMs !== undefined
    ? { workflowId: workflowExecution.workflowId, sinceMs }
    : null;
}

async function spoiled(
  { time }: NetworkOptions,
  rule: Rule | null,
  effect: () => Promise<PlainAnswer | Error>,
): Promise<PlainAnswer | 'timeout' | Error> {
  if (!rule) return effect();
  const { when = 'before', answer, delayMs = 0 } = rule;
  if (when === 'late') {
    time.after(delayMs, () => void effect());
    return answerOf(answer ?? 'timeout');
  }
  if (when === 'before') await time.sleep(delayMs);
  const truth = when === 'after' || answer === undefined ? await effect() : null;
  if (when === 'after') await time.sleep(delayMs);
  return answer === undefined && truth ? truth : answerOf(answer ?? 'timeout');
}

function answerOf(answer: NonNullable<Rule['answer']>): PlainAnswer | 'timeout' | Error {
  if (answer === 'timeout') return 'timeout';
  if (answer === 'refused') return refused();
  if (answer === 'reset') return broken('read', 'ECONNRESET');
  if (answer === 'garbage')
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"id": "7dc2a1b8-' };
  const { status, headers = {}, body } = answer;
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body ?? null) };
}

function refused(): Error {
  return broken('connect', 'ECONNREFUSED');
}

/** As fetch tells of a connection that failed. */
function broken(syscall: string, code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code, syscall }) });
}

function responseOf({ status, headers, body }: PlainAnswer): Response {
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? body : null, { status, headers });
}

async function partsOf(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
): Promise<{ url: URL; plain: PlainRequest; signal: AbortSignal | null | undefined }> {
  const request = input instanceof Request ? input : new Request(input, init);
  const url = new URL(request.url);
  const headers = Object.fromEntries(request.headers);
  delete headers['content-length'];
  const body = request.method === 'GET' ? '' : await request.text();
  return {
    url,
    plain: { method: request.method, path: url.pathname + url.search, headers, body },
    signal: init?.signal,
  };
}
