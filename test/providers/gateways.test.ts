import { z } from 'zod';
import { Failure } from '../../src/booking/failures';
import { DIALECTS, ENDPOINTS as JUNCTION, type Operation } from '../../src/providers/junction/operations';
import { replyOf as junctionReply } from '../../src/providers/junction/session';
import {
  ENDPOINTS as OLIVER,
  type Operation as OliverOperation,
} from '../../src/providers/oliver/operations';
import { replyOf as oliverReply } from '../../src/providers/oliver/session';
import type { HttpAnswer } from '../../src/providers/http';

/** What gateways answer in a vendor's place, for every operation of both adapters: a read is tried again, a write is unknown. */

const OF_GATEWAYS = [
  ...[407, 408, 420, 421, 425, 430, 440, 444, 449, 460, 463, 464, 494, 495, 496, 497, 498, 499],
  ...[500, 502, 504, 507, 509, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 561, 598, 599],
];

/** Statuses that a vendor answers with too: a page is a gateway's all the same. */
const OF_BOTH = [400, 401, 402, 403, 404, 405, 409, 410, 413, 422, 451];

const PAGE = '<!doctype html><html><body>Request blocked</body></html>';
const BODIES: [string, unknown][] = [
  ['nothing', null],
  ['words', 'Request Timeout'],
  ['a page', PAGE],
  ['JSON of its own', { message: 'Endpoint request timed out' }],
];

type Ask = (answer: HttpAnswer) => unknown;
const OPERATIONS: [string, 'read' | 'write', Ask][] = [
  ...Object.entries(JUNCTION).map(([name, { effect }]): [string, 'read' | 'write', Ask] => [
    `junction ${name}`,
    effect,
    // Object.entries forgets what the keys are.
    (answer) => junctionReply({ dialect: DIALECTS['junction-psc'] }, name as Operation, z.never(), answer),
  ]),
  ...Object.entries(OLIVER).map(([name, { effect }]): [string, 'read' | 'write', Ask] => [
    `oliver ${name}`,
    effect,
    (answer) => oliverReply(name as OliverOperation, z.never(), answer),
  ]),
];

/** The code that an answer comes to. */
function codeOf(ask: Ask, status: number, body: unknown): string {
  const isReadable = body === null || typeof body === 'object';
  try {
    return `answered ${JSON.stringify(ask({ status, body, isReadable, retryAfterMs: 7_000 }))}`;
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    return err.facts.isRefusal ? `${err.code}, a refusal` : err.code;
  }
}

test('both adapters have operations of both kinds', () => {
  const kinds = OPERATIONS.map(([name, effect]) => `${name.split(' ')[0]} ${effect}`);
  expect(new Set(kinds)).toEqual(new Set(['junction read', 'junction write', 'oliver read', 'oliver write']));
});

describe.each(OPERATIONS)('%s, a %s,', (_name, effect, ask) => {
  const expected = effect === 'read' ? 'provider_unavailable' : 'outcome_unknown';

  test.each(BODIES)('is not taken for refused by a gateway’s status with %s', (_what, body) => {
    for (const status of OF_GATEWAYS) expect([status, codeOf(ask, status, body)]).toEqual([status, expected]);
  });

  test('is not taken for refused by a page, whatever its status', () => {
    for (const status of OF_BOTH) expect([status, codeOf(ask, status, PAGE)]).toEqual([status, expected]);
  });

  test('is not taken for answered by bytes that are no text, whatever their status', () => {
    for (const status of [200, 201, ...OF_BOTH, 408]) {
      const illegible = 'a body that is not valid utf-8';
      expect(() => ask({ status, body: null, isReadable: false, illegible })).toThrow(
        expect.objectContaining({
          code: expected,
          facts: expect.objectContaining({ said: `HTTP ${status}: ${illegible}` }),
        }),
      );
    }
  });
});

test.each([
  ['a foreign body', { message: 'no route matched' }, 'unexpected_answer'],
  ['words of nobody', '404 page not found', 'unexpected_answer'],
  ['nothing at all', null, 'provider_unavailable'],
])('no client is taken for unknown by a 404 with %s', (_what, body, code) => {
  expect(codeOf((answer) => oliverReply('read_client', z.never(), answer), 404, body)).toBe(code);
});
