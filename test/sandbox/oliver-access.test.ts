import { z } from 'zod';
import { CORE, openDays, SIGN_IN, startOliver, tokenSchema, USER, type Oliver } from './oliver-client';
import { until } from './junction-client';

/** Who gets in, and where: tokens and practices. */

const failure = { success: false, message: expect.any(String) as unknown };
const SEARCH = { search_from_date: '2031-12-01T00:00:00Z', appointment_type: 'wellness' };

async function tokenOf(oliver: Oliver): Promise<string> {
  return tokenSchema.parse((await oliver.bare('POST', SIGN_IN, USER)).body).data.token;
}

describe('sign-in', () => {
  let oliver: Oliver;
  beforeAll(async () => void (oliver = await startOliver()));
  afterAll(() => oliver.close());

  test.each<[why: string, body: unknown, status: number]>([
    ['a wrong password', { ...USER, password: 'x' }, 401],
    ['a wrong name', { ...USER, username: 'x' }, 401],
    ['another role', { ...USER, role: 'ROLE_USER' }, 400],
    ['no password', { username: 'sandbox', role: 'ROLE_API' }, 400],
  ])('refuses %s', async (_why, body, status) => {
    expect(await oliver.bare('POST', SIGN_IN, body)).toMatchObject({ status, body: failure });
  });

  test('needs neither token nor practice and gives a JWT', async () => {
    expect((await tokenOf(oliver)).split('.')).toHaveLength(3);
  });

  test.each<[why: string, token: (good: string) => string]>([
    ['no token', () => ''],
    ['something else', () => 'Bearer abc'],
    ['a token of another make', (good) => `Bearer ${good.slice(0, -3)}AAA`],
    ['a token without Bearer', (good) => good],
  ])('a call with %s is refused with 401', async (_why, token) => {
    const authorization = token(await tokenOf(oliver));
    const answer = await oliver.call('POST', '/open_times', SEARCH, { authorization });
    expect(answer).toMatchObject({ status: 401, body: failure });
  });

  test('a body that is no JSON is refused with 400', async () => {
    const answer = await fetch(oliver.url + SIGN_IN, { method: 'POST', body: '{' });
    expect([answer.status, await answer.json()]).toEqual([400, failure]);
  });
});

test('a token expires after its lifetime; a new one is good', async () => {
  const oliver = await startOliver({ tokenLifetimeMs: 60_000, timeScale: 1 / 200 });
  await until(
    () => oliver.call('POST', '/open_times', SEARCH),
    ({ status }) => status === 401,
  );
  const authorization = `Bearer ${await tokenOf(oliver)}`;
  expect((await oliver.call('POST', '/open_times', SEARCH, { authorization })).status).toBe(200);
  await oliver.close();
});

test('all tokens expire when told; a new one is good', async () => {
  const oliver = await startOliver();
  await oliver.control('tokens', { expire: true });
  expect((await oliver.call('POST', '/open_times', SEARCH)).status).toBe(401);
  const authorization = `Bearer ${await tokenOf(oliver)}`;
  expect((await oliver.call('POST', '/open_times', SEARCH, { authorization })).status).toBe(200);
  await oliver.close();
});

describe('practices', () => {
  let oliver: Oliver;
  beforeAll(async () => void (oliver = await startOliver({ timezones: { '2': 'America/New_York' } })));
  afterAll(() => oliver.close());

  const namesAt = async (practice: string): Promise<string[]> => {
    const answer = await oliver.call('GET', '/clients', undefined, { 'x-client-id': practice });
    const { data } = z.object({ data: z.array(z.looseObject({ name: z.string() })) }).parse(answer.body);
    return data.map(({ name }) => name);
  };

  test.each(['/open_times', '/appointments', '/staff_tasks'])(
    'X-Client-Id is required: POST %s',
    async (path) => {
      const authorization = `Bearer ${await tokenOf(oliver)}`;
      const answer = await oliver.bare('POST', CORE + path, {}, { authorization });
      expect(answer).toMatchObject({ status: 400, body: { message: 'X-Client-Id header is required' } });
    },
  );

  test('a practice that is not ours is refused', async () => {
    const answer = await oliver.call('GET', '/clients', undefined, { 'x-client-id': '3' });
    expect(answer).toMatchObject({ status: 401, body: failure });
  });

  test('each sees its own clients', async () => {
    expect(await namesAt('1')).toContain('Ana Reyes');
    expect(await namesAt('2')).toEqual(['Eli Marsh', 'Fay Novak']);
  });

  test('each has its own wall time', async () => {
    const from = new Date('2031-12-01T00:00:00Z');
    const startsAt = async (practice: string): Promise<string[]> => {
      const days = await openDays(oliver, 'sick', from, { 'x-client-id': practice });
      return days.flatMap(({ times }) => times).map(({ start }) => start.slice(-6));
    };
    expect(new Set(await startsAt('1'))).toEqual(new Set(['-06:00']));
    expect(new Set(await startsAt('2'))).toEqual(new Set(['-05:00']));
  });
});
