import { z } from 'zod';
import { noticeLeftOut } from '../../src/providers/left-out';
import {
  amount,
  anyFlag,
  count,
  folded,
  id,
  isWhole,
  keyId,
  keyText,
  listOf,
  listOrNone,
  number,
  readable,
  text,
  wordList,
  words,
} from '../../src/providers/reading';

/** What each piece of a wire schema makes of what was sent; undefined where it refuses it. */
const of = (schema: z.ZodType, sent: unknown): unknown => schema.safeParse(sent).data;

describe('a number', () => {
  test.each<[unknown, number]>([
    [75, 75],
    ['75.00', 75],
    ['-112.07', -112.07],
    ['0', 0],
    [' 75.5 ', 75.5],
    [-3.25, -3.25],
    ['.75', 0.75],
    ['-.5', -0.5],
    ['75.', 75],
  ])('%p is %p', (sent, read) => {
    expect(of(number, sent)).toBe(read);
  });

  test.each([
    '1,234.50',
    '1.234,50',
    '',
    ' ',
    '$75',
    '75 USD',
    '0x4B',
    '1e3',
    '+75',
    '.',
    '-',
    '-.',
    '1.2.3',
    '..5',
    'NaN',
    'Infinity',
    '٧٥',
    true,
    [75],
    {},
  ])('%p is none', (sent) => {
    expect(of(number, sent) ?? null).toBeNull();
  });

  test.each<[unknown, number | null]>([
    [0, 0],
    ['75.', 75],
    [-5, null],
    ['-5', null],
    ['-.01', null],
  ])('%p amounts to %p', (sent, read) => {
    expect(of(amount, sent)).toBe(read);
  });

  test.each<[unknown, number | null]>([
    [3, 3],
    ['101', 101],
    [-1, null],
    ['2.5', null],
    [1e300, null],
  ])('%p counts %p', (sent, read) => {
    expect(of(count, sent)).toBe(read);
  });
});

describe('a boolean', () => {
  test.each<[unknown, boolean]>([
    [true, true],
    ['true', true],
    [' False ', false],
    ['FALSE', false],
    [1, true],
    [0, false],
    ['0', false],
  ])('%p is %p', (sent, read) => {
    expect(of(anyFlag, sent)).toBe(read);
  });

  test.each(['yes', '', 'null', 2, {}, 'toString'])('%p is none', (sent) => {
    expect(anyFlag.safeParse(sent).success).toBe(false);
  });
});

describe('an id', () => {
  test.each<[unknown, string]>([
    [123, '123'],
    ['123', '123'],
    ['007', '007'],
    ['9007199254740993', '9007199254740993'],
    [9007199254740991, '9007199254740991'],
  ])('%p is %p', (sent, read) => {
    expect(of(id, sent)).toBe(read);
  });

  // What is no exact integer any more is another's id, or nobody's.
  test.each([2 ** 53, 1e21, 1.5, '', '  ', 'null', null, undefined, {}, true, 'x'.repeat(201)])(
    '%p is none',
    (sent) => {
      expect(id.safeParse(sent).success).toBe(false);
    },
  );

  test.each(['\uD83D1', '1\uDE00', '1\0', '\u00001', '1\n2', '\u007F7', '7\u0085'])(
    '%j is garbled and none: its row is odd',
    (sent) => {
      expect(id.safeParse(sent).success).toBe(false);
      expect(z.looseObject({ id: keyId }).safeParse({ id: sent }).success).toBe(false);
      expect(of(listOf(z.looseObject({ id })), [{ id: '7' }, { id: sent }])).toEqual([{ id: '7' }, null]);
    },
  );

  test('may hold whatever can be written and seen', () => {
    expect(of(id, 'Zo\u00EB \u{1F600}/7')).toBe('Zo\u00EB \u{1F600}/7');
  });
});

describe('text', () => {
  test.each<[unknown, string | null]>([
    ['85004', '85004'],
    [85004, '85004'],
    [6025550123, '6025550123'],
    [12.5, '12.5'],
    [1e21, null],
    ['null', null],
    ['', null],
    [{ zip: 1 }, null],
  ])('%p is %p', (sent, read) => {
    expect(of(text, sent)).toBe(read);
  });

  test('of people is taken as it came: somebody is called Null', () => {
    expect(['Null', 'null', ''].map((sent) => of(words, sent))).toEqual(['Null', 'null', '']);
  });

  test('that a row is found by makes the row odd when it cannot be read, and not when it is missing', () => {
    const row = z.looseObject({ remote_id: keyText });
    expect([{}, { remote_id: null }, { remote_id: 7 }].map((sent) => row.safeParse(sent).success)).toEqual([
      true,
      true,
      true,
    ]);
    expect([{ remote_id: {} }, { remote_id: 1e21 }].map((sent) => row.safeParse(sent).success)).toEqual([
      false,
      false,
    ]);
  });
});

