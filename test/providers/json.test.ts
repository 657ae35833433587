import fc from 'fast-check';
import { parseJson, writeJson } from '../../src/providers/json';
import { expectReadOnce, leastCpuMs } from '../support/costs';

const LONG = '9007199254740993';

test.each<[string, unknown]>([
  [LONG, LONG],
  [`-${LONG}`, `-${LONG}`],
  ['9007199254740991', 9_007_199_254_740_991],
  ['-9007199254740991', -9_007_199_254_740_991],
  ['9007199254740992', '9007199254740992'],
  [`{"id":${LONG},"n":1,"s":"${LONG}"}`, { id: LONG, n: 1, s: LONG }],
  [`[[${LONG}],{"a":{"b":${'9'.repeat(400)}}}]`, [[LONG], { a: { b: '9'.repeat(400) } }]],
  // Fractions and exponents lose no identity, and stay numbers.
  [
    `[${LONG}, 75.0000000000000000001, 0.1234567890123456789, 1e3, -0]`,
    [LONG, 75, 0.12345678901234568, 1000, -0],
  ],
  [`[${LONG}, 1e400, 1E+2, 0]`, [LONG, Infinity, 100, 0]],
  // As JSON.parse has it: the last of two equal keys counts, at the place of the first.
  [`{"a":${LONG},"a":null}`, { a: null }],
  [`{"a":1,"b":2,"a":${LONG}}`, { a: LONG, b: 2 }],
  [' \t\r\n[1] ', [1]],
])('%s', (text, value) => {
  expect(parseJson(text)).toEqual(value);
});

test.each([
  '',
  '{',
  `[${LONG}`,
  `${LONG}.`,
  `0${LONG}`,
  `+${LONG}`,
  `{"a":${LONG},}`,
  `[${LONG}] x`,
  'undefined',
])('%p is no JSON', (text) => {
  expect(parseJson(text)).toBeUndefined();
});

test('a key called __proto__ is a key like any other', () => {
  for (const text of ['{"__proto__":{"id":1}}', `{"__proto__":{"id":${LONG}}}`]) {
    const value = parseJson(text);
    expect(Object.getPrototypeOf(value)).toBe(Object.getPrototypeOf({}));
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(value).not.toHaveProperty('id');
  }
});

test('however deep it is nested, nothing breaks', () => {
  const nested = (core: string) => `${'['.repeat(500_000)}${core}${']'.repeat(500_000)}`;
  expect(Array.isArray(parseJson(nested('1')))).toBe(true);
  // Not read rather than read wrong.
  expect(parseJson(nested(LONG))).toBeUndefined();
});

test('five megabytes with one long integer are read once over, whatever that costs', () => {
  const withLong = (length: number): string => {
    const rows = Array.from({ length: Math.ceil(length / 90) }, (_, n) => ({ n, text: 'x'.repeat(70) }));
    return JSON.stringify({ rows }).replace('{"n":7,', `{"n":${LONG},`);
  };
  expect(parseJson(withLong(5_000_000))).toHaveProperty(['rows', 7, 'n'], LONG);
  expectReadOnce((length) => {
    const text = withLong(length);
    return () => parseJson(text);
  }, 5_000_000);
});

test.each([
  ['a text', `"${LONG}"`],
  ['a name', `{"${LONG}":1}`],
  ['a text behind an escaped quote', `"\\\\\\"${LONG}"`],
  ['a fraction', '0.30000000000000004'],
])('digits in %s cost no second reading', (_where, digits) => {
  const rows = Array.from({ length: 50_000 }, (_, n) => ({ n, text: 'x'.repeat(70) }));
  const json = `[${digits},${JSON.stringify(rows)}]`;
  expect(JSON.stringify(parseJson(json))).toBe(JSON.stringify(JSON.parse(json)));
  // The second reading takes ten times as long as the first.
  expect(leastCpuMs(() => parseJson(json))).toBeLessThan(4 * leastCpuMs(() => JSON.parse(json)) + 50);
});

test.each([
  ['texts that end in backslashes', `["a\\\\","\\\\\\\\",${LONG},"\\""]`],
  ['texts with quotes', `["\\"",${LONG},"\\\\\\""]`],
  ['a name', `{"a\\"":${LONG}}`],
])('a long integer is found behind %s', (_what, json) => {
  expect(JSON.stringify(parseJson(json))).toContain(`"${LONG}"`);
});

/** Whether JSON text may hold an integer that a number cannot. */
const hasLongInteger = (text: string) => /(?<![\d.])\d{16,}(?!\d*[.e])/.test(text);

test('what has no long integer is what JSON.parse gives, also where digits stand in a text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      fc.pre(!hasLongInteger(text));
      expect(parseJson(text)).toEqual(JSON.parse(text));
      const beside = `[${text},${LONG}]`;
      expect(parseJson(beside)).toEqual([JSON.parse(text), LONG]);
    }),
  );
});

test('any integer comes back with its digits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (id) => {
      expect(String(parseJson(`${id}`))).toBe(String(id));
      expect(writeJson({ id })).toBe(`{"id":${id}}`);
    }),
  );
});

test('it writes what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(writeJson(value)).toBe(JSON.stringify(value));
    }),
  );
  expect(writeJson({ a: undefined, b: [undefined], c: '\u2028 "\\ud83d" \u{1F600}\n' })).toBe(
    JSON.stringify({ a: undefined, b: [undefined], c: '\u2028 "\\ud83d" \u{1F600}\n' }),
  );
});

test('half a character and a circle are not written, wherever they are', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  for (const value of ['\uD83D', 'a\uDE00b', { a: ['\\\uD83D'] }, { '\uD83D': 1 }, circle, undefined])
    expect(() => writeJson(value)).toThrow();
});
