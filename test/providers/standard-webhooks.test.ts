import { webhookVerifier } from '../../src/providers/standard-webhooks';
import { signatureOf, signedHeaders, WEBHOOK_SECRET } from '../support/api';

const BODY = '{"event_type":"labtest.order.updated","data":{"name":"José"}}';
const OTHER_SECRET = `whsec_${Buffer.from('the secret after rotation').toString('base64')}`;

type Headers = Record<string, string>;
const sign = signedHeaders;
const renamed = (headers: Headers): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace('svix', 'webhook'), value]),
  );
const without = (name: string): Headers => {
  const { [name]: _gone, ...rest } = sign(BODY);
  return rest;
};

/** Signatures of both secrets, as the provider sends them while a secret rotates. */
function rotating(...secrets: string[]): Headers {
  const parts = { ageS: 0, id: 'msg_1' };
  const signatures = secrets.map((secret) => signatureOf(BODY, { ...parts, secret }));
  return { ...sign(BODY), 'svix-signature': ['v2,bm9uZQ==', ...signatures].join(' ') };
}

it.each<[string, Headers, boolean]>([
  ['one signature of ours', sign(BODY), true],
  ['the headers of the standard', renamed(sign(BODY)), true],
  ['several signatures, the last one ours', rotating(OTHER_SECRET, WEBHOOK_SECRET), true],
  ['4 min 50 s old', sign(BODY, { ageS: 290 }), true],
  ['4 min 50 s ahead', sign(BODY, { ageS: -290 }), true],
  ['older than 5 min', sign(BODY, { ageS: 310 }), false],
  ['more than 5 min ahead', sign(BODY, { ageS: -310 }), false],
  ['another secret', sign(BODY, { secret: OTHER_SECRET }), false],
  ['several signatures, none ours', rotating(OTHER_SECRET, OTHER_SECRET), false],
  ['another id than was signed', { ...sign(BODY), 'svix-id': 'msg_2' }, false],
  [
    'another version',
    { ...sign(BODY), 'svix-signature': sign(BODY)['svix-signature']?.replace('v1', 'v2') ?? '' },
    false,
  ],
  ['a time that is none', { ...sign(BODY), 'svix-timestamp': 'soon' }, false],
  ['an empty signature', { ...sign(BODY), 'svix-signature': '' }, false],
  ['a signature without version', { ...sign(BODY), 'svix-signature': 'v1' }, false],
  ['no id', without('svix-id'), false],
  ['no time', without('svix-timestamp'), false],
  ['no signature', without('svix-signature'), false],
])('%s', (_name, headers, isTaken) => {
  expect(webhookVerifier([WEBHOOK_SECRET])(Buffer.from(BODY), headers)).toBe(isTaken);
});

it('refuses a body in which any byte was altered', () => {
  const verify = webhookVerifier([WEBHOOK_SECRET]);
  const headers = sign(BODY);
  const original = Buffer.from(BODY);
  const taken = [...original.keys()].filter((at) => {
    const altered = Buffer.from(original);
    altered.writeUInt8(original.readUInt8(at) ^ 1, at);
    return verify(altered, headers);
  });
  expect(taken).toEqual([]);
});

it('takes any of several secrets, and nothing without one', () => {
  const headers = sign(BODY, { secret: OTHER_SECRET });
  expect(webhookVerifier([WEBHOOK_SECRET, OTHER_SECRET])(Buffer.from(BODY), headers)).toBe(true);
  expect(webhookVerifier([])(Buffer.from(BODY), headers)).toBe(false);
});

it('refuses what is no secret; the settings name theirs before it comes here', () => {
  expect(() => webhookVerifier(['whsec_???'])).toThrow(/whsec_ and base64/);
});
