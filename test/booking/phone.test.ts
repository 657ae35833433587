import { hasExtension, isPhoneForm, isPossiblePhone, isSamePhone, plainPhone } from '../../src/booking/phone';

test.each([
  ...['+16025550123', '602 555 0123', '(602) 555-0123', '1-602-555-0123', '602/555.0123', '001 602 555 0123'],
  ...[
    '602-555-0123 x12',
    '602-555-0123 Ext. 12',
    '602-555-0123,12',
    '+16025550123;ext=12',
    '602-555-0123 #12',
  ],
  ...['+44 20 7946 0958', '+44 (0)20 7946 0958', '011 44 20 7946 0958', '+49 30 123456', '+80012345678'],
  ...['+1 602–555–0123', '602\u00a0555\u00a00123'],
  ...['６０２５５５０１２３', '＋１（６０２）５５５－０１２３', '+١٦٠٢٥٥٥٠١٢٣', '+۱۶۰۲۵۵۵۰۱۲۳'],
  ...['tel:+16025550123', 'TEL: 602-555-0123', 'tel:+1-602-555-0123;ext=5', 'callto:+16025550123'],
  ...['+1 602•555•0123', '602·555·0123', '602‧555∙0123', '602・555⋅0123'],
  ...['602 555 0123 extn 5', '602 555 0123, ext. 5', '602 555 0123 (ext 5)', '602 555 0123 xtn. 5'],
  ...[
    '602 555 0123 extension: 5',
    '6025550123x5',
    '6025550123ext5',
    '602 555 0123 x#5',
    '602 555 0123 ext ５',
  ],
])('%p is a number that there can be', (text) => {
  expect([isPhoneForm(text), isPossiblePhone(text)]).toEqual([true, true]);
});

test.each([
  ['tel:+16025550123', '+16025550123', false],
  ['＋１（６０２）５５５－０１２３', '+1(602)555-0123', false],
  ['+١٦٠٢٥٥٥٠١٢٣', '+16025550123', false],
  ['+1 602•555•0123', '+1 602.555.0123', false],
  ['602 555 0123 extn 5', '602 555 0123 extn 5', true],
  ['tel:602-555-0123;ext=5', '602-555-0123;ext=5', true],
  ['602–555–0123 #12', '602-555-0123 #12', true],
])('%p as a keyboard writes it is %p, with an extension: %p', (text, plain, has) => {
  expect([plainPhone(text), hasExtension(text)]).toEqual([plain, has]);
});

test.each<[string, boolean]>([
  ['+1 602 555 01234', true],
  ['+1602555012', true],
  ['555-0123', true],
  ['020 7946 0958', true],
  ['+999 1234567', true],
  ['911', false],
  ['1-800-FLOWERS', false],
  ['', false],
  ['x12', false],
  ['+1 602 555 0123 or 0124', false],
  ['tel:', false],
  ['602 555 0123 e5', false],
  ['602 555 0123 ext', false],
  ['9'.repeat(10_000), false],
  [','.repeat(100_000), false],
])('%p is none (though it has the form: %p)', (text, hasForm) => {
  expect([isPhoneForm(text), isPossiblePhone(text)]).toEqual([hasForm, false]);
});

test('an extension of more digits than a house has is none', () => {
  expect(isPhoneForm('602 555 0123 ext 12345678')).toBe(false);
});

test.each<[string | null, string, boolean]>([
  ['+16025550123', '(602) 555-0123', true],
  ['001 602 555 0123', '1 602 555 0123', true],
  ['+44 20 7946 0958', '020 7946 0958', true],
  ['+44 (0)20 7946 0958', '0044 20 7946 0958', true],
  ['442079460958', '+44 20 7946 0958', true],
  ['020 7946 0958', '(020) 79460958', true],
  ['+33 1 23 45 67 89', '01 23 45 67 89', true],
  ['602-555-0123 x12', '+16025550123', true],
  ['602-555-0123 x12', '602-555-0123 x13', false],
  ['602-555-0123 extn 12', '602-555-0123 x12', true],
  ['tel:+1-602-555-0123', '６０２　５５５　０１２３', true],
  ['602•555•0123', '+16025550123', true],
  ['+16025550123', '+16025550124', false],
  // Without a country code this is one in the USA.
  ['+44 602 555 0123', '602 555 0123', false],
  // In Italy the zero is part of the number.
  ['+39 06 1234567', '+39 6 1234567', false],
  ['ask', 'ask', false],
  ['', '', false],
  [null, '+16025550123', false],
])('%p and %p are one number: %p', (a, b, is) => {
  expect([isSamePhone(a, b), isSamePhone(b, a)]).toEqual([is, is]);
});
