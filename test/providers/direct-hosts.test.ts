import { directHosts } from '../../src/providers/direct-hosts';

test.each([
  'http://127.0.0.1:4010',
  'http://127.8.9.10',
  'http://127.1',
  'http://[::1]:4010/v3',
  'http://[::]:4010',
  'http://[0:0:0:0:0:0:0:1]',
  'http://[::ffff:127.0.0.1]',
  'http://0.0.0.0:4010',
  'http://localhost:4010',
  'https://LOCALHOST.',
  'http://sandbox.localhost',
])('%s is this machine and never called through a proxy', (url) => {
  expect(directHosts([])(url)).toBe(true);
});

test.each<[entry: string, direct: string[], proxied: string[]]>([
  ['*', ['https://api.example.com', 'http://10.0.0.1'], []],
  [
    'example.com',
    ['https://example.com', 'https://api.example.com', 'https://API.Example.COM.'],
    ['https://anexample.com', 'https://example.com.evil.test'],
  ],
  ['.example.com', ['https://example.com', 'https://a.b.example.com'], ['https://anexample.com']],
  ['*.example.com', ['https://a.example.com'], ['https://anexample.com']],
  [
    '*example.com',
    ['https://example.com', 'https://anexample.com', 'https://a.example.com.'],
    ['https://example.com.evil.test', 'https://example.org'],
  ],
  ['*example.com:443', ['https://anexample.com'], ['http://anexample.com']],
  [
    '<local>',
    ['http://intranet', 'https://INTRANET.:8443'],
    ['https://api.example.com', 'http://10.1.2.3', 'http://[2001:db8::1]'],
  ],
  ['EXAMPLE.com.', ['https://example.com'], ['https://example.org']],
  [
    'api.example.com:443',
    ['https://api.example.com'],
    ['https://api.example.com:8443', 'http://api.example.com'],
  ],
  ['api.example.com:80', ['http://api.example.com/'], ['https://api.example.com']],
  ['10.1.2.3', ['http://10.1.2.3:81'], ['http://10.1.2.4', 'http://110.1.2.3']],
  ['10.1.2.3:81', ['http://10.1.2.3:81'], ['http://10.1.2.3']],
  ['10.0.0.0/8', ['http://10.1.2.3'], ['http://11.1.2.3', 'http://a10.example']],
  ['2001:db8::/32', ['http://[2001:db8:1::1]:80'], ['http://[2001:db9::1]']],
  ['2001:DB8:0::1', ['http://[2001:db8::1]'], ['http://[2001:db8::2]']],
  ['[2001:db8::1]:8080', ['http://[2001:db8::1]:8080'], ['http://[2001:db8::1]:8081']],
  ['sandbox:4010', ['http://sandbox:4010'], ['http://sandbox:4020']],
])('NO_PROXY=%s', (entry, direct, proxied) => {
  const isDirect = directHosts(['unrelated.test', entry]);
  expect(direct.filter((url) => !isDirect(url))).toEqual([]);
  expect(proxied.filter(isDirect)).toEqual([]);
});
