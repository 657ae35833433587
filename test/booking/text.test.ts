import fc from 'fast-check';
import { cutAtGrapheme } from '../../src/booking/graphemes';
import { cut, isWellFormed, lengthOf, toWellFormed, unitsOf } from '../../src/booking/text';

const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
const FLAG = '\u{1F1E8}\u{1F1E6}';
const WAVE = '\u{1F44B}\u{1F3FD}';
const ACCENT = 'e\u0301';

test.each([
  ['', 0],
  ['abc', 3],
  ['\u{1F600}\u{1F600}', 2],
  [FAMILY, 7],
  [FLAG, 2],
  [ACCENT, 2],
  ['\uD83D', 1],
])('%j has %i characters', (text, length) => {
  expect(lengthOf(text)).toBe(length);
});

test.each([
  ['a\u{1F600}b', 1, 'a'],
  ['a\u{1F600}b', 2, 'a\u{1F600}'],
  ['a\u{1F600}b', 3, 'a\u{1F600}b'],
  ['abc', 0, ''],
  ['abc', 9, 'abc'],
])('%j cut to %i characters is %j', (text, max, expected) => {
  expect(cut(text, max)).toBe(expected);
});

test.each([
  ['a family', `ab${FAMILY}`, [1, 2, 2, 2, 2, 2, 2, 2, 9]],
  ['a flag', `a${FLAG}`, [1, 1, 3]],
  ['a skin tone', `a${WAVE}`, [1, 1, 3]],
  ['a letter with its accent', `a${ACCENT}`, [1, 1, 3]],
  ['a line feed of Windows', 'a\r\n', [1, 1, 3]],
])('%s is cut off as a whole', (_what, text, lengths) => {
  expect(lengths.map((_, at) => lengthOf(cutAtGrapheme(text, at + 1)))).toEqual(lengths);
});

test('a first character that is longer than the limit is cut between its code points', () => {
  expect(cutAtGrapheme(FAMILY, 3)).toBe('\u{1F468}\u200D\u{1F469}');
  const piled = `e${'\u0301'.repeat(500)}`;
  expect(cutAtGrapheme(piled, 200)).toBe(cut(piled, 200));
});

test.each([
  ['abc \u{1F600}', true],
  ['\uD83D', false],
  ['\uDE00', false],
  ['\uDE00\uD83D', false],
  ['a\uD83Db', false],
])('%j is well-formed: %s', (text, expected) => {
  expect(isWellFormed(text)).toBe(expected);
});

test('halves are replaced one by one, and pairs are left alone', () => {
  expect(toWellFormed('a\uD83Db\u{1F600}\uDE00')).toBe('a\uFFFDb\u{1F600}\uFFFD');
});

test('whatever the text, a cut is a beginning of it, no longer than asked, and no less well-formed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 40 }), (text, max) => {
      for (const short of [cut(text, max), cutAtGrapheme(text, max)]) {
        expect(text.startsWith(short)).toBe(true);
        expect(lengthOf(short)).toBeLessThanOrEqual(max);
        expect(isWellFormed(short)).toBe(true);
      }
      expect(cut(text, max)).toHaveLength(unitsOf(text, max));
    }),
  );
});
