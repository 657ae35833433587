import fc from 'fast-check';
import { parseJson } from '../../src/cli/json-file';

function placeOf(text: string): string {
  const result = parseJson(text);
  if (!('mistake' in result)) return 'no mistake';
  const { line, column, expected } = result.mistake;
  return `${line}:${column} ${expected}`;
}

const VALUE = 'a value (a text in double quotes, a number, true, false, null, { or [)';
const COMMA = 'a comma, or the end of this list or object';
const NAME = 'the name of a field in double quotes';

describe('parseJson', () => {
  it('answers the value, also after a byte order mark', () => {
    expect(parseJson('\uFEFF{"a": [1, -2.5e3, "x\\n\\u00e9", true, null, {}, []]}')).toEqual({
      value: { a: [1, -2500, 'x\né', true, null, {}, []] },
    });
  });

  it.each([
    ['', `1:1 ${VALUE}`],
    ['  \n ', `2:2 ${VALUE}`],
    ['hello', `1:1 ${VALUE}`],
    ['{"a": 1,}', `1:9 ${NAME}`],
    ['{"a": 1 "b": 2}', `1:9 ${COMMA}`],
    ['{\n  "a": 1\n  "b": 2\n}', `3:3 ${COMMA}`],
    ['{\r\n  a: 1\r\n}', `2:3 ${NAME}, or }`],
    ['{"a" 1}', '1:6 a colon after the name of the field'],
    ["{'a': 1}", `1:2 ${NAME}, or }`],
    ['[1, 2', `1:6 ${COMMA}`],
    ['[,]', '1:2 a value or ]'],
    ['[1,]', `1:4 ${VALUE}`],
    ['{"a": 01}', `1:7 ${VALUE}`],
    ['{"a": nul}', `1:7 ${VALUE}`],
    ['{"a": "never closed}', `1:7 ${VALUE}`],
    ['{"a": "two\nlines"}', `1:7 ${VALUE}`],
    ['{"a": "\\x"}', `1:7 ${VALUE}`],
    ['{"a": 1]', `1:8 ${COMMA}`],
    ['{} {}', '1:4 nothing more'],
    ['{}}', '1:3 nothing more'],
  ])('%j', (text, expected) => {
    expect(placeOf(text)).toBe(expected);
  });

  it('goes as deep as a file can', () => {
    expect(placeOf('['.repeat(200_000))).toBe('1:200001 a value or ]');
  });

  it('finds a mistake in what JSON.parse refuses, within the text, however it is spoilt', () => {
    const spoilt = fc
      .tuple(fc.json(), fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 3, unit: 'binary' }))
      .map(([text, at, gone, put]) => {
        const from = at % (text.length + 1);
        return text.slice(0, from) + put + text.slice(from + gone);
      });
    fc.assert(
      fc.property(spoilt, (text) => {
        const result = parseJson(text);
        if (!('mistake' in result)) return;
        const { line, column } = result.mistake;
        const length = text.split(/\r\n|\r|\n/)[line - 1]?.length ?? -1;
        expect(column).toBeGreaterThan(0);
        expect(column).toBeLessThanOrEqual(length + 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes every prefix of a JSON object for unfinished at its very end, or at what it breaks off', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, at) => {
        const text = JSON.stringify(object);
        const prefix = text.slice(0, at % text.length);
        const result = parseJson(prefix);
        expect(result).toHaveProperty('mistake');
        if (!('mistake' in result)) return;
        const rest = prefix.slice(result.mistake.column - 1);
        expect(rest).toMatch(/^$|^"|^[\d.eE+-]+$|^[a-z]+$/);
      }),
      { numRuns: 500 },
    );
  });
});