describe('a list', () => {
  const entry = z.looseObject({ id });
  const list = listOf(entry, 'id');
  const ids = (sent: unknown): unknown => {
    const read = list.safeParse(sent);
    return read.success ? readable(read.data).map((one) => one.id) : 'no list';
  };

  test.each<[string, unknown, unknown, boolean]>([
    ['of good elements', [{ id: 1 }, { id: 2 }], ['1', '2'], true],
    ['of none', [], [], true],
    ['with null in it', [null, { id: 1 }], ['1'], false],
    ['with other things in it', [7, 'x', [], {}, { id: {} }, { id: 1 }], ['1'], false],
    ['as an object of indexes', { '0': { id: 1 }, '2': { id: 2 } }, ['1', '2'], true],
    ['of one, without the list', { id: 1 }, ['1'], true],
  ])('%s', (_what, sent, read, whole) => {
    expect([ids(sent), isWhole(list.parse(sent))]).toEqual([read, whole]);
  });

  test.each([[{}], [{ items: [] }], [{ id: null }], ['x'], [7], [null], [undefined], [true]])(
    '%p is none',
    (sent) => {
      expect(ids(sent)).toBe('no list');
    },
  );

  test('where no list means none, there is none', () => {
    const sent = [undefined, null, 'x', {}];
    expect(sent.map((one) => of(listOrNone(entry, 'id'), one))).toEqual([[], [], [], []]);
  });

  test.each<[unknown, unknown]>([
    [
      ['a', null, 7],
      ['a', null, null],
    ],
    ['a', ['a']],
    [{ '0': 'a' }, ['a']],
    ['', null],
    [null, null],
  ])('of words: %p is %p', (sent, read) => {
    expect(of(wordList, sent)).toEqual(read);
  });
});

test.each(['in_progress', 'IN_PROGRESS', ' In Progress ', 'in-progress'])('%p is one word', (word) => {
  expect(folded(word)).toBe('in_progress');
});

describe('what is left out is told by its field', () => {
  const wire = z.looseObject({
    price: number,
    note: text,
    flags: wordList,
    days: listOrNone(z.looseObject({ slots: listOrNone(z.looseObject({ id, price: number })) })),
  });
  const toldOf = (sent: unknown): string[] => {
    const told: string[] = [];
    noticeLeftOut((field, value) => void told.push(`${field} ${value}`), 'answer', sent, wire.parse(sent));
    return told;
  };

  test.each<[string, unknown, string[]]>([
    ['nothing', { price: '75.00', note: '', other: { deep: [null] }, days: [] }, []],
    ['a price with a sign', { price: '$75', days: [] }, ['answer.price']],
    ['a list that is none', { days: null }, ['answer.days']],
    ['an odd day', { days: [null, { slots: [] }] }, ['answer.days[]']],
    ['a day without slots', { days: [{ slots: null }] }, ['answer.days[].slots']],
    ['an odd slot', { days: [{ slots: [7, { id: 1 }] }] }, ['answer.days[].slots[]']],
    [
      'a field of a slot behind an odd one',
      { days: [null, { slots: [{ id: 1, price: {} }] }] },
      ['answer.days[]', 'answer.days[].slots[].price'],
    ],
    ['an odd word', { flags: ['a', 7], days: [] }, ['answer.flags[]']],
    ['a list read from indexes', { days: { '0': { slots: [] } } }, []],
  ])('%s', (_what, sent, fields) => {
    expect(toldOf(sent)).toEqual(fields.map((field) => `${field} (left out)`));
  });

  test('and not where a part was taken out of its wrapping', () => {
    const taken = z.looseObject({ order: wire }).transform(({ order }) => order);
    const sent = { order: { days: [] }, note: 'of the call' };
    const told: string[] = [];
    noticeLeftOut((field) => void told.push(field), 'answer', sent, taken.parse(sent));
    expect(told).toEqual([]);
  });
});
