import fc from 'fast-check';
import { decodeText, hintOfNul } from '../../src/booking/bytes';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

describe('bytes are read as they were written', () => {
  test.each<[string, Buffer, string | undefined, string]>([
    ['UTF-8', Buffer.from('Müller €'), undefined, 'Müller €'],
    ['UTF-8 with a mark', hex('efbbbf7b7d'), undefined, '{}'],
    ['a mark before another charset', Buffer.from('\uFEFFü'), 'iso-8859-1', 'ü'],
    ['UTF-16, little end first', Buffer.from('\uFEFFMüller', 'utf16le'), undefined, 'Müller'],
    ['UTF-16, big end first', utf16be('\uFEFFMüller'), 'utf-16', 'Müller'],
    ['UTF-16 as declared', Buffer.from('Müller', 'utf16le'), 'UTF-16LE', 'Müller'],
    ['Latin-1', Buffer.from('Müller', 'latin1'), 'ISO-8859-1', 'Müller'],
    ['Windows-1252, quotes and all', hex('4f9242726965 6e80'.replace(' ', '')), 'windows-1252', 'O’Brien€'],
    ['Japanese as declared', hex('93fa967b'), 'Shift_JIS', '日本'],
    ['what is called ASCII and is UTF-8', Buffer.from('ü'), 'us-ascii', 'ü'],
    ['nothing', Buffer.alloc(0), undefined, ''],
  ])('%s', (_name, bytes, charset, text) => {
    expect(decodeText(bytes, charset)).toEqual({ text });
  });
});

describe('bytes that are not valid are named, and nothing is put for them', () => {
  test.each<[string, Buffer, string | undefined, number | null, RegExp]>([
    [
      'Windows-1252',
      Buffer.from('M\u00fcller', 'latin1'),
      undefined,
      2,
      /^Byte 2 is FC, .*Windows-1252.*UTF-8\.$/,
    ],
    ['a letter in two bytes too many', hex('61c0af'), undefined, 2, /^Byte 2 is C0/],
    ['half of a character', hex('61eda0bd'), undefined, 2, /^Byte 2 is ED/],
    ['more than Unicode has', hex('f4908080'), undefined, 1, /^Byte 1 is F4/],
    ['a byte too few', hex('61e282'), undefined, 3, /middle of a character/],
    ['UTF-16 without a mark', Buffer.from('{"n":"ü"}', 'utf16le'), undefined, 2, /^Byte 2 is 00: .*UTF-16/],
    ['UTF-32', hex('fffe00007b000000'), undefined, 1, /UTF-32/],
    ['no such charset', Buffer.from('{}'), 'klingon', null, /^The charset klingon is not supported/],
    [
      'a charset that is a sentence',
      Buffer.from('{}'),
      'ana reyes <x>',
      null,
      /^The declared charset is not supported/,
    ],
    ['half a pair of UTF-16', hex('fffe3dd8'), undefined, 4, /not valid in utf-16le/],
    ['not what it is declared to be', hex('61ff'), 'Shift_JIS', 2, /^Byte 2 is not valid in shift_jis/],
  ])('%s', (_name, bytes, charset, byte, hint) => {
    const decoded = decodeText(bytes, charset);
    expect(decoded).toMatchObject({ byte, hint: expect.stringMatching(hint) });
    expect(decoded).not.toHaveProperty('text');
  });

  test('any bytes: the text gives the same bytes back, or the first bad one is where Node finds it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const decoded = decodeText(bytes);
        const isMarked = [0xfe, 0xff, 0xef].includes(bytes[0] ?? 0) || (bytes[0] === 0 && bytes[1] === 0);
        if (isMarked || bytes.includes(0)) return;
        if ('text' in decoded) expect(Buffer.from(decoded.text)).toEqual(Buffer.from(bytes));
        else {
          const good = bytes.subarray(0, (decoded.byte ?? 0) - 1);
          const lossy = Buffer.from(bytes).toString();
          expect(lossy).toContain('\uFFFD');
          if (!decoded.hint.startsWith('Ends'))
            expect(Buffer.from(good).toString()).toBe(lossy.slice(0, lossy.indexOf('\uFFFD')));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('what reads as UTF-8 and is UTF-16 says so', () => {
    const decoded = decodeText(Buffer.from('{"a":1}', 'utf16le'));
    expect(hintOfNul('text' in decoded ? decoded.text : '')).toMatch(/^Byte 2 is 00: .*UTF-16/);
    expect(hintOfNul('{"a":1}')).toBeNull();
  });
});
