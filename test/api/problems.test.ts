import { ApplicationFailure } from '@temporalio/common';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { FAILURES, Failure, type FailureCode } from '../../src/booking/failures';
import { problemOf, problemSchema } from '../../src/api/problems';
import type { BookingClient } from '../../src/client/booking-client';
import { AUTH, scriptedClient, testApi } from '../support/api';
import { placedRequest } from '../support/stand-in';

const JSON_TYPE = { 'content-type': 'application/json' };
const PATIENT = 'Ana-Reyes';

async function answerOf(options: InjectOptions, client: Partial<BookingClient> = {}) {
  const { app, lines } = await testApi(scriptedClient(client));
  const answer = await app.inject(options);
  await app.close();
  return { answer, lines };
}

function problem(answer: LightMyRequestResponse) {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  return problemSchema.strict().parse(answer.json());
}

const refusing = (code: FailureCode, facts = {}): Partial<BookingClient> => ({
  get: () => Promise.reject(new Failure(code, facts)),
  start: () => Promise.reject(new Failure(code, facts)),
});
const post = (payload: string, headers: object = JSON_TYPE): InjectOptions => ({
  method: 'POST',
  url: '/v1/bookings',
  headers: { ...AUTH, ...headers },
  payload,
});
const get = (url: string, headers: object = AUTH): InjectOptions => ({
  method: 'GET',
  url,
  headers: { ...headers },
});

describe('what the app refuses by itself', () => {
  it.each<[string, InjectOptions, FailureCode]>([
    ['a body that is no JSON', post(`{"name": "${PATIENT}"`), 'malformed_json'],
    ['an empty body', post(''), 'malformed_json'],
    ['a body that would change prototypes', post('{"__proto__": {"x": 1}}'), 'malformed_json'],
    ['a body of another type', post('<a/>', { 'content-type': 'text/xml' }), 'unsupported_media_type'],
    ['a body that is too large', post(JSON.stringify('x'.repeat(1_100_000))), 'payload_too_large'],
    ['no key', get('/v1/bookings/x', {}), 'unauthorized'],
    ['a wrong key', get('/v1/bookings/x', { authorization: 'Bearer a-secret-of-nobody' }), 'unauthorized'],
    ['a key in another scheme', get('/v1/bookings/x', { authorization: `Basic ${PATIENT}` }), 'unauthorized'],
    ['an unknown route', get('/v2/bookings'), 'route_not_found'],
    ['another method', { method: 'DELETE', url: '/v1/bookings/x', headers: AUTH }, 'route_not_found'],
    ['an address that cannot be read', get('/v1/bookings/%zz'), 'route_not_found'],
    ['an id of any length', get(`/v1/bookings/${'x'.repeat(300)}`), 'route_not_found'],
    ['a filter that is none', get('/v1/bookings?patient=x'), 'invalid_request'],
    ['a page that is too large', get('/v1/bookings?pageSize=5000'), 'invalid_request'],
    [
      'a key that is too long',
      post('{}', { ...JSON_TYPE, 'idempotency-key': 'x'.repeat(256) }),
      'invalid_request',
    ],
  ])('%s', async (_name, options, code) => {
    const { answer, lines } = await answerOf(options);
    const said = problem(answer);
    expect(said).toMatchObject({
      code,
      status: FAILURES[code].status,
      type: `urn:booking-saga:problem:${code}`,
    });
    expect(answer.statusCode).toBe(FAILURES[code].status);
    expect(`${answer.body}${lines.join('')}`).not.toContain(PATIENT);
  });

  it('says how to authenticate', async () => {
    const { answer } = await answerOf(get('/v1/bookings/x', {}));
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it.each<[string, string, string, object]>([
    ['/v1/bookings/x/cancel', 'order', 'order', { order: 'burn' }],
    ['/v1/bookings/x/cancel', 'an unknown field', 'body', { why: 'x' }],
    ['/v1/bookings/x/resolve', 'choice', 'choice', { choice: 'shrug', why: 'x' }],
    ['/v1/bookings/x/resolve', 'why', 'why', { choice: 'end', why: '' }],
    [
      '/v1/bookings/x/reschedule',
      'windows',
      'windows.0.from',
      { windows: [{ from: 'x', to: '2026-12-07' }] },
    ],
  ])('%s with a wrong %s names the field', async (url, _name, field, payload) => {
    const { answer } = await answerOf({ method: 'POST', url, headers: AUTH, payload });
    expect(problem(answer)).toMatchObject({ code: 'invalid_request', errors: [{ field }] });
  });
});

describe('what the client throws', () => {
  it.each(Object.keys(FAILURES) as FailureCode[])('%s has the status of its row', async (code) => {
    const { answer } = await answerOf(get('/v1/bookings/x'), refusing(code));
    expect(answer.statusCode).toBe(FAILURES[code].status);
    expect(problem(answer)).toMatchObject({ code, title: FAILURES[code].text });
  });

  it('names every field that is wrong, and never its value', async () => {
    const body = placedRequest({
      reference: PATIENT + ' 1984',
      windows: [{ from: '2020-01-06', to: '2020-01-07' }],
    });
    const { answer } = await answerOf(post(JSON.stringify(body)), refusing('invalid_request'));
    const fields = problem(answer).errors?.map(({ field }) => field) ?? [];
    expect(fields).toContain('reference');
    expect(fields.some((field) => field.startsWith('windows.0'))).toBe(true);
    expect(answer.body).not.toContain(PATIENT);
  });

  it('names the booking that uses an order', () => {
    const said = problemOf(new Failure('order_in_use', { field: 'order.id', hint: 'abc' }));
    expect(said).toMatchObject({ booking: 'abc', errors: [{ field: 'order.id' }] });
  });

  it.each<[object, string]>([
    [{}, '5'],
    [{ retryAfterMs: 1500 }, '2'],
  ])('says when to come back after %p', async (facts, seconds) => {
    const { answer } = await answerOf(get('/v1/bookings/x'), refusing('temporal_unavailable', facts));
    expect(answer.headers['retry-after']).toBe(seconds);
  });

  it('hides a bug from the caller and its message from the log', async () => {
    const { answer, lines } = await answerOf(get('/v1/bookings/x'), {
      get: () => Promise.reject(new TypeError(`cannot read ${PATIENT}`)),
    });
    expect(problem(answer).code).toBe('internal_error');
    expect(answer.body).not.toMatch(/TypeError|at |node_modules/);
    const logged = lines.join('');
    expect(logged).toMatch(/"error":"TypeError".*"frames":\["\s+at /);
    expect(logged).not.toContain(PATIENT);
  });

  it('names what caused a bug by its kind, and by nothing that it says', async () => {
    const cause = ApplicationFailure.create({
      type: 'UnprocessedUpdate',
      message: PATIENT,
      cause: Object.assign(new Error(PATIENT), { name: `${PATIENT} is no name` }),
    });
    const { lines } = await answerOf(get('/v1/bookings/x'), {
      get: () => Promise.reject(new Error(PATIENT, { cause })),
    });
    const logged = lines.join('');
    expect(logged).toContain('"causes":["ApplicationFailure UnprocessedUpdate",""]');
    expect(logged).not.toContain(PATIENT);
  });
});
