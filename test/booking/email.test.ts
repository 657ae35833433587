import { isEmail, isSameEmail, withAsciiDomain } from '../../src/booking/email';

test.each([
  ...['smith&sons@example.com', 'a/b@example.com', "o'hara@example.com", 'x+y@example.com', 'A@EXAMPLE.COM'],
  ...[
    "!#$%&'*+-/=?^_`{|}~@example.com",
    'a.b-c@x.y.z.photography',
    'a@1-2.example',
    `${'a'.repeat(64)}@x.co`,
  ],
  ...[
    'anna@müller.example',
    'anna@xn--mller-kva.example',
    'jörg@example.com',
    '用户@例子.广告',
    'a@faß.example',
  ],
  ...['"quoted local"@example.com', '"a@b"@example.com', '"a\\"b"@example.com'],
])('%s can be an e-mail address', (text) => expect(isEmail(text)).toBe(true));

test.each([
  ...['', 'ana', '@', 'ana@', '@example.com', 'a@b@example.com', 'a@@example.com', 'Ana <a@example.com>'],
  ...['a b@example.com', 'a@exam ple.com', 'a\u00a0b@example.com', 'a\u200b@example.com', 'a\nb@example.com'],
  ...['.a@example.com', 'a.@example.com', 'a..b@example.com', '""@example.com', '"a"b@example.com'],
  ...['a@example', 'a@localhost', 'a@.com', 'a@example..com', 'a@example.com.', 'a@1.2.3.4', 'a@[1.2.3.4]'],
  ...[
    'a@-x.com',
    'a@x-.com',
    'a@x_y.com',
    'a@münchen-.example',
    'a@x.com/y',
    'a@x.com:25',
    'a@%61.com',
    'a@x..y.com',
  ],
  ...[
    'a,b@example.com',
    'a;b@example.com',
    'a(b)@example.com',
    'a@example.com,b@example.com',
    'a\ud800@example.com',
  ],
  ...[
    `${'a'.repeat(65)}@x.co`,
    `${'ü'.repeat(33)}@x.co`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(124)}example`,
  ],
])('%j cannot be an e-mail address', (text) => expect(isEmail(text)).toBe(false));

test.each<[string | null, string, boolean]>([
  ['Ana@Example.com ', 'ana@example.com', true],
  ['ana@MÜLLER.example', 'ana@xn--mller-kva.example', true],
  ['josé@example.com', 'jose@example.com', false],
  ['ana@example.com', 'ana@example.org', false],
  ['none', 'NONE', true],
  ['', '', false],
  [null, 'ana@example.com', false],
])('%p and %p are one address: %p', (a, b, is) => {
  expect([isSameEmail(a, b), isSameEmail(b, a)]).toEqual([is, is]);
});

test.each([
  ['Jörg@Müller.example', 'Jörg@xn--mller-kva.example'],
  ['Ana@Example.com', 'Ana@Example.com'],
  ['ana@xn--mller-kva.example', 'ana@xn--mller-kva.example'],
])('%s is sent as %s where only ASCII domains are', (email, sent) => {
  expect(withAsciiDomain(email)).toBe(sent);
});
