import { notesWithRef } from '../../src/booking/notes';
import { bookRef, isRefOf, makerOf, makerOfRef, refInNotes } from '../../src/booking/ref';
import { lengthOf } from '../../src/booking/text';
import { expectReadOnce } from '../support/costs';

const MAKER = makerOf('b1f0c2d3', '2026-12-01T12:00:00Z');
const REF = bookRef(MAKER, 3);
const OTHER = bookRef(makerOf('zzzz', '2026-12-02T12:00:00Z'), 12);

/** Notes that people write, with what may confuse a reader. */
const TEXTS = [
  '',
  'Left arm',
  'Ärztin: „bitte leise“ – 左腕 👩‍⚕️🩸',
  'line one\nline two\r\n\ttabbed',
  'see href:x/book/1 and ref: nothing',
  'ref:',
  'preference:a/book/1',
  'x'.repeat(2_000),
  '🩸'.repeat(700),
  'ref:a/book/',
  ' \n ',
];

/** What somebody at the provider may put after them. */
const ADDED = [
  '',
  ' ',
  '\n',
  ' Patient called, will be late.',
  '\n— Getlabs, 12/07',
  '. Moved',
  ', see chart',
  '<br>',
  '")',
  '👍',
  'y'.repeat(50_000),
];

describe.each(TEXTS.map((text) => [text.slice(0, 30), text]))('with the notes %p', (_name, text) => {
  test('our ref is read back, whatever was added after it', () => {
    for (const added of ADDED) expect(refInNotes(notesWithRef(text, REF) + added)).toBe(REF);
  });

  test('they and the ref keep to the limit, and are valid text', () => {
    const notes = notesWithRef(text, REF);
    expect(lengthOf(notes)).toBeLessThanOrEqual(1_000);
    expect(Buffer.from(notes, 'utf8').toString('utf8')).toBe(notes);
  });

  test('without a ref there is none', () => {
    expect(refInNotes(text)).toBeNull();
  });

  test('a ref that is cut off is none, or one of the same maker', () => {
    const whole = notesWithRef(text, bookRef(MAKER, 123));
    const start = whole.lastIndexOf('ref:');
    for (let length = start; length <= whole.length; length++) {
      const read = refInNotes(whole.slice(0, length));
      if (read !== null) expect(isRefOf(MAKER, read)).toBe(true);
    }
  });
});

test('of two refs the last one counts: the caller’s text is before ours', () => {
  expect(refInNotes(notesWithRef(`copied from ref:${OTHER}`, REF))).toBe(REF);
  expect(refInNotes(`${notesWithRef('x', REF)}\nref:${OTHER}`)).toBe(OTHER);
});

test.each([
  ['as a part of another word', `xref:${REF}`],
  ['with a number that is too long', 'ref:a/book/12345678901'],
  ['with a maker that is too long', `ref:${'a'.repeat(81)}/book/1`],
  ['without notes', null],
  ['without notes', undefined],
])('%s it is none', (_how, notes) => {
  expect(refInNotes(notes)).toBeNull();
});

test('its maker is told from it', () => {
  expect(makerOfRef(REF)).toBe(MAKER);
  expect(isRefOf(MAKER, OTHER)).toBe(false);
});

test.each(['ref:', ' ref:a', 'ref:a/book/', 'a', ' ref:a/book/1'])(
  'a megabyte of %p is read once over',
  (piece) => {
    expectReadOnce((length) => {
      const notes = piece.repeat(Math.ceil(length / piece.length));
      return () => refInNotes(notes);
    }, 1_000_000);
  },
);

describe('notes that are too long are cut between what a reader sees as characters', () => {
  const ROOM = 1_000 - `\nref:${REF}`.length;
  test.each(['👨‍👩‍👧‍👦', '🇩🇪', '👍🏽', 'e\u0301\u0323', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🩸'])('%s', (character) => {
    const taken = lengthOf(character);
    for (let before = 0; before < taken; before++) {
      const [text = ''] = notesWithRef('x'.repeat(before) + character.repeat(ROOM), REF).split('\nref:');
      expect(text).toBe('x'.repeat(before) + character.repeat(Math.floor((ROOM - before) / taken)));
    }
  });

  test('one that is longer than the room gives way to the ref; a half of an earlier build is not sent', () => {
    expect(notesWithRef(`e${'\u0301'.repeat(2_000)}`, REF)).toMatch(new RegExp(`\nref:${REF}$`));
    expect(lengthOf(notesWithRef(`e${'\u0301'.repeat(2_000)}`, REF))).toBe(1_000);
    expect(notesWithRef('a\uD83D', REF)).toBe(`a\uFFFD\nref:${REF}`);
  });
});
