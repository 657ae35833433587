import { randomUUID } from 'node:crypto';
import type autocannon from 'autocannon';
import { TASK_QUEUE, WORKFLOW_TYPE } from '../../src/booking/names';
import type { Ground } from '../ground';
import type { Book } from '../load';
import { percentile } from '../measure/statistics';
import { CALLER, requestAt } from '../request';

/** How our API is called, and how Temporal is without it. */

const HEADERS = { authorization: `Bearer ${CALLER.secret}`, 'content-type': 'application/json' };

/** One start through the API. */
export function postBooking(url: string): Book {
  const body = JSON.stringify(requestAt('prompt'));
  return async () => {
    const answer = await fetch(`${url}/v1/bookings`, { method: 'POST', headers: HEADERS, body });
    const text = await answer.text();
    if (answer.status !== 202) throw new Error(`A start was answered ${answer.status}: ${text}`);
    return null;
  };
}

/** One start of the same workflow with the same encrypted request by a Temporal client, and nothing more. */
export function bareStart({ own }: Pick<Ground, 'own'>): Book {
  return async () => {
    await own.workflow.start(WORKFLOW_TYPE.booking, {
      workflowId: `booking:bare-${randomUUID()}`,
      taskQueue: TASK_QUEUE.bookings,
      args: [requestAt('prompt')],
    });
    return null;
  };
}

/** What many connections got out of the API. */
export interface Busy {
  answers: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export interface Asked {
  connections: number;
  forMs: number;
}

/** As many starts as so many connections are answered. */
export function postsAtOnce(url: string, asked: Asked): Promise<Busy> {
  const body = JSON.stringify(requestAt('prompt'));
  return fire(asked, { url: `${url}/v1/bookings`, method: 'POST', body });
}

/** As many reads of these paths, in turn. */
export function readsAtOnce(url: string, paths: readonly string[], asked: Asked): Promise<Busy> {
  return fire(asked, { url, requests: paths.map((path) => ({ method: 'GET', path })) });
}

/** Its own percentiles are whole ms: each answer's time is taken instead. Rejects when an answer is not 2xx. */
async function fire({ connections, forMs }: Asked, what: autocannon.Options): Promise<Busy> {
  const latenciesMs: number[] = [];
  const { default: cannon } = await import('autocannon'); // no other measurement loads it
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { headers: HEADERS, connections, duration: forMs / 1_000, ...what };
    const instance = cannon(options, (err, done) => {
      if (err) reject(err);
      else resolve(done);
    });
    instance.on('response', (_client, _status, _bytes, ms) => latenciesMs.push(ms));
  });
  const failed = result.non2xx + result.errors;
  if (failed > 0) throw new Error(`${failed} of ${latenciesMs.length} calls of ${what.url} failed.`);
  return {
    answers: latenciesMs.length,
    perSecond: latenciesMs.length / result.duration,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  };
}
