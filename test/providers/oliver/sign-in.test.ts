import {
  BOOKING,
  BY_ID,
  BY_REMOTE_ID,
  CLIENTS,
  CREATE,
  CREATED,
  LIST,
  ok,
  OPEN_TIMES,
  page,
  refusal,
  SIGN_IN,
} from './fixtures';
import { failureOf, oliverStage, queryOf, whereOf } from './setup';

const stage = oliverStage();
const unauthorized = refusal(401, 'Unauthorized');

test('signs in once as ROLE_API, and sends the token and the practice with every call, create included', async () => {
  stage().signsIn();
  stage().resolves();
  stage().server.expect(CREATE, ok(CREATED));
  await stage()
    .provider({ locationId: '42' })
    .book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID });
  const [signIn, ...calls] = stage().server.received;
  expect(signIn?.body).toEqual({ username: 'partner', password: 'secret', role: 'ROLE_API' });
  expect(calls.map(({ headers }) => [headers.authorization, headers['x-client-id']])).toEqual(
    calls.map(() => ['Bearer token-1', '42']),
  );
  expect(calls).toHaveLength(3);
});

test('calls that begin together share one sign-in', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(LIST, page([]));
  await Promise.all(Array.from({ length: 20 }, () => provider.lookUp(stage().call(), whereOf())));
  expect(stage().sent(SIGN_IN)).toHaveLength(1);
});

test('a 401 is answered by one new sign-in and the same call again, a create too', async () => {
  stage().signsIn();
  stage().resolves();
  stage().server.expect(CREATE, unauthorized);
  stage().signsIn('token-2');
  stage().server.expect(CREATE, ok(CREATED));
  const booked = await stage()
    .provider()
    .book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID });
  expect(booked.id).toBe('123');
  expect(
    stage()
      .sent(CREATE)
      .map(({ headers }) => headers.authorization),
  ).toEqual(['Bearer token-1', 'Bearer token-2']);
});

test.each<[string, object]>([
  ['in another form', { status: 401, body: { message: 'Unauthorized' } }],
  ['without a body', { status: 401 }],
])('a 401 %s may be a gateway’s: a create is unknown, and not sent again', async (_what, outcome) => {
  stage().signsIn();
  stage().resolves();
  stage().server.expect(CREATE, outcome);
  const provider = stage().provider();
  const failure = await failureOf(provider.book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID }));
  expect([failure.code, failure.facts.isRefusal]).toEqual(['outcome_unknown', undefined]);
});

test('a read is made again after a 401 of any form', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, { status: 401, body: '<html>' });
  stage().signsIn('token-2');
  stage().resolves();
  stage().server.expect(LIST, page([]));
  await stage().provider().lookUp(stage().call(), whereOf());
  expect(stage().sent(SIGN_IN)).toHaveLength(2);
});

test('the fence is asked before each send of a create, and before no read', async () => {
  let asked = 0;
  const fence = async (): Promise<void> => {
    asked += 1;
  };
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(OPEN_TIMES, ok([]));
  stage().server.expect(LIST, page([]));
  await provider.searchSlots(stage().call({ fence }), queryOf());
  await provider.lookUp(stage().call({ fence }), whereOf());
  expect(asked).toBe(0);
  stage().server.expect(CREATE, unauthorized);
  stage().signsIn('token-2');
  stage().server.expect(CREATE, ok(CREATED));
  await provider.book(stage().call({ fence }), { ...BOOKING, request: BY_REMOTE_ID });
  expect(asked).toBe(2);
});

test('a second 401 is credentials_rejected', async () => {
  stage().signsIn();
  stage().server.expect(CLIENTS, unauthorized);
  stage().signsIn('token-2');
  stage().server.expect(CLIENTS, unauthorized);
  const failure = await failureOf(stage().provider().searchSlots(stage().call(), queryOf()));
  expect(failure.code).toBe('credentials_rejected');
});

test.each([400, 401])(
  'a sign-in that answers %i is credentials_rejected, and is tried anew by the next call',
  async (status) => {
    const provider = stage().provider();
    for (let n = 0; n < 2; n++) {
      stage().server.expect(SIGN_IN, refusal(status, 'Incorrect email'));
      const failure = await failureOf(provider.searchSlots(stage().call(), queryOf()));
      expect(failure.code).toBe('credentials_rejected');
    }
  },
);

test('a sign-in without an answer leaves a create unsent: nothing is unknown', async () => {
  const provider = stage().provider();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(CREATE, unauthorized);
  stage().server.expect(SIGN_IN, 'reset');
  const failure = await failureOf(provider.book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID }));
  expect(failure.code).toBe('provider_unavailable');
  // The client is known by now: signing in is all that comes before the create.
  stage().server.expect(SIGN_IN, 'reset');
  expect(await failureOf(provider.book(stage().call(), { ...BOOKING, request: BY_REMOTE_ID }))).toMatchObject(
    { code: 'provider_unavailable', facts: { sent: 'no' } },
  );
});

test('a caller who gives up does not stop the sign-in that others wait for', async () => {
  const provider = stage().provider();
  const giveUp = new AbortController();
  stage().signsIn();
  stage().resolves();
  stage().server.expect(LIST, page([]));
  const first = provider.lookUp(stage().call({ signal: giveUp.signal }), whereOf());
  const second = provider.lookUp(stage().call(), whereOf());
  giveUp.abort(new Error('gave up'));
  await expect(first).rejects.toThrow('gave up');
  await expect(second).resolves.toEqual({ order: null, live: [], ended: [] });
});

test('an account that no setting names is unknown, and nothing is sent', async () => {
  const failure = await failureOf(
    stage()
      .provider()
      .searchSlots(stage().call({ account: 'other' }), queryOf(BY_ID)),
  );
  expect(failure.code).toBe('account_unknown');
});

test('several practices keep to their own location and token', async () => {
  const provider = stage().provider({}, { 'practice-2': { locationId: '2' } });
  for (const account of ['default', 'practice-2']) {
    stage().signsIn(`token of ${account}`);
    stage().resolves();
    stage().server.expect(LIST, page([]));
    await provider.lookUp(stage().call({ account }), whereOf());
  }
  expect(
    stage()
      .sent(LIST)
      .map(({ headers }) => [headers['x-client-id'], headers.authorization]),
  ).toEqual([
    ['1', 'Bearer token of default'],
    ['2', 'Bearer token of practice-2'],
  ]);
});
