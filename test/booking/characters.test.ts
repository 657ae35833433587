import { isBlank, textFault, tidyText, type TextKind } from '../../src/booking/characters';
import { expectReadOnce } from '../support/costs';

const KINDS: TextKind[] = ['line', 'prose'];
const MEGABYTE = 1_000_000;

describe.each(KINDS)('a %s of a million characters', (kind) => {
  test.each([' ', '\u00A0', '\u200B', '\n', '\uFEFF'])(
    'of %j is tidied and judged in one reading, wherever they are',
    (unseen) => {
      for (const [before, after] of [
        ['a', 'b'],
        ['', 'b'],
        ['a', ''],
        ['', ''],
      ] as const) {
        expectReadOnce((length) => {
          const text = `${before}${unseen.repeat(length)}${after}`;
          return () => textFault(tidyText(text, kind), kind);
        }, MEGABYTE);
      }
    },
  );
});

test.each(KINDS)('a %s keeps what is between its ends', (kind) => {
  expect(tidyText(' \n\u200Ba \u{1F44D}b\u200B\n ', kind)).toBe('a \u{1F44D}b');
});

test.each(['\u0301', ' \u0301\u0308 ', '\u20DD', '\u200D\u0300', '\u05B0', '\u064B'])(
  'accents without a letter are blank: %j',
  (text) => {
    expect(isBlank(text)).toBe(true);
    expect(isBlank(`e${text}`)).toBe(false);
  },
);

test.each(['\uFFFF', '\uFFFE', '\uFDD0', '\uFDEF', '\u{1FFFE}', '\u{10FFFF}', '\uFFFC'])(
  'a line with %j in it is refused, and prose is not',
  (text) => {
    expect(textFault(`a${text}b`, 'line')).toMatch(/no character/);
    expect(textFault(`a${text}b`, 'prose')).toBeNull();
  },
);

test('letters beside those that are refused are taken', () => {
  for (const text of ['\uFDF2', '\uFDCF', '\uFFE6', '\u{1FFFD}', '\u{10FFFD}', 'Zoe\u0308', '\u093F'])
    expect([textFault(text, 'line'), isBlank(text)]).toEqual([null, false]);
});
