import { isSameName, isSameSpelling, plainSpelling } from '../../src/booking/person-names';

test.each([
  ['O’B‘rʼi´e`n′', "O'B'r'i'e'n'"],
  ['O‚B׳r‹i›en', "O'B'r'i'en"],
  ['“a” „b‟ «c» ″d‶ ＂e״ 〝f〞 ❝g❞', '"a" "b" "c" "d" "e" "f" "g"'],
  ['בן־דוד', 'בן-דוד'],
  ['a‐b‑c–d—e−f﹣g－h', 'a-b-c-d-e-f-g-h'],
  ['Ana\u00a0Maria\u2009Eva\u3000Ek', 'Ana Maria Eva Ek'],
  ['A\u200bn\u00ada\ufeff', 'Ana'],
  ['José Strauß', 'José Strauß'],
])('%s as a keyboard writes it', (text, plain) => {
  expect(plainSpelling(text)).toBe(plain);
});

test.each<[string, string, boolean, boolean]>([
  ['O’Brien', "o'brien", true, true],
  ['Ana\u00a0 Reyes ', ' ana reyes', true, true],
  ['Al “Bud” Smith', 'al "Bud" Smith', true, true],
  ['Al ″Bud″ Smith', 'Al ＂Bud＂ Smith', true, true],
  ['Griﬃn', 'GRIFFIN', true, true],
  ['José', 'Jose\u0301', true, true],
  ['José', 'Jose', false, true],
  ['Strauß', 'STRAUSS', false, true],
  ['STRAUẞ', 'strauß', true, true],
  ['Müller', 'Muller', false, true],
  ['Müller', 'Mueller', false, true],
  ['Muller', 'Mueller', false, false],
  ['Åse Sørby', 'Aase Soerby', false, true],
  ['Åse Sørby', 'Ase Sorby', false, true],
  ['Þór Ægir Đặng', 'Thor Aegir Dang', false, true],
  ['İnan Işıl', 'inan isil', false, true],
  ['Андрей', 'Андреи', false, true],
  ['Reyes-Soto', 'Reyes', false, false],
  ["O'Brien", 'OBrien', false, false],
  // In scripts whose vowels are marks, another mark is another name.
  ['कमल', 'कमला', false, false],
  ['', '', false, false],
  ['\u200b', ' ', false, false],
])('%p and %p: same spelling %p, same name %p', (a, b, spelling, name) => {
  expect([isSameSpelling(a, b), isSameSpelling(b, a)]).toEqual([spelling, spelling]);
  expect([isSameName(a, b), isSameName(b, a)]).toEqual([name, name]);
});

test('a name that is missing is nobody’s', () => {
  expect(isSameName(null, undefined)).toBe(false);
  expect(isSameSpelling(undefined, null)).toBe(false);
});
