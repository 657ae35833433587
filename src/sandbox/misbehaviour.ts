import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, InjectOptions } from 'fastify';
import type { CallRule, Faults, WaitedFor } from './faults';
import { retryAfter } from './http-date';

/** One call that a sandbox got, without its body. */
export interface LoggedCall {
  method: string;
  path: string;
  /** Null until the call is answered; it stays null when the client left or the socket was destroyed. */
  status: number | null;
  at: string;
  /** The `when` of the rule that spoiled the call; null for a call that was served plainly. */
  fault: CallRule['when'] | null;
  /** When a spoiled call took effect; null until then, and for good when it has no effect. */
  effectAt: string | null;
}

/** The calls that a sandbox has got so far. */
export interface CallLog {
  /** Oldest first. */
  calls: LoggedCall[];
  /** Forgets the calls and drops the effects that are still to come: they belong to the state before a reset. */
  forget(): void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it is the effect of an earlier call that was already let in: its token may have expired since. */
    isInward: boolean;
  }
}

const CALLS_KEPT = 500;
const CONTROL_PREFIX = '/_sandbox';
const HOP_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect']);

/**
 * Records every call that is not a control, and lets the fault rules spoil it. A spoiled call that takes effect runs
 * through the app a second time, inwardly, so that the handlers need not know about faults. Late effects that are
 * still to come are lost when the sandbox closes or is reset.
 */
export function misbehave(app: FastifyInstance, faults: Faults): CallLog {
  const calls: LoggedCall[] = [];
  const entries = new WeakMap<FastifyRequest, LoggedCall>();
  const inward = { header: 'x-sandbox-inward', token: randomUUID() };
  const timers = new Set<NodeJS.Timeout>();

  app.decorateRequest('isInward', false);
  app.addHook('onRequest', async (request) => {
    request.isInward = request.headers[inward.header] === inward.token;
    if (isControl(request) || request.isInward) return;
    const entry: LoggedCall = {
      ...{ method: request.method, path: pathOf(request), at: now() },
      ...{ status: null, fault: null, effectAt: null },
    };
    entries.set(request, entry);
    calls.push(entry);
    if (calls.length > CALLS_KEPT) calls.shift();
  });

  app.addHook('preHandler', async (request, reply) => {
    const entry = entries.get(request);
    const rule = entry && faults.forCall(request.method, entry.path);
    if (!rule) return;
    entry.fault = rule.when;
    const effect = async (): Promise<Answer> => {
      const answer = await runInwardly(app, request, inward);
      entry.effectAt = now();
      return answer;
    };
    const answer = await spoiledAnswer(
      rule,
      effect,
      (later, inMs) => void timers.add(setTimeout(later, inMs)),
    );
    return give(reply, answer);
  });

  app.addHook('onSend', async (request, reply) => {
    const entry = entries.get(request);
    if (entry) entry.status = reply.statusCode;
  });

  const forget = (): void => {
    timers.forEach((timer) => clearTimeout(timer));
    timers.clear();
    calls.length = 0;
  };
  app.addHook('onClose', async () => forget());
  return { calls, forget };
}

type Answer =
  'timeout' | 'reset' | { status: number; headers: Record<string, string>; body: string | Buffer };

async function spoiledAnswer(
  rule: CallRule,
  effect: () => Promise<Answer>,
  later: (run: () => void, inMs: number) => void,
): Promise<Answer> {
  if (rule.when === 'late') {
    later(() => void effect(), rule.delayMs);
    return rule.answer === undefined ? 'timeout' : toAnswer(rule.answer);
  }
  const served = rule.when === 'after' || rule.answer === undefined;
  if (rule.when === 'before') await pause(rule.delayMs);
  const truth = served ? await effect() : null;
  if (rule.when === 'after') await pause(rule.delayMs);
  return rule.answer === undefined && truth !== null ? truth : toAnswer(rule.answer ?? 'timeout');
}

function toAnswer(answer: NonNullable<CallRule['answer']>): Answer {
  if (answer === 'garbage') return { status: 200, headers: JSON_TYPE, body: '{"id": "7dc2a1b8-' };
  if (typeof answer === 'string') return answer;
  const { status, body } = answer;
  const headers = { ...retryHeader(answer.retryAfter), ...answer.headers };
  if (answer.bytes !== undefined)
    return { status, headers: { ...JSON_TYPE, ...headers }, body: Buffer.from(answer.bytes, 'base64') };
  return typeof body === 'string'
    ? { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body }
    : { status, headers: { ...JSON_TYPE, ...headers }, body: body === undefined ? '' : JSON.stringify(body) };
}

function retryHeader(wait: WaitedFor | undefined): Record<string, string> {
  return wait === undefined ? {} : { 'retry-after': retryAfter(wait.as, wait.inMs, Date.now()) };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function give(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer === 'timeout') return reply.hijack();
  if (answer === 'reset') {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

async function runInwardly(
  app: FastifyInstance,
  request: FastifyRequest,
  inward: { header: string; token: string },
): Promise<Answer> {
  const kept = Object.entries(request.headers).filter(([name]) => !HOP_HEADERS.has(name));
  const options: InjectOptions = {
    method: request.method, // a method that has reached a route is one of inject's
    url: request.url,
    headers: { ...Object.fromEntries(kept), [inward.header]: inward.token },
    ...(request.rawBody === null ? {} : { payload: request.rawBody }),
  };
  const answer = await app.inject(options);
  const type = answer.headers['content-type'];
  return {
    status: answer.statusCode,
    headers: type === undefined ? {} : { 'content-type': String(type) },
    body: answer.body,
  };
}

/** Returns true when a call is one of the sandbox's own controls. */
export function isControl(request: FastifyRequest): boolean {
  return request.url.startsWith(CONTROL_PREFIX);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function now(): string {
  return new Date().toISOString();
}
