import { isPhoneForm, isPossiblePhone, isSamePhone } from '../../src/booking/phone';

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
])('%p is a number that there can be', (text) => {
  expect([isPhoneForm(text), isPossiblePhone(text)]).toEqual([true, true]);
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
  ['9'.repeat(10_000), false],
])('%p is none (though it has the form: %p)', (text, hasForm) => {
  expect([isPhoneForm(text), isPossiblePhone(text)]).toEqual([hasForm, false]);
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
